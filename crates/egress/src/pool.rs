//! Unused connections of one thread to one upstream.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, Weak};

use crate::Upstream;
use crate::http1::Connection;

/// Last in, first out: warm sockets are used again, the rest can go.
pub(crate) struct Pool {
    idle: RefCell<Vec<Idle>>,
    /// How often the pool was swept: a clock that nobody has to ask.
    sweeps: Cell<u64>,
    upstream: Weak<Upstream>,
    idle_max: usize,
}

struct Idle {
    connection: Connection,
    since: u64,
}

impl Pool {
    pub(crate) fn new(upstream: &Arc<Upstream>, idle_max: usize) -> Self {
        let (idle, sweeps) = (RefCell::default(), Cell::default());
        Self { idle, sweeps, upstream: Arc::downgrade(upstream), idle_max }
    }

    /// A connection that is not known to be closed.
    pub(crate) fn take(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        while let Some(mut candidate) = idle.pop() {
            if candidate.connection.is_usable() {
                return Some(candidate.connection);
            }
        }
        None
    }

    /// Takes back a connection on which request and answer have ended.
    pub(crate) fn put(&self, mut connection: Connection) {
        let mut idle = self.idle.borrow_mut();
        // Bytes that nobody asked for are no beginning of the next answer.
        if connection.buffer.is_empty() && idle.len() < self.idle_max {
            connection.shrink();
            idle.push(Idle { connection, since: self.sweeps.get() });
        }
    }

    /// Closes what has been unused for this many sweeps; false when the upstream itself is.
    pub(crate) fn sweep(&self, sweeps_max: u64) -> bool {
        let now = self.sweeps.get() + 1;
        self.sweeps.set(now);
        self.idle
            .borrow_mut()
            .retain_mut(|idle| now - idle.since <= sweeps_max && idle.connection.is_usable());
        self.upstream.strong_count() > 0
    }
}
