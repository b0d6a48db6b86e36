//! Routes of one path shape, told apart by their methods.

use gatewright_types::RouteMethod;

use super::node::Index;

/// The routes of one path shape, by method; `ANY` takes the methods the others leave.
#[derive(Clone, Debug, Default)]
pub(super) struct MethodRoutes {
    any: Option<Index>,
    exact: [Option<Index>; METHODS.len()],
}

/// Methods a route can name, and all that `ANY` and `$default` stand for (spec section 15).
pub(super) const METHODS: [(&str, RouteMethod); 7] = [
    ("GET", RouteMethod::Get),
    ("POST", RouteMethod::Post),
    ("PUT", RouteMethod::Put),
    ("DELETE", RouteMethod::Delete),
    ("PATCH", RouteMethod::Patch),
    ("OPTIONS", RouteMethod::Options),
    ("HEAD", RouteMethod::Head),
];

/// Where a method stands among those that routes can name.
pub(super) fn method_slot(method: &str) -> Option<usize> {
    METHODS.iter().position(|(name, _)| *name == method)
}

impl MethodRoutes {
    pub(super) fn get(&self, slot: usize) -> Option<Index> {
        self.exact[slot].or(self.any)
    }

    pub(super) fn set(&mut self, method: RouteMethod, route: Index) {
        match METHODS.iter().position(|(_, named)| *named == method) {
            Some(slot) => self.exact[slot] = Some(route),
            None => self.any = Some(route),
        }
    }
}
