use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::ReadBuf;

use super::*;

const V4: &[u8] = &[192, 0, 2, 7, 10, 0, 0, 1, 0x30, 0x39, 1, 187];
const V6: [u8; 36] = {
    let mut bytes = [0; 36];
    (bytes[0], bytes[1], bytes[2], bytes[3], bytes[15]) = (0x20, 1, 0x0d, 0xb8, 7);
    (bytes[32], bytes[33]) = (0x30, 0x39);
    bytes
};
const BEHIND: &[u8] = b"GET / HTTP/1.1\r\n";

fn header(version_command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len()).expect("a short one");
    [SIGNATURE, &[version_command, family], &length.to_be_bytes(), rest].concat()
}

/// Gives a few bytes at a time, as a network may.
struct Pieces<'b>(&'b [u8], usize);

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let count = self.1.min(buffer.remaining()).min(self.0.len());
        let (piece, rest) = self.0.split_at(count);
        buffer.put_slice(piece);
        self.0 = rest;
        Poll::Ready(Ok(()))
    }
}

/// What is read of some bytes, and how many are left behind.
fn read_of(bytes: &[u8], piece: usize) -> (Result<Announced, HeaderError>, usize) {
    let mut stream = Pieces(bytes, piece);
    let read = {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(read(&mut stream)).poll(&mut cx) {
            Poll::Ready(read) => read,
            Poll::Pending => unreachable!("pieces are there at once"),
        }
    };
    (read, stream.0.len())
}

fn client(text: &str) -> Announced {
    Announced::Client(text.parse().expect("an address"))
}

#[test]
fn headers_are_read_to_the_byte() {
    let with_tlvs = [V4, &[0x03, 0, 4, 1, 2, 3, 4], &[0x04, 0, 1, 0]].concat();
    let mapped = {
        let mut bytes = V6;
        bytes[..16].copy_from_slice(&"::ffff:192.0.2.7".parse::<Ipv6Addr>().expect("one").octets());
        bytes
    };
    let longest = vec![0; limits::PROXY_HEADER_BYTES_MAX - FIXED_BYTES];
    for (version_command, family, rest, expected) in [
        (0x21, 0x11, V4, client("192.0.2.7:12345")),
        (0x21, 0x12, V4, client("192.0.2.7:12345")),
        (0x21, 0x11, &with_tlvs, client("192.0.2.7:12345")),
        (0x21, 0x21, &V6, client("[2001:db8::7]:12345")),
        (0x21, 0x21, &mapped, client("192.0.2.7:12345")),
        (0x21, 0x31, &[b'/'; 216], Announced::Unknown),
        (0x21, 0x00, &[], Announced::Unknown),
        (0x21, 0x00, &longest, Announced::Unknown),
        (0x20, 0x00, &[], Announced::Proxy),
        // The rest of what LOCAL says counts for nothing, but for its length.
        (0x20, 0x11, V4, Announced::Proxy),
        (0x20, 0xff, b"abc", Announced::Proxy),
    ] {
        let bytes = [&header(version_command, family, rest), BEHIND].concat();
        for piece in [1, 7, usize::MAX] {
            let (read, left) = read_of(&bytes, piece);
            assert_eq!(read.expect("a header"), expected, "{version_command:#x} {family:#x}");
            assert_eq!(left, BEHIND.len());
        }
    }
}

#[test]
fn what_is_none_is_refused() {
    let too_long = {
        let mut bytes = header(0x21, 0x11, V4);
        bytes[14..].copy_from_slice(&[0xff; 14]);
        bytes
    };
    let one_too_long = header(0x21, 0, &vec![0; limits::PROXY_HEADER_BYTES_MAX - FIXED_BYTES + 1]);
    for (bytes, expected) in [
        (BEHIND.to_vec(), "no PROXY"),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03abcde".to_vec(), "no PROXY"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), "no PROXY"),
        (b"PROXY TCP4 192.0.2.7 10.0.0.1 1 2\r\n".to_vec(), "another version"),
        (header(0x11, 0x11, V4), "another version"),
        (header(0x31, 0x11, V4), "another version"),
        (header(0x22, 0x11, V4), "unknown command 2"),
        (header(0x21, 0x13, V4), "unknown address family"),
        (header(0x21, 0x41, V4), "unknown address family"),
        (header(0x21, 0x11, &V4[..11]), "shorter than"),
        (header(0x21, 0x21, &V6[..35]), "shorter than"),
        (header(0x21, 0x31, &[b'/'; 215]), "shorter than"),
        (too_long, "65551 bytes, where 4096 are taken"),
        (one_too_long, "4097 bytes, where 4096 are taken"),
    ] {
        let error = read_of(&bytes, usize::MAX).0.expect_err("none").to_string();
        assert!(error.contains(expected), "{bytes:?}: {error}");
    }
}

#[test]
fn half_a_header_is_none() {
    let whole = header(0x21, 0x21, &V6);
    for end in 0..whole.len() {
        let error = read_of(&whole[..end], usize::MAX).0.expect_err("half of one");
        assert!(matches!(error, HeaderError::Read(_)), "{end}: {error}");
    }
}

/// Of a header with any byte changed, and of any bytes behind the signature, never more is read than
/// it says, and nothing panics.
#[test]
fn broken_headers_take_nothing_that_is_not_theirs() {
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..20_000 {
        let mut bytes = header(0x21, 0x21, &V6);
        if round % 2 == 0 {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        } else {
            bytes[SIGNATURE.len()..].fill_with(|| random.u8(..));
            (bytes[12], bytes[14]) = (0x20 | bytes[12] & 1, 0);
        }
        let says = FIXED_BYTES + usize::from(u16::from_be_bytes([bytes[14], bytes[15]]));
        bytes.resize(bytes.len() + 300, b'x');
        let (read, left) = read_of(&bytes, random.usize(1..64));
        let taken = bytes.len() - left;
        if read.is_ok() {
            assert_eq!(taken, says, "{bytes:?}");
        } else {
            assert!(taken <= says.min(bytes.len()), "{bytes:?}");
        }
    }
}
