//! What an import tells beside its result: `importInfo` and `warnings`.
//!
//! Both are bounded, since a document may hold a hundred thousand of the same thing.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_types::limits;

use super::error::Problem;
use super::place::Place;

#[derive(Default)]
pub(super) struct Findings {
    ignored: BTreeMap<(String, &'static str), Ignored>,
    /// In the order of their discovery.
    warnings: Vec<String>,
    told: BTreeSet<String>,
    warnings_left_out: usize,
}

struct Ignored {
    first: String,
    more: usize,
}

impl Findings {
    /// Something HTTP APIs do not have. One line for all of its kind: what it is called, and why.
    pub(super) fn ignored(&mut self, kind: &str, why: &'static str, place: &Place<'_>) {
        if let Some(ignored) = self.ignored.get_mut(&(kind.to_owned(), why)) {
            ignored.more += 1;
        } else if self.ignored.len() < limits::IMPORT_FINDINGS_MAX {
            let ignored = Ignored { first: place.to_string(), more: 0 };
            self.ignored.insert((kind.to_owned(), why), ignored);
        }
    }

    /// Something that is skipped.
    pub(super) fn skipped(&mut self, place: &Place<'_>, problem: impl Into<String>) {
        self.warn(Problem::new(place, problem).to_string());
    }

    pub(super) fn warn(&mut self, warning: String) {
        if self.told.contains(&warning) {
            return;
        }
        if self.warnings.len() == limits::IMPORT_FINDINGS_MAX {
            self.warnings_left_out += 1;
            return;
        }
        self.told.insert(warning.clone());
        self.warnings.push(warning);
    }

    /// `importInfo` and `warnings`.
    pub(super) fn finish(mut self) -> (Vec<String>, Vec<String>) {
        let info = self.ignored.iter().map(|((_, why), Ignored { first, more })| match more {
            0 => format!("{first} {why}"),
            1 => format!("{first} {why} (and 1 more like it)"),
            more => format!("{first} {why} (and {more} more like it)"),
        });
        if self.warnings_left_out > 0 {
            self.warnings.push(format!("{} more warnings", self.warnings_left_out));
        }
        (info.collect(), self.warnings)
    }
}
