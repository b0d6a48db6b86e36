//! A place in the tree, in as few bytes as will do.

use std::collections::HashMap;
use std::num::NonZeroU32;

use foldhash::fast::FixedState;

/// A place in one of the table's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index(NonZeroU32);

/// What follows one beginning of paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) literals: Literals,
    pub(super) variable: Option<Index>,
    /// Routes that end here.
    pub(super) routes: Option<Index>,
    /// Routes that take everything from here on.
    pub(super) greedy_routes: Option<Index>,
}

/// Nodes by a segment's text. Below the first segments most have one at most.
#[derive(Clone, Debug, Default)]
pub(super) enum Literals {
    #[default]
    None,
    One(Box<str>, Index),
    /// What is looked up is the client's to choose, what is found is not: a hash without a key will do.
    Many(HashMap<Box<str>, Index, FixedState>),
}

impl Index {
    /// # Panics
    ///
    /// For 2³² - 1 or more, which fit no memory.
    pub(super) fn new(index: usize) -> Self {
        let next = u32::try_from(index).ok().and_then(|index| index.checked_add(1));
        Self(next.and_then(NonZeroU32::new).expect("fewer than 2^32 routes and segments"))
    }

    pub(super) fn get(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl Literals {
    pub(super) fn get(&self, segment: &str) -> Option<Index> {
        match self {
            Self::None => None,
            Self::One(text, child) => (**text == *segment).then_some(*child),
            Self::Many(children) => children.get(segment).copied(),
        }
    }

    /// The child of a text, which is `new` if there was none.
    pub(super) fn child(&mut self, text: &str, new: Index) -> Index {
        let (literals, child) = match std::mem::take(self) {
            Self::None => (Self::One(text.into(), new), new),
            Self::One(only, child) if *only == *text => (Self::One(only, child), child),
            Self::One(only, child) => {
                let both = [(only, child), (text.into(), new)];
                (Self::Many(both.into_iter().collect()), new)
            }
            Self::Many(mut children) => {
                let child = *children.entry(text.into()).or_insert(new);
                (Self::Many(children), child)
            }
        };
        *self = literals;
        child
    }
}
