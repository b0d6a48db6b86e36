//! A place in the tree, in as few bytes as will do.

use std::num::NonZeroU32;

use super::methods::Routes;

/// A place in one of the table's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Index(NonZeroU32);

/// What follows one beginning of paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// The literal segment that leads here.
    pub(super) text: Text,
    pub(super) literals: Literals,
    pub(super) variable: Option<Index>,
    /// Routes that end here.
    pub(super) routes: Routes,
    /// Routes that take everything from here on.
    pub(super) greedy_routes: Routes,
}

/// A part of the table's texts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Text {
    start: u32,
    end: u32,
}

/// The nodes that literal segments lead to. Below the first segments most have one at most.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Literals {
    #[default]
    None,
    One(Index),
    /// One of the table's hash tables.
    Many(Index),
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

impl Text {
    /// Keeps a text behind the others.
    ///
    /// # Panics
    ///
    /// When they would be 4 GiB, which no deployment is.
    pub(super) fn new(text: &str, all: &mut String) -> Self {
        let position =
            |bytes: usize| u32::try_from(bytes).expect("fewer than 2^32 bytes of routes");
        let start = position(all.len());
        all.push_str(text);
        Self { start, end: position(all.len()) }
    }

    pub(super) fn of(self, all: &str) -> &str {
        &all[self.start as usize..self.end as usize]
    }
}
