//! Route selection: a tree of path segments (`http-api-develop-routes`; spec/http-api-runtime.md
//! section 2.2).
//!
//! The cost of a lookup grows with the depth of the path, not with the number of routes. Every
//! node is visited at most once a pass, since each stands on exactly one way from the root.
//!
//! With many routes a lookup costs what it fetches from memory, so nodes are small, and those of one
//! route lie side by side.

mod methods;
mod node;

use gatewright_types::{HttpRouteKey, PathSegment, RouteMethod, limits};

use self::methods::{MethodRoutes, method_slot};
use self::node::{Index, Node};

/// The routes of one stage, each with a value.
#[derive(Clone, Debug)]
pub struct RouteTable<T> {
    nodes: Vec<Node>,
    /// What nodes say of routes.
    methods: Vec<MethodRoutes>,
    default: Option<Index>,
    values: Vec<T>,
}

/// A route that takes a request.
#[derive(Debug)]
pub struct RouteMatch<'t, 'p, T> {
    /// The route's value.
    pub value: &'t T,
    variables: Variables<'p>,
}

impl<'p, T> RouteMatch<'_, 'p, T> {
    /// The value of the path variable with this index, by the order in the route key. Empty for
    /// an index that the key does not have.
    #[must_use]
    pub fn variable(&self, index: usize) -> &'p str {
        self.variables.get(index)
    }
}

impl<T> RouteTable<T> {
    /// Builds the table. Of two routes with the same key the later one counts; the management API
    /// does not let that happen.
    ///
    /// # Panics
    ///
    /// Never for keys that [`HttpRouteKey::parse`] made.
    #[must_use]
    pub fn new(routes: Vec<(HttpRouteKey, T)>) -> Self {
        let mut table = Self {
            nodes: vec![Node::default()],
            methods: Vec::new(),
            default: None,
            values: Vec::with_capacity(routes.len()),
        };
        for (key, value) in routes {
            let index = Index::new(table.values.len());
            table.values.push(value);
            match key {
                HttpRouteKey::Default => table.default = Some(index),
                HttpRouteKey::Path { method, segments } => table.insert(method, &segments, index),
            }
        }
        table
    }

    /// The route that takes a request, by its method and decoded path. None takes a method that no
    /// route key can name, `$default` neither.
    #[must_use]
    pub fn find<'p>(&self, method: &str, path: &'p str) -> Option<RouteMatch<'_, 'p, T>> {
        let method = method_slot(method)?;
        // Empty segments at the start do not count (localstack#8170).
        let rest = path.trim_start_matches('/');
        if rest.len() > usize::from(u16::MAX) {
            return None;
        }
        let mut variables = Variables::new(rest);
        let route = self
            .find_exact(0, method, Some(rest), &mut variables)
            .or_else(|| {
                variables.clear();
                self.find_greedy(0, method, Some(rest), &mut variables)
            })
            .or_else(|| {
                variables.clear();
                self.default
            })?;
        Some(RouteMatch { value: &self.values[route.get()], variables })
    }

    /// A full match without greedy variables: literal before variable, from the left.
    fn find_exact<'p>(
        &self,
        node: usize,
        method: usize,
        rest: Option<&'p str>,
        variables: &mut Variables<'p>,
    ) -> Option<Index> {
        let node_ref = &self.nodes[node];
        let Some(rest) = rest.filter(|rest| node != ROOT || !rest.is_empty()) else {
            return self.methods[node_ref.routes?.get()].get(method);
        };
        let (segment, rest) = next_segment(rest);
        if segment.is_empty() {
            return None;
        }
        let found = node_ref
            .literals
            .get(segment)
            .and_then(|child| self.find_exact(child.get(), method, rest, variables));
        if found.is_some() {
            return found;
        }
        let child = node_ref.variable?;
        variables.push(segment);
        let found = self.find_exact(child.get(), method, rest, variables);
        if found.is_none() {
            variables.pop();
        }
        found
    }

    /// A match that ends in a greedy variable: the longest literal way first.
    fn find_greedy<'p>(
        &self,
        node: usize,
        method: usize,
        rest: Option<&'p str>,
        variables: &mut Variables<'p>,
    ) -> Option<Index> {
        let rest = rest?;
        let node = &self.nodes[node];
        let (segment, after) = next_segment(rest);
        if !segment.is_empty() {
            let found = node
                .literals
                .get(segment)
                .and_then(|child| self.find_greedy(child.get(), method, after, variables));
            if found.is_some() {
                return found;
            }
            if let Some(child) = node.variable {
                variables.push(segment);
                let found = self.find_greedy(child.get(), method, after, variables);
                if found.is_some() {
                    return found;
                }
                variables.pop();
            }
        }
        let route = self.methods[node.greedy_routes?.get()].get(method)?;
        variables.push(rest);
        Some(route)
    }

    fn insert(&mut self, method: RouteMethod, segments: &[PathSegment], route: Index) {
        let mut node = ROOT;
        for segment in segments {
            let new = Index::new(self.nodes.len());
            let child = match segment {
                PathSegment::Literal(text) => self.nodes[node].literals.child(text, new),
                PathSegment::Variable(_) => *self.nodes[node].variable.get_or_insert(new),
                PathSegment::Greedy(_) => {
                    let routes = &mut self.nodes[node].greedy_routes;
                    return set(&mut self.methods, routes, method, route);
                }
            };
            if child == new {
                self.nodes.push(Node::default());
            }
            node = child.get();
        }
        set(&mut self.methods, &mut self.nodes[node].routes, method, route);
    }
}

fn set(all: &mut Vec<MethodRoutes>, of: &mut Option<Index>, method: RouteMethod, route: Index) {
    let new = Index::new(all.len());
    let at = *of.get_or_insert(new);
    if at == new {
        all.push(MethodRoutes::default());
    }
    all[at.get()].set(method, route);
}

const ROOT: usize = 0;

/// A segment and what follows its `/`; absent when it was the last.
fn next_segment(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((segment, rest)) => (segment, Some(rest)),
        None => (text, None),
    }
}

/// Values of path variables as parts of the path, without the heap.
#[derive(Debug)]
struct Variables<'p> {
    path: &'p str,
    /// Beginning and end; no path that is looked up is longer than these can say.
    parts: [(u16, u16); limits::ROUTE_PATH_SEGMENTS_MAX],
    length: usize,
}

impl<'p> Variables<'p> {
    fn new(path: &'p str) -> Self {
        Self { path, parts: [(0, 0); limits::ROUTE_PATH_SEGMENTS_MAX], length: 0 }
    }

    fn get(&self, index: usize) -> &'p str {
        let (start, end) = if index < self.length { self.parts[index] } else { (0, 0) };
        &self.path[usize::from(start)..usize::from(end)]
    }

    /// Takes a part of the path. A key has no more variables than segments, and no more segments
    /// than the array is long.
    fn push(&mut self, value: &'p str) {
        let start = value.as_ptr() as usize - self.path.as_ptr() as usize;
        let position = |offset: usize| u16::try_from(offset).unwrap_or(u16::MAX);
        self.parts[self.length] = (position(start), position(start + value.len()));
        self.length += 1;
    }

    fn pop(&mut self) {
        self.length -= 1;
    }

    fn clear(&mut self) {
        self.length = 0;
    }
}

#[cfg(test)]
mod tests;
