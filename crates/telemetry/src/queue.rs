//! From traffic threads to the thread of a sink: bounded in bytes and in number, and never waited
//! for by those who put in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self as home, TrySendError};

use gatewright_observe::DeliveryMetrics;
use tokio::sync::mpsc;

/// Bytes of memory that wait for one sink at most.
pub(crate) const QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Batches that wait at most: with many threads, most are partial.
const QUEUE_BATCHES_MAX: usize = 1024;
/// Buffers that grew beyond this are not used again.
const KEPT_BYTES_MAX: usize = 64 * 1024;

/// Where batches for one sink are put.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Message>,
    bytes: Arc<AtomicUsize>,
}

/// Where its thread takes them out.
pub(crate) type Outlet = mpsc::Receiver<Message>;

/// What the sink's thread is told.
#[derive(Debug)]
pub(crate) enum Message {
    Batch(Batch),
    /// Nothing follows. Its place in the queue is kept from the start.
    Stop,
}

/// Tells the sink's thread to end, behind what is queued.
#[derive(Debug)]
pub(crate) struct Stop(mpsc::OwnedPermit<Message>);

/// Whole records of one destination. Dropped, its buffer goes back to the thread it came from.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) records: u64,
    pub(crate) metrics: DeliveryMetrics,
    home: home::SyncSender<Vec<u8>>,
    /// Of the queue it is in, and its share in that.
    queued: Option<(Arc<AtomicUsize>, usize)>,
}

impl Queue {
    pub(crate) fn new() -> (Self, Outlet, Stop) {
        let (sender, outlet) = mpsc::channel(QUEUE_BATCHES_MAX + 1);
        let stop = sender.clone().try_reserve_owned().expect("the queue is empty");
        (Self { sender, bytes: Arc::default() }, outlet, Stop(stop))
    }

    /// Puts a batch in, or drops it, and counts its records, when there is no room.
    pub(crate) fn offer(&self, mut batch: Batch) {
        // What it holds in memory, not what is in it.
        let bytes = batch.bytes.capacity();
        let queued = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        batch.queued = Some((self.bytes.clone(), bytes));
        if queued > QUEUE_BYTES_MAX {
            batch.metrics.dropped(batch.records);
            return;
        }
        if let Err(refused) = self.sender.try_send(Message::Batch(batch))
            && let Message::Batch(batch) = refused.into_inner()
        {
            batch.metrics.dropped(batch.records);
        }
    }
}

impl Stop {
    pub(crate) fn send(self) {
        self.0.send(Message::Stop);
    }
}

impl Batch {
    pub(crate) fn new(
        bytes: Vec<u8>,
        records: u64,
        metrics: DeliveryMetrics,
        home: home::SyncSender<Vec<u8>>,
    ) -> Self {
        Self { bytes, records, metrics, home, queued: None }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        if let Some((total, bytes)) = &self.queued {
            total.fetch_sub(*bytes, Ordering::Relaxed);
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() <= KEPT_BYTES_MAX {
            bytes.clear();
            match self.home.try_send(bytes) {
                // There are enough, or the thread is gone.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
    }
}
