//! A request that has found its route.

use gatewright_routing::RouteMatch;
use gatewright_telemetry::Span;
use http::Uri;

use crate::address::Addressed;
use crate::stage::{Route, Stage};

/// A request's route, and what it was found by.
pub(crate) struct Routed<'r> {
    pub(crate) stage: &'r Stage,
    pub(crate) route: &'r Route,
    pub(crate) found: RouteMatch<'r>,
    pub(crate) address: &'r Addressed<'r>,
    pub(crate) uri: &'r Uri,
    pub(crate) span: Option<&'r Span>,
}

impl<'r> Routed<'r> {
    /// Names and decoded values of the path's variables.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = (&'r str, &'r str)> {
        let names = self.route.names.path_variables.iter().enumerate();
        names.map(|(index, name)| (name.as_str(), self.found.variable(index)))
    }
}
