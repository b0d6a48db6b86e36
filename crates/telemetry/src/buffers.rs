//! One traffic thread's records on their way out: a buffer for each destination, handed over when
//! it is full, or by a tick when it is not.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::mpsc;
use std::time::Duration;

use gatewright_observe::DeliveryMetrics;

use crate::queue::{Batch, Queue};

/// A buffer of this many bytes is full.
const BATCH_BYTES: usize = 32 * 1024;
/// Room for the record that fills it.
const BUFFER_BYTES: usize = BATCH_BYTES + 4 * 1024;
/// How long a record waits in a buffer that is not full, at most.
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);
/// Empty buffers that come back to a thread.
const SPARE_BUFFERS_MAX: usize = 16;

/// Where the records of one destination go, and who counts them.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) queue: Queue,
    pub(crate) metrics: DeliveryMetrics,
}

/// The buffers of one thread, in the order of their lanes.
#[derive(Debug)]
pub(crate) struct Buffers {
    buffers: Vec<Buffer>,
    spare: mpsc::Receiver<Vec<u8>>,
    home: mpsc::SyncSender<Vec<u8>>,
}

#[derive(Debug)]
struct Buffer {
    lane: Lane,
    bytes: Vec<u8>,
    records: u64,
}

impl Buffers {
    pub(crate) fn new(lanes: impl Iterator<Item = Lane>) -> Self {
        let (home, spare) = mpsc::sync_channel(SPARE_BUFFERS_MAX);
        let buffers = lanes.map(|lane| Buffer { lane, bytes: Vec::new(), records: 0 }).collect();
        Self { buffers, spare, home }
    }

    /// Shared with a task of this thread that flushes, and ends with them.
    pub(crate) fn ticking(self) -> Rc<RefCell<Self>> {
        let shared = Rc::new(RefCell::new(self));
        tokio::task::spawn_local(flush_by_tick(Rc::downgrade(&shared)));
        shared
    }

    /// Appends one whole record.
    pub(crate) fn append(&mut self, lane: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let Some(buffer) = self.buffers.get_mut(lane) else {
            debug_assert!(false, "a destination of other access logs");
            return;
        };
        if buffer.bytes.capacity() == 0 {
            buffer.bytes =
                self.spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(BUFFER_BYTES));
        }
        write(&mut buffer.bytes);
        buffer.records += 1;
        if buffer.bytes.len() >= BATCH_BYTES {
            buffer.hand_over(&self.home);
        }
    }

    /// Hands over what there is.
    pub(crate) fn flush(&mut self) {
        self.buffers.iter_mut().for_each(|buffer| buffer.hand_over(&self.home));
    }
}

impl Buffer {
    fn hand_over(&mut self, home: &mpsc::SyncSender<Vec<u8>>) {
        if self.records > 0 {
            let (bytes, records) =
                (std::mem::take(&mut self.bytes), std::mem::take(&mut self.records));
            let batch = Batch::new(bytes, records, self.lane.metrics.clone(), home.clone());
            self.lane.queue.offer(batch);
        }
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        self.flush();
    }
}

async fn flush_by_tick(buffers: Weak<RefCell<Buffers>>) {
    let mut ticks = tokio::time::interval(FLUSH_INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let Some(buffers) = buffers.upgrade() else {
            return;
        };
        buffers.borrow_mut().flush();
    }
}

#[cfg(test)]
mod tests;
