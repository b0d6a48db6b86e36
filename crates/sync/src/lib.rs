//! From control plane to data plane: the feed, both ends, and the last-good copy on disk.

mod carrier;
mod entry;

pub use carrier::{BatchRefused, CatalogueSink, FeedSource, FeedSourceError};
pub use entry::{Batch, Entry, EntryKey, Position};
