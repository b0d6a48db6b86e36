//! The values of `Numeric…` operators: integers and decimals ("comparing a key to an integer or
//! decimal value", "Condition operators").

use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Number {
    /// Beyond 2^53 neighbours have the same decimal, so integers are compared as such.
    integer: Option<i64>,
    decimal: f64,
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // The library's grammar also has `inf` and `nan`.
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
        if !text.chars().all(numeric) {
            return None;
        }
        let decimal = text.parse::<f64>().ok().filter(|decimal| decimal.is_finite())?;
        Some(Self { integer: text.parse().ok(), decimal })
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.integer, other.integer) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => self.decimal.partial_cmp(&other.decimal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare() {
        for (left, order, right) in [
            ("10", Ordering::Equal, "10.0"),
            ("9", Ordering::Less, "10"),
            ("-1", Ordering::Less, "0.5"),
            ("1e3", Ordering::Equal, "1000"),
            ("9007199254740993", Ordering::Greater, "9007199254740992"),
            ("+5", Ordering::Equal, "5"),
        ] {
            let (left, right) = (Number::parse(left), Number::parse(right));
            assert_eq!(left.expect("a number").partial_cmp(&right.expect("a number")), Some(order));
        }
        for broken in ["", "ten", "0x10", "1 0", "inf", "NaN", "1e999", "-", ".", "٣", "1,5"] {
            assert_eq!(Number::parse(broken), None, "{broken}");
        }
    }
}
