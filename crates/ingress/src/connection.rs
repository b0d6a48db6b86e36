//! What a connection is doing, and since when: the sweeper's view.
//!
//! A thread counts ticks; a connection notes the tick at which it last changed what it waits for.
//! Once a tick the sweeper ends those that have waited too long, so no request sets a timer.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::Waker;
use std::time::Duration;

use crate::Options;

/// Timeouts are exact to a tick.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The rest of a request's head.
    Head,
    /// The next request.
    Idle,
    /// The client's next bytes of a body.
    Body,
    /// Our own work on an answer, which has its own deadlines.
    Answering,
}

/// One connection, shared by its stream, its bodies, and the sweeper.
#[derive(Debug)]
pub(crate) struct Connection {
    phase: Cell<Phase>,
    since: Cell<u64>,
    /// The tick since which the client takes no bytes.
    write_blocked: Cell<Option<u64>>,
    /// An answer is on its way into the socket.
    pub(crate) answer_pending: Cell<bool>,
    end: Cell<End>,
    waker: RefCell<Option<Waker>>,
    thread: Rc<Thread>,
}

/// Whether a connection shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// No.
    No,
    /// After the request it is at.
    Gracefully,
    /// Now.
    Now,
}

/// The connections of one thread.
#[derive(Debug)]
pub(crate) struct Thread {
    tick: Cell<u64>,
    connections: RefCell<Vec<Weak<Connection>>>,
    header_ticks: u64,
    idle_ticks: u64,
    body_ticks: u64,
}

impl Thread {
    pub(crate) fn new(options: &Options) -> Rc<Self> {
        let ticks = |milliseconds: u64| {
            let tick = u64::try_from(TICK.as_millis()).unwrap_or(u64::MAX);
            milliseconds.div_ceil(tick).max(1)
        };
        Rc::new(Self {
            tick: Cell::new(0),
            connections: RefCell::default(),
            header_ticks: ticks(options.header_timeout_ms),
            idle_ticks: ticks(options.idle_timeout_ms),
            body_ticks: ticks(options.body_timeout_ms),
        })
    }

    /// A connection that was just accepted.
    pub(crate) fn connection(self: &Rc<Self>) -> Rc<Connection> {
        let connection = Rc::new(Connection {
            // The first request has to come at once, or the connection holds its place for nothing.
            phase: Cell::new(Phase::Head),
            since: Cell::new(self.tick.get()),
            write_blocked: Cell::new(None),
            answer_pending: Cell::new(false),
            end: Cell::new(End::No),
            waker: RefCell::new(None),
            thread: self.clone(),
        });
        self.connections.borrow_mut().push(Rc::downgrade(&connection));
        connection
    }

    /// One tick on; ends what has waited too long.
    pub(crate) fn sweep(&self) {
        let now = self.tick.get() + 1;
        self.tick.set(now);
        self.connections.borrow_mut().retain(|connection| {
            let Some(connection) = connection.upgrade() else {
                return false;
            };
            let waited = now - connection.since.get();
            let overdue = match connection.phase.get() {
                Phase::Head => waited > self.header_ticks,
                Phase::Idle => waited > self.idle_ticks,
                Phase::Body => waited > self.body_ticks,
                Phase::Answering => false,
            };
            let stuck =
                connection.write_blocked.get().is_some_and(|since| now - since > self.body_ticks);
            if overdue || stuck {
                connection.ask_to_end(End::Now);
            }
            true
        });
    }

    /// Asks every connection to end.
    pub(crate) fn end_all(&self, how: End) {
        for connection in self.connections.borrow().iter().filter_map(Weak::upgrade) {
            connection.ask_to_end(how);
        }
    }
}

impl Connection {
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.since.set(self.thread.tick.get());
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(crate) fn write_waits(&self) {
        if self.write_blocked.get().is_none() {
            self.write_blocked.set(Some(self.thread.tick.get()));
        }
    }

    pub(crate) fn write_moved(&self) {
        self.write_blocked.set(None);
    }

    pub(crate) fn end(&self) -> End {
        self.end.get()
    }

    /// Lets the connection's task know when it shall end.
    pub(crate) fn watch(&self, waker: &Waker) {
        let mut current = self.waker.borrow_mut();
        if !current.as_ref().is_some_and(|current| current.will_wake(waker)) {
            *current = Some(waker.clone());
        }
    }

    fn ask_to_end(&self, how: End) {
        if self.end.get() != End::Now {
            self.end.set(how);
        }
        if let Some(waker) = self.waker.borrow().as_ref() {
            waker.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread() -> Rc<Thread> {
        Thread::new(&Options {
            header_timeout_ms: 500,
            idle_timeout_ms: 1000,
            body_timeout_ms: 750,
            ..Options::default()
        })
    }

    /// Ticks until a connection in this phase is ended.
    fn ticks_until_end(phase: Phase) -> Option<u32> {
        let thread = thread();
        let connection = thread.connection();
        connection.enter(phase);
        (1..100).find(|_| {
            thread.sweep();
            connection.end() == End::Now
        })
    }

    #[test]
    fn each_phase_has_its_time() {
        assert_eq!(ticks_until_end(Phase::Head), Some(3));
        assert_eq!(ticks_until_end(Phase::Idle), Some(5));
        assert_eq!(ticks_until_end(Phase::Body), Some(4));
        assert_eq!(ticks_until_end(Phase::Answering), None);
    }

    #[test]
    fn a_client_that_takes_nothing_is_ended() {
        let thread = thread();
        let connection = thread.connection();
        connection.enter(Phase::Answering);
        connection.write_waits();
        (0..3).for_each(|_| thread.sweep());
        assert_eq!(connection.end(), End::No);
        connection.write_waits();
        thread.sweep();
        assert_eq!(connection.end(), End::Now);
    }

    #[test]
    fn ended_connections_are_forgotten() {
        let thread = thread();
        drop(thread.connection());
        thread.sweep();
        assert!(thread.connections.borrow().is_empty());
    }
}
