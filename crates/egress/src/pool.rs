//! Unused connections of one thread to one upstream.

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use crate::Upstream;
use crate::outgoing_body::OutgoingBody;

/// A connection's sending half.
pub(crate) type Sender<B> = SendRequest<OutgoingBody<B>>;

/// Last in, first out: warm sockets are used again, the rest can go.
pub(crate) struct Pool<B> {
    idle: RefCell<Vec<Idle<B>>>,
    upstream: Weak<Upstream>,
    idle_max: usize,
}

struct Idle<B> {
    sender: Sender<B>,
    since: Instant,
}

impl<B> Pool<B> {
    pub(crate) fn new(upstream: &Arc<Upstream>, idle_max: usize) -> Self {
        Self { idle: RefCell::default(), upstream: Arc::downgrade(upstream), idle_max }
    }

    /// A connection that is not known to be closed.
    pub(crate) fn take(&self) -> Option<Sender<B>> {
        let mut idle = self.idle.borrow_mut();
        while let Some(candidate) = idle.pop() {
            if !candidate.sender.is_closed() {
                return Some(candidate.sender);
            }
        }
        None
    }

    /// Takes back a connection whose answer has ended.
    pub(crate) fn put(&self, sender: Sender<B>) {
        let mut idle = self.idle.borrow_mut();
        if !sender.is_closed() && idle.len() < self.idle_max {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    /// Closes what is unused for too long; false when the upstream itself is.
    pub(crate) fn sweep(&self, idle_timeout: Duration) -> bool {
        self.idle
            .borrow_mut()
            .retain(|idle| !idle.sender.is_closed() && idle.since.elapsed() < idle_timeout);
        self.upstream.strong_count() > 0
    }
}
