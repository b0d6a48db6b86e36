//! What happens to a request between its route and its integration, and to the answer on its way
//! back. A file per setting; `pipeline` says when each comes.

pub(crate) mod cors;
pub(crate) mod throttling;
