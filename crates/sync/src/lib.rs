//! From control plane to data plane: the feed, both ends, and the last-good copy on disk
//! (design.md section 3).
//!
//! There is one way changes are applied, [`Applier`], and two carriers that bring them: in the
//! same process ([`follow_in_process`]) and over HTTP ([`FeedServer`], [`FeedClient`]).

mod applier;
mod carrier;
mod client;
mod entry;
mod in_process;
mod last_good;
mod options;
mod server;
mod status;
mod wire;

pub use applier::{Applier, ApplyError};
pub use carrier::{BatchRefused, CatalogueSink, FeedSource, FeedSourceError};
pub use client::{FeedClient, FeedClientError};
pub use entry::{Batch, Entry, EntryKey, Position};
pub use in_process::follow_in_process;
pub use last_good::{LastGood, LastGoodError, Opened};
pub use options::{FeedPort, KEYS, Options, OptionsError};
pub use server::FeedServer;
pub use status::FeedStatus;
