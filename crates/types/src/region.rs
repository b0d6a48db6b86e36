//! Regions, as ARNs, host names and signatures have them.

/// A region's name. It can stand in a host name, an ARN and a signature's scope without leaving its
/// place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region(String);

/// What a label of a host name may have (RFC 1035).
const CHARS_MAX: usize = 63;

impl Region {
    /// Letters, digits and hyphens, as of `eu-central-1`; none for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_one = !text.is_empty() && text.len() <= CHARS_MAX && text.bytes().all(legal);
        is_one.then(|| Self(text.to_owned()))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What `account.region` is by default.
impl Default for Region {
    fn default() -> Self {
        Self("us-east-1".to_owned())
    }
}

impl std::fmt::Display for Region {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_leave_its_place_is_none() {
        for text in ["us-east-1", "us-gov-west-1", "local", &"x".repeat(63)] {
            assert_eq!(Region::parse(text).as_ref().map(Region::as_str), Some(text));
        }
        for text in ["", "a/b", "a.b", "a b", "a:b", "a@b", "é", "a\n", &"x".repeat(64)] {
            assert_eq!(Region::parse(text), None, "{text:?}");
        }
    }
}
