//! The whole way: from a thread's worker to files, to a FIFO that nobody reads, and to an OTLP
//! receiver that is away for a moment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use gatewright_egress::{Egress, Loopback};
use gatewright_observe::Metrics;
use gatewright_telemetry::{
    AccessLogOptions, Options, SpanEnd, SpanWorker, Telemetry, TelemetryError,
};
use gatewright_types::AddressText;
use http::HeaderMap;
use tokio::runtime::{Builder, LocalOptions};

const ARN: &str = "arn:aws:logs:us-east-1:000000000000:log-group:orders";

fn start(
    options: &Options,
    access_logs: &str,
    metrics: &Metrics,
) -> Result<Telemetry, TelemetryError> {
    let egress = Egress::new(&Default::default(), Loopback::Allowed, metrics.upstream());
    let access_logs = toml::from_str::<AccessLogOptions>(access_logs).expect("options");
    Telemetry::start(options, &access_logs, &egress.expect("egress"), metrics)
}

/// Runs as a traffic thread does, to its end.
fn on_a_traffic_thread(work: impl FnOnce()) {
    let mut runtime = Builder::new_current_thread();
    let runtime = runtime.enable_all().build_local(LocalOptions::default()).expect("a runtime");
    runtime.block_on(async { work() });
}

#[track_caller]
fn check_metric(metrics: &Metrics, line: &str) {
    let text = metrics.encode();
    assert!(text.lines().any(|found| found == line), "{line}\n{text}");
}

#[test]
fn every_line_is_in_the_file_at_the_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("orders.log");
    let access_logs = format!("[\"{ARN}\"]\nkind = \"file\"\npath = {path:?}\n");
    let metrics = Metrics::new();
    let telemetry = start(&Options::default(), &access_logs, &metrics).expect("started");
    let logs = telemetry.access_logs();
    let threads = (0..2).map(|thread| {
        let logs = logs.clone();
        std::thread::spawn(move || {
            on_a_traffic_thread(|| {
                let worker = logs.worker();
                let destination = logs.destination(&format!("{ARN}:*"), "a1", "dev");
                for number in 0..5000 {
                    worker.line(&destination, |line| {
                        write!(line, "{thread} {number}").expect("a vector takes all");
                    });
                }
            });
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().expect("no panic");
    }
    telemetry.stop();

    let text = std::fs::read_to_string(path).expect("a file");
    for thread in ["0", "1"] {
        let numbers = text.lines().filter_map(|line| line.split_once(' '));
        let numbers = numbers.filter(|(of, _)| *of == thread).map(|(_, number)| number.parse());
        let numbers = numbers.collect::<Result<Vec<usize>, _>>().expect("whole lines");
        assert_eq!(numbers, (0..5000).collect::<Vec<_>>(), "in order");
    }
    let label = format!("{{destination=\"{ARN}\"}}");
    check_metric(&metrics, &format!("gatewright_access_log_lines_total{label} 10000"));
    check_metric(&metrics, &format!("gatewright_access_log_lines_dropped_total{label} 0"));
}

#[test]
fn a_fifo_without_a_reader_delays_neither_traffic_nor_other_logs() {
    let directory = tempfile::tempdir().expect("a directory");
    let (fifo, file) = (directory.path().join("fifo"), directory.path().join("file"));
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo");
    assert!(made.success());
    let access_logs = format!(
        "[slow]\nkind = \"file\"\npath = {fifo:?}\n[quick]\nkind = \"file\"\npath = {file:?}\n"
    );
    let metrics = Metrics::new();
    let telemetry = start(&Options::default(), &access_logs, &metrics).expect("started");
    let logs = telemetry.access_logs();
    let line = vec![b'x'; 32 * 1024];
    on_a_traffic_thread(|| {
        let worker = logs.worker();
        let (slow, quick) =
            (logs.destination("slow", "a1", "dev"), logs.destination("quick", "a1", "dev"));
        // Far more than its queue may hold: returning at all is what is tested.
        for _ in 0..1000 {
            worker.line(&slow, |bytes| bytes.extend_from_slice(&line));
        }
        worker.line(&quick, |bytes| bytes.extend_from_slice(b"here"));
    });
    let dropped = metrics.encode();
    let dropped = dropped.lines().find_map(|line| {
        line.strip_prefix("gatewright_access_log_lines_dropped_total{destination=\"slow\"} ")
    });
    let dropped = dropped.expect("counted").parse::<usize>().expect("a number");
    assert!((400..1000).contains(&dropped), "{dropped}");

    // A reader comes: what was queued is written, and the end waits for it.
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        std::fs::File::open(fifo).expect("opened").read_to_end(&mut text).expect("read");
        text.len()
    });
    telemetry.stop();
    assert_eq!(reader.join().expect("read"), (1000 - dropped) * (line.len() + 1));
    assert_eq!(std::fs::read_to_string(file).expect("a file"), "here\n");
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let metrics = Metrics::new();
    let access_logs = "[a]\nkind = \"file\"\npath = \"/nonexistent/x\"\n";
    let error = start(&Options::default(), access_logs, &metrics).expect_err("no directory");
    assert_eq!(error.to_string(), "access_logs.\"a\".path: cannot open /nonexistent/x");
}

/// A request that a receiver got.
struct Received {
    path: String,
    headers: Vec<String>,
    body: serde_json::Value,
}

/// Answers requests on loopback with the given answers in turn, the last one for ever, and tells
/// what it got. Ends with the test's process.
fn receiver(answers: Vec<&'static str>) -> (String, mpsc::Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/otlp", listener.local_addr().expect("an address"));
    let (sender, received) = mpsc::sync_channel(64);
    std::thread::spawn(move || {
        let last = *answers.last().expect("an answer");
        let mut answers = answers.into_iter().chain(std::iter::repeat(last));
        while let Ok((stream, _)) = listener.accept() {
            let Some(got) = read(&stream) else {
                continue;
            };
            let answer = answers.next().expect("the last for ever");
            (&stream).write_all(answer.as_bytes()).expect("answered");
            if sender.send(got).is_err() {
                return;
            }
        }
    });
    (url, received)
}

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_ascii_lowercase()),
        }
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: "))?;
    let mut body = vec![0; length.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let path = lines.first()?.clone();
    Some(Received { path, headers: lines, body: serde_json::from_slice(&body).ok()? })
}

const TIMEOUT: Duration = Duration::from_secs(20);
const UNAVAILABLE: &str =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
const BAD_REQUEST: &str =
    "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const PARTIAL: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 48\r\n\r\n{\"partialSuccess\":{\"rejectedLogRecords\":\"1\"}}   ";

fn log_two(telemetry: &Telemetry) {
    let logs = telemetry.access_logs();
    on_a_traffic_thread(|| {
        let worker = logs.worker();
        let destination = logs.destination("orders", "a1", "dev");
        worker.line(&destination, |line| line.extend_from_slice(b"first \"line\""));
        worker.line(&destination, |line| line.extend_from_slice(b"second"));
    });
}

const OTLP: &str = "[orders]\nkind = \"otlp\"\n";

#[test]
fn log_records_reach_a_receiver_that_was_away() {
    let (url, received) = receiver(vec![UNAVAILABLE, OK]);
    let mut headers = tempfile::NamedTempFile::new().expect("a file");
    writeln!(headers, "authorization: Bearer token").expect("written");
    let options = Options {
        otlp_endpoint: url,
        otlp_headers_file: headers.path().to_owned(),
        ..Options::default()
    };
    let metrics = Metrics::new();
    let telemetry = start(&options, OTLP, &metrics).expect("started");
    log_two(&telemetry);
    let refused = received.recv_timeout(TIMEOUT).expect("a first attempt");
    let taken = received.recv_timeout(TIMEOUT).expect("a second one");
    telemetry.stop();

    assert_eq!(refused.body, taken.body);
    assert_eq!(taken.path, "post /otlp/v1/logs http/1.1");
    for header in ["content-type: application/json", "authorization: bearer token"] {
        assert!(taken.headers.iter().any(|line| line == header), "{header}: {:?}", taken.headers);
    }
    let resource = &taken.body["resourceLogs"][0];
    let service = &resource["resource"]["attributes"][0];
    assert_eq!(
        (&service["key"], &service["value"]["stringValue"]),
        (&"service.name".into(), &"gatewright".into())
    );
    let records = resource["scopeLogs"][0]["logRecords"].as_array().expect("records");
    let bodies = records.iter().map(|record| record["body"]["stringValue"].as_str());
    assert_eq!(bodies.collect::<Vec<_>>(), [Some("first \"line\""), Some("second")]);
    assert_eq!(records[0]["attributes"][1]["value"]["stringValue"], "dev");
    check_metric(&metrics, "gatewright_access_log_lines_total{destination=\"orders\"} 2");
    check_metric(&metrics, "gatewright_access_log_write_errors_total{destination=\"orders\"} 1");
}

#[test]
fn what_a_receiver_refuses_is_counted_and_not_sent_again() {
    for (answer, lines, dropped) in [(BAD_REQUEST, 0, 2), (PARTIAL, 1, 1)] {
        let (url, received) = receiver(vec![answer]);
        let options = Options { otlp_endpoint: url, ..Options::default() };
        let metrics = Metrics::new();
        let telemetry = start(&options, OTLP, &metrics).expect("started");
        log_two(&telemetry);
        received.recv_timeout(TIMEOUT).expect("one attempt");
        telemetry.stop();
        assert!(received.try_recv().is_err(), "and no other");
        let label = "{destination=\"orders\"}";
        check_metric(&metrics, &format!("gatewright_access_log_lines_total{label} {lines}"));
        let name = "gatewright_access_log_lines_dropped_total";
        check_metric(&metrics, &format!("{name}{label} {dropped}"));
    }
}

fn request(worker: &SpanWorker) {
    let span = worker.begin(&HeaderMap::new()).expect("spans are on");
    let client = AddressText::new([127, 0, 0, 1].into());
    let end = SpanEnd {
        method: "GET",
        scheme: "http",
        path: "/",
        host: None,
        user_agent: None,
        client: &client,
        peer: &client,
        status: 200,
        api_id: None,
        stage: None,
        route_key: None,
        request_id: "id",
        duration: Duration::from_millis(1),
        integration: None,
        error_type: None,
    };
    worker.end(&span, &end);
}

#[test]
fn spans_reach_a_receiver() {
    let (url, received) = receiver(vec![OK]);
    let options = Options { otlp_endpoint: url, ..Options::default() };
    let metrics = Metrics::new();
    let telemetry = start(&options, "", &metrics).expect("started");
    let spans = telemetry.spans();
    on_a_traffic_thread(|| {
        let worker = spans.worker();
        request(&worker);
        request(&worker);
    });
    let got = received.recv_timeout(TIMEOUT).expect("a request");
    telemetry.stop();
    assert_eq!(got.path, "post /otlp/v1/traces http/1.1");
    let spans = got.body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans");
    assert_eq!(spans.len(), 2);
    assert_ne!(spans[0]["traceId"], spans[1]["traceId"]);
    check_metric(&metrics, "gatewright_spans_total 2");
}
