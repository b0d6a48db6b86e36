//! The streams of a connection: how many are open, and the tasks that serve them.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::task::Poll;

use hyper::rt::Executor;
use tokio::task::JoinSet;

use crate::serve::log_panic;
use crate::sweeper::{End, Phase, Watched};

/// How many more streams a client may give up before their answer than it has waited for.
///
/// h2 counts those that are reset before it has looked at them; a client that leaves a moment
/// between request and reset costs us an upstream's work each time (CVE-2023-44487).
const GIVEN_UP_MAX: u32 = 200;

/// The streams of one connection.
pub(crate) struct Streams {
    connection: Rc<Watched>,
    open: Cell<usize>,
    given_up: Cell<u32>,
}

impl Streams {
    pub(crate) fn new(connection: Rc<Watched>) -> Rc<Self> {
        Rc::new(Self { connection, open: Cell::new(0), given_up: Cell::new(0) })
    }

    /// One more.
    pub(crate) fn open(self: &Rc<Self>) -> Stream {
        self.open.set(self.open.get() + 1);
        self.connection.enter(Phase::Answering);
        let watched = self.connection.sweeper().stream();
        Stream { streams: self.clone(), watched, answered: false }
    }
}

/// An open stream, from its request to the end of its answer.
pub(crate) struct Stream {
    streams: Rc<Streams>,
    watched: Rc<Watched>,
    answered: bool,
}

impl Stream {
    pub(crate) fn watched(&self) -> &Rc<Watched> {
        &self.watched
    }

    /// The answer's head is there.
    pub(crate) fn note_answered(&mut self) {
        self.answered = true;
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let streams = &self.streams;
        streams.open.set(streams.open.get() - 1);
        // Else it is closing already.
        if streams.open.get() == 0 && streams.connection.phase() == Phase::Answering {
            streams.connection.enter(Phase::Idle);
        }
        let given_up = streams.given_up.get();
        if self.answered {
            streams.given_up.set(given_up.saturating_sub(1));
        } else {
            streams.given_up.set(given_up + 1);
            if given_up >= GIVEN_UP_MAX {
                streams.connection.note_abuse();
            }
        }
    }
}

/// The tasks of a connection's streams. They end with it.
pub(crate) type Tasks = Rc<RefCell<JoinSet<()>>>;

/// Forgets the tasks that have ended.
pub(crate) fn join_ended(tasks: &Tasks) {
    while let Some(ended) = tasks.borrow_mut().try_join_next() {
        log_panic(ended);
    }
}

/// Makes a task of each stream, which ends when its time is over: what hyper holds of the stream
/// goes with it, and h2 resets the stream.
#[derive(Clone)]
pub(crate) struct Spawner {
    /// Not held: tasks hold the spawner.
    tasks: Weak<RefCell<JoinSet<()>>>,
    /// Whose task comes next: hyper asks the service and then, in the same call, for a task.
    next: Rc<Cell<Option<Rc<Watched>>>>,
}

impl Spawner {
    pub(crate) fn new(tasks: &Tasks) -> Self {
        Self { tasks: Rc::downgrade(tasks), next: Rc::default() }
    }

    pub(crate) fn next(&self, watched: Rc<Watched>) {
        self.next.set(Some(watched));
    }
}

impl<F: Future<Output = ()> + 'static> Executor<F> for Spawner {
    fn execute(&self, stream: F) {
        // None only of a tunnel, which is never asked for, and of a connection that has ended.
        let (Some(tasks), Some(watched)) = (self.tasks.upgrade(), self.next.take()) else {
            return;
        };
        tasks.borrow_mut().spawn_local(async move {
            let mut stream = pin!(stream);
            let ended = poll_fn(|cx| {
                watched.watch(cx.waker());
                if watched.end() == End::Now {
                    return Poll::Ready(());
                }
                stream.as_mut().poll(cx)
            });
            ended.await;
        });
    }
}
