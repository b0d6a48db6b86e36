//! Ids out of the operating system's random bytes.

use gatewright_types::IdSource;

/// Ids that cannot be guessed.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

impl IdSource for RandomIds {
    /// # Panics
    ///
    /// When the operating system has no random bytes, after which nothing can be trusted.
    fn next_id(&self, length: usize) -> String {
        let mut id = String::with_capacity(length);
        let mut random = [0_u8; 64];
        while id.len() < length {
            getrandom::fill(&mut random).expect("the operating system gives random bytes");
            for byte in random {
                // The first is a letter: an API's id is a DNS label.
                let letters = if id.is_empty() { 26 } else { 36 };
                // Bytes beyond the last whole multiple would favour the first letters.
                if id.len() < length && byte < 252 / letters * letters {
                    id.push(char::from(ALPHABET[usize::from(byte % letters)]));
                }
            }
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_begin_with_a_letter_and_differ() {
        let ids =
            (0..200).map(|_| RandomIds.next_id(10)).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(ids.len(), 200);
        for id in ids {
            assert_eq!(id.len(), 10);
            assert!(id.starts_with(|first: char| first.is_ascii_lowercase()), "{id}");
            assert!(id.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
        }
    }
}
