//! The request pipeline: from a client's request to an integration and back.
//!
//! `pipeline` names every step in order. Everything that could be parsed was parsed when the
//! stage arrived (`stage`); what is served is one immutable catalogue behind one atomic swap
//! (`catalogue`). This crate knows neither the store nor the management API.

mod address;
mod authorization;
mod catalogue;
mod challenge;
mod exchange;
mod fault;
mod fault_response;
mod filters;
mod observation;
mod peeked_body;
mod pipeline;
mod principal;
mod response_body;
mod routed;
mod settings;
mod stage;
mod worker;

pub use catalogue::Catalogue;
pub use response_body::ResponseBody;
pub use settings::{Issuance, Settings};
pub use worker::{DataPlane, Worker};
