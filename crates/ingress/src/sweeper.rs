//! What connections and HTTP/2 streams wait for, and since when.
//!
//! The sweeper of a thread counts ticks; what it watches notes the tick at which it last changed
//! what it waits for. Once a tick those that have waited too long are ended, so no request sets a
//! timer.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::Waker;
use std::time::Duration;

use crate::Options;

/// Timeouts are exact to a tick.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The client, to say what a TLS handshake wants of it.
    Handshake,
    /// The rest of a request's head.
    Head,
    /// The next request.
    Idle,
    /// The client, to give the next bytes of a request's body; on HTTP/2 also to take those of an
    /// answer's.
    Body,
    /// Our own work on an answer, which has its own deadlines.
    Answering,
    /// The client, to close a connection that we have closed.
    Closing,
}

/// A connection or an HTTP/2 stream, shared by its socket, its bodies, and the sweeper.
#[derive(Debug)]
pub(crate) struct Watched {
    phase: Cell<Phase>,
    since: Cell<u64>,
    /// The tick since which the client takes no bytes.
    write_blocked: Cell<Option<u64>>,
    /// An answer is on its way into the socket.
    pub(crate) answer_pending: Cell<bool>,
    end: Cell<End>,
    /// The client keeps us busy with nothing.
    abused: Cell<bool>,
    waker: RefCell<Option<Waker>>,
    sweeper: Rc<Sweeper>,
}

/// Whether what is watched shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// No.
    No,
    /// After the request it is at.
    Gracefully,
    /// Now.
    Now,
}

/// Watches what is open on one thread.
#[derive(Debug)]
pub(crate) struct Sweeper {
    tick: Cell<u64>,
    watched: RefCell<Vec<Weak<Watched>>>,
    handshake_ticks: u64,
    header_ticks: u64,
    idle_ticks: u64,
    body_ticks: u64,
    linger_ticks: u64,
}

impl Sweeper {
    pub(crate) fn new(options: &Options) -> Rc<Self> {
        let ticks = |milliseconds: u64| {
            let tick = u64::try_from(TICK.as_millis()).unwrap_or(u64::MAX);
            milliseconds.div_ceil(tick).max(1)
        };
        Rc::new(Self {
            tick: Cell::new(0),
            watched: RefCell::default(),
            handshake_ticks: ticks(options.tls_handshake_timeout_ms),
            header_ticks: ticks(options.header_timeout_ms),
            idle_ticks: ticks(options.idle_timeout_ms),
            body_ticks: ticks(options.body_timeout_ms),
            linger_ticks: ticks(options.linger_timeout_ms),
        })
    }

    /// A connection that was just accepted. Its first request has to come at once, or it holds its
    /// place for nothing.
    pub(crate) fn connection(self: &Rc<Self>) -> Rc<Watched> {
        self.watch(Phase::Head)
    }

    /// A stream whose request has come.
    pub(crate) fn stream(self: &Rc<Self>) -> Rc<Watched> {
        self.watch(Phase::Answering)
    }

    fn watch(self: &Rc<Self>, phase: Phase) -> Rc<Watched> {
        let watched = Rc::new(Watched {
            phase: Cell::new(phase),
            since: Cell::new(self.tick.get()),
            write_blocked: Cell::new(None),
            answer_pending: Cell::new(false),
            end: Cell::new(End::No),
            abused: Cell::new(false),
            waker: RefCell::new(None),
            sweeper: self.clone(),
        });
        self.watched.borrow_mut().push(Rc::downgrade(&watched));
        watched
    }

    /// Ticks so far.
    pub(crate) fn tick(&self) -> u64 {
        self.tick.get()
    }

    /// One tick on; ends what has waited too long.
    pub(crate) fn sweep(&self) {
        let now = self.tick.get() + 1;
        self.tick.set(now);
        self.watched.borrow_mut().retain(|watched| {
            let Some(watched) = watched.upgrade() else {
                return false;
            };
            let waited = now - watched.since.get();
            let overdue = match watched.phase.get() {
                Phase::Handshake => waited > self.handshake_ticks,
                Phase::Head => waited > self.header_ticks,
                Phase::Idle => waited > self.idle_ticks,
                Phase::Body => waited > self.body_ticks,
                Phase::Closing => waited > self.linger_ticks,
                Phase::Answering => false,
            };
            let stuck =
                watched.write_blocked.get().is_some_and(|since| now - since > self.body_ticks);
            if overdue || stuck {
                watched.ask_to_end(End::Now);
            }
            true
        });
    }

    /// Asks all to end.
    pub(crate) fn end_all(&self, how: End) {
        for watched in self.watched.borrow().iter().filter_map(Weak::upgrade) {
            watched.ask_to_end(how);
        }
    }
}

impl Watched {
    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.since.set(self.sweeper.tick.get());
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(crate) fn write_waits(&self) {
        if self.write_blocked.get().is_none() {
            self.write_blocked.set(Some(self.sweeper.tick.get()));
        }
    }

    pub(crate) fn write_moved(&self) {
        self.write_blocked.set(None);
    }

    /// The client keeps us busy with nothing: its connection shall be told so, and end.
    pub(crate) fn note_abuse(&self) {
        self.abused.set(true);
        self.wake();
    }

    pub(crate) fn is_abused(&self) -> bool {
        self.abused.get()
    }

    pub(crate) fn sweeper(&self) -> &Rc<Sweeper> {
        &self.sweeper
    }

    pub(crate) fn end(&self) -> End {
        self.end.get()
    }

    /// Lets its task know when it shall end.
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
        self.wake();
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.borrow().as_ref() {
            waker.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweeper() -> Rc<Sweeper> {
        Sweeper::new(&Options {
            tls_handshake_timeout_ms: 1250,
            header_timeout_ms: 500,
            idle_timeout_ms: 1000,
            body_timeout_ms: 750,
            linger_timeout_ms: 250,
            ..Options::default()
        })
    }

    /// Ticks until a connection in this phase is ended.
    fn ticks_until_end(phase: Phase) -> Option<u32> {
        let sweeper = sweeper();
        let connection = sweeper.connection();
        connection.enter(phase);
        (1..100).find(|_| {
            sweeper.sweep();
            connection.end() == End::Now
        })
    }

    #[test]
    fn each_phase_has_its_time() {
        assert_eq!(ticks_until_end(Phase::Handshake), Some(6));
        assert_eq!(ticks_until_end(Phase::Head), Some(3));
        assert_eq!(ticks_until_end(Phase::Idle), Some(5));
        assert_eq!(ticks_until_end(Phase::Body), Some(4));
        assert_eq!(ticks_until_end(Phase::Closing), Some(2));
        assert_eq!(ticks_until_end(Phase::Answering), None);
    }

    #[test]
    fn a_client_that_takes_nothing_is_ended() {
        let sweeper = sweeper();
        let connection = sweeper.connection();
        connection.enter(Phase::Answering);
        connection.write_waits();
        (0..3).for_each(|_| sweeper.sweep());
        assert_eq!(connection.end(), End::No);
        connection.write_waits();
        sweeper.sweep();
        assert_eq!(connection.end(), End::Now);
    }

    #[test]
    fn ended_connections_are_forgotten() {
        let sweeper = sweeper();
        drop(sweeper.connection());
        sweeper.sweep();
        assert!(sweeper.watched.borrow().is_empty());
    }
}
