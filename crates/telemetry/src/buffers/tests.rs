use gatewright_observe::Metrics;

use super::*;
use crate::queue::{Message, Outlet, QUEUE_BYTES_MAX, Stop};

struct Fixture {
    metrics: Metrics,
    buffers: Buffers,
    outlet: Outlet,
    stop: Stop,
}

fn fixture() -> Fixture {
    let metrics = Metrics::new();
    let (queue, outlet, stop) = Queue::new();
    let lane = Lane { queue, metrics: metrics.access_log("here") };
    Fixture { metrics, buffers: Buffers::new(std::iter::once(lane)), outlet, stop }
}

fn batch(outlet: &mut Outlet) -> Option<Batch> {
    match outlet.try_recv() {
        Ok(Message::Batch(batch)) => Some(batch),
        Ok(Message::Stop) | Err(_) => None,
    }
}

#[test]
fn a_full_buffer_goes_at_once_and_a_partial_one_when_flushed() {
    let Fixture { mut buffers, mut outlet, .. } = fixture();
    let line = [b'x'; 1024];
    for _ in 0..BATCH_BYTES / line.len() {
        assert!(batch(&mut outlet).is_none());
        buffers.append(0, |bytes| bytes.extend_from_slice(&line));
    }
    let full = batch(&mut outlet).expect("a full one");
    assert_eq!((full.bytes.len(), full.records), (BATCH_BYTES, 32));

    buffers.append(0, |bytes| bytes.extend_from_slice(b"a\n"));
    buffers.append(0, |bytes| bytes.extend_from_slice(b"b\n"));
    assert!(batch(&mut outlet).is_none());
    buffers.flush();
    let partial = batch(&mut outlet).expect("a partial one");
    assert_eq!((partial.bytes.as_slice(), partial.records), (b"a\nb\n".as_slice(), 2));
    buffers.flush();
    assert!(batch(&mut outlet).is_none(), "nothing to hand over");

    buffers.append(0, |bytes| bytes.extend_from_slice(b"c\n"));
    drop(buffers);
    assert_eq!(batch(&mut outlet).expect("the last").bytes, b"c\n");
}

#[test]
fn buffers_come_back() {
    let Fixture { mut buffers, mut outlet, .. } = fixture();
    buffers.append(0, |bytes| bytes.push(b'x'));
    buffers.flush();
    let first = batch(&mut outlet).expect("one");
    let address = first.bytes.as_ptr();
    drop(first);
    buffers.append(0, |bytes| {
        assert!(bytes.is_empty());
        bytes.push(b'y');
    });
    buffers.flush();
    assert_eq!(batch(&mut outlet).expect("two").bytes.as_ptr(), address);
}

#[test]
fn a_sink_that_never_takes_costs_records_and_not_memory() {
    let Fixture { metrics, mut buffers, mut outlet, stop } = fixture();
    let line = vec![b'x'; BATCH_BYTES];
    let lines = 2 * QUEUE_BYTES_MAX / line.len();
    for _ in 0..lines {
        buffers.append(0, |bytes| bytes.extend_from_slice(&line));
    }
    let kept = QUEUE_BYTES_MAX / BUFFER_BYTES;
    let dropped = lines - kept;
    let expected =
        format!("gatewright_access_log_lines_dropped_total{{destination=\"here\"}} {dropped}\n");
    assert!(metrics.encode().contains(&expected), "{}", metrics.encode());

    // It is told to stop although its queue is full, behind what is in it, and has room again.
    stop.send();
    let mut taken = 0;
    while batch(&mut outlet).is_some() {
        taken += 1;
    }
    assert_eq!(taken, kept);
    buffers.append(0, |bytes| bytes.extend_from_slice(&line));
    assert!(batch(&mut outlet).is_some());
}

#[test]
fn many_small_batches_are_bounded_too() {
    let Fixture { metrics, mut buffers, outlet, stop } = fixture();
    // Small buffers, as those that come back: not bytes but their number is what is bounded.
    let lane = buffers.buffers[0].lane.clone();
    for _ in 0..2000 {
        let bytes = vec![b'x'];
        lane.queue.offer(Batch::new(bytes, 1, lane.metrics.clone(), buffers.home.clone()));
    }
    assert_eq!(outlet.len(), 1024);
    let expected = "gatewright_access_log_lines_dropped_total{destination=\"here\"} 976\n";
    assert!(metrics.encode().contains(expected), "{}", metrics.encode());
    stop.send();
    buffers.flush();
}

#[tokio::test(start_paused = true)]
async fn a_tick_hands_over_what_waits_and_ends_with_the_buffers() {
    let Fixture { buffers, mut outlet, stop, .. } = fixture();
    tokio::task::LocalSet::new()
        .run_until(async {
            let buffers = buffers.ticking();
            tokio::time::advance(FLUSH_INTERVAL / 2).await;
            buffers.borrow_mut().append(0, |bytes| bytes.push(b'x'));
            let started = tokio::time::Instant::now();
            let Some(Message::Batch(batch)) = outlet.recv().await else {
                panic!("a batch");
            };
            assert_eq!(batch.records, 1);
            assert!(started.elapsed() <= FLUSH_INTERVAL);
            drop(buffers);
            drop(stop);
            assert!(outlet.recv().await.is_none(), "the task holds no queue any more");
        })
        .await;
}
