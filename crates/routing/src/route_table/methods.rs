//! Routes of one path shape, told apart by their methods.

use gatewright_types::RouteMethod;

use super::node::Index;

/// The routes of one path shape. Most have one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Routes {
    #[default]
    None,
    One(MethodSlot, Index),
    /// One of the table's [`MethodRoutes`].
    Many(Index),
}

/// Several routes of one path shape, by method; `ANY` takes the methods the others leave.
#[derive(Clone, Debug, Default)]
pub(super) struct MethodRoutes([Option<Index>; ANY.0 as usize + 1]);

/// Where a method stands among those that routes can name, `ANY` behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MethodSlot(u8);

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

const ANY: MethodSlot = MethodSlot(METHODS.len() as u8);

impl MethodSlot {
    /// Of a request's method; none of one that no route can name.
    pub(super) fn of(method: &str) -> Option<Self> {
        Self::at(METHODS.iter().position(|(name, _)| *name == method)?)
    }

    fn of_route(method: RouteMethod) -> Self {
        METHODS.iter().position(|(_, named)| *named == method).and_then(Self::at).unwrap_or(ANY)
    }

    fn at(position: usize) -> Option<Self> {
        u8::try_from(position).ok().map(Self)
    }
}

impl Routes {
    /// The route of a method; `several` are the table's.
    pub(super) fn get(self, method: MethodSlot, several: &[MethodRoutes]) -> Option<Index> {
        match self {
            Self::None => None,
            Self::One(slot, route) => (slot == method || slot == ANY).then_some(route),
            Self::Many(at) => several[at.get()].get(method),
        }
    }

    pub(super) fn set(
        &mut self,
        method: RouteMethod,
        route: Index,
        several: &mut Vec<MethodRoutes>,
    ) {
        let slot = MethodSlot::of_route(method);
        match *self {
            Self::One(first, other) if first != slot => {
                *self = Self::Many(Index::new(several.len()));
                let mut both = MethodRoutes::default();
                both.set(first, other);
                both.set(slot, route);
                several.push(both);
            }
            Self::None | Self::One(..) => *self = Self::One(slot, route),
            Self::Many(at) => several[at.get()].set(slot, route),
        }
    }
}

impl MethodRoutes {
    fn get(&self, method: MethodSlot) -> Option<Index> {
        let of = |slot: MethodSlot| self.0[usize::from(slot.0)];
        of(method).or_else(|| of(ANY))
    }

    fn set(&mut self, method: MethodSlot, route: Index) {
        self.0[usize::from(method.0)] = Some(route);
    }
}
