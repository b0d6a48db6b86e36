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

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use gatewright_types::{HttpRouteKey, PathSegment, RouteMethod, limits};
use hashbrown::HashTable;

use self::methods::{MethodRoutes, MethodSlot};
use self::node::{Index, Literals, Node, Text};

/// The routes of one stage.
#[derive(Clone, Debug)]
pub struct RouteTable {
    nodes: Vec<Node>,
    /// What nodes say of literal segments: their texts, and who has many of them.
    texts: String,
    literals: Vec<HashTable<Index>>,
    /// What nodes say of routes.
    methods: Vec<MethodRoutes>,
    default: Option<Index>,
}

/// A route that takes a request.
#[derive(Debug)]
pub struct RouteMatch<'p> {
    /// Where its key stands among those that the table was built of.
    pub index: usize,
    variables: Variables<'p>,
}

impl<'p> RouteMatch<'p> {
    /// The value of the path variable with this index, by the order in the route key. Empty for
    /// an index that the key does not have.
    #[must_use]
    pub fn variable(&self, index: usize) -> &'p str {
        self.variables.get(index)
    }
}

impl RouteTable {
    /// Builds the table. Of two routes with the same key the later one counts; the management API
    /// does not let that happen.
    ///
    /// # Panics
    ///
    /// Never for keys that [`HttpRouteKey::parse`] made.
    #[must_use]
    pub fn new(keys: &[HttpRouteKey]) -> Self {
        let mut table = Self {
            nodes: vec![Node::default()],
            texts: String::new(),
            literals: Vec::new(),
            methods: Vec::new(),
            default: None,
        };
        for (index, key) in keys.iter().enumerate() {
            let index = Index::new(index);
            match key {
                HttpRouteKey::Default => table.default = Some(index),
                HttpRouteKey::Path { method, segments } => table.insert(*method, segments, index),
            }
        }
        table
    }

    /// The route that takes a request, by its method and decoded path. None takes a method that no
    /// route key can name, `$default` neither.
    #[must_use]
    pub fn find<'p>(&self, method: &str, path: &'p str) -> Option<RouteMatch<'p>> {
        let method = MethodSlot::of(method)?;
        // Empty segments at the start do not count (localstack#8170).
        let rest = path.trim_start_matches('/');
        if rest.len() > usize::from(u16::MAX) {
            return None;
        }
        let mut variables = Variables::new(rest);
        let route = self
            .find_exact(ROOT, method, Some(rest), &mut variables)
            .or_else(|| {
                variables.clear();
                self.find_greedy(ROOT, method, Some(rest), &mut variables)
            })
            .or_else(|| {
                variables.clear();
                self.default
            })?;
        Some(RouteMatch { index: route.get(), variables })
    }

    /// A full match without greedy variables: literal before variable, from the left.
    fn find_exact<'p>(
        &self,
        node: usize,
        method: MethodSlot,
        rest: Option<&'p str>,
        variables: &mut Variables<'p>,
    ) -> Option<Index> {
        let here = &self.nodes[node];
        let Some(rest) = rest.filter(|rest| node != ROOT || !rest.is_empty()) else {
            return here.routes.get(method, &self.methods);
        };
        let (segment, rest) = next_segment(rest);
        if segment.is_empty() {
            return None;
        }
        let found = self
            .literal(here, segment)
            .and_then(|child| self.find_exact(child.get(), method, rest, variables));
        if found.is_some() {
            return found;
        }
        let child = here.variable?;
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
        method: MethodSlot,
        rest: Option<&'p str>,
        variables: &mut Variables<'p>,
    ) -> Option<Index> {
        let rest = rest?;
        let here = &self.nodes[node];
        let (segment, after) = next_segment(rest);
        if !segment.is_empty() {
            let found = self
                .literal(here, segment)
                .and_then(|child| self.find_greedy(child.get(), method, after, variables));
            if found.is_some() {
                return found;
            }
            if let Some(child) = here.variable {
                variables.push(segment);
                let found = self.find_greedy(child.get(), method, after, variables);
                if found.is_some() {
                    return found;
                }
                variables.pop();
            }
        }
        let route = here.greedy_routes.get(method, &self.methods)?;
        variables.push(rest);
        Some(route)
    }

    /// Where a literal segment leads.
    fn literal(&self, from: &Node, segment: &str) -> Option<Index> {
        let is_it = |child: &Index| self.nodes[child.get()].text.of(&self.texts) == segment;
        match &from.literals {
            Literals::None => None,
            Literals::One(only) => is_it(only).then_some(*only),
            Literals::Many(many) => self.literals[many.get()].find(hash(segment), is_it).copied(),
        }
    }

    fn insert(&mut self, method: RouteMethod, segments: &[PathSegment], route: Index) {
        let mut node = ROOT;
        for segment in segments {
            node = match segment {
                PathSegment::Literal(text) => self.literal_child(node, text).get(),
                PathSegment::Variable(_) => {
                    let new = Index::new(self.nodes.len());
                    let child = *self.nodes[node].variable.get_or_insert(new);
                    if child == new {
                        self.nodes.push(Node::default());
                    }
                    child.get()
                }
                PathSegment::Greedy(_) => {
                    let routes = &mut self.nodes[node].greedy_routes;
                    return routes.set(method, route, &mut self.methods);
                }
            };
        }
        self.nodes[node].routes.set(method, route, &mut self.methods);
    }

    /// The node that a literal segment leads to, made if there was none.
    fn literal_child(&mut self, node: usize, text: &str) -> Index {
        if let Some(child) = self.literal(&self.nodes[node], text) {
            return child;
        }
        let new = Index::new(self.nodes.len());
        let text = Text::new(text, &mut self.texts);
        self.nodes.push(Node { text, ..Node::default() });
        let Self { nodes, texts, literals, .. } = self;
        let hash = |child: &Index| hash(nodes[child.get()].text.of(texts));
        let many = match nodes[node].literals {
            Literals::None => Literals::One(new),
            Literals::One(only) => {
                let mut many = HashTable::new();
                many.insert_unique(hash(&only), only, hash);
                many.insert_unique(hash(&new), new, hash);
                literals.push(many);
                Literals::Many(Index::new(literals.len() - 1))
            }
            Literals::Many(many) => {
                literals[many.get()].insert_unique(hash(&new), new, hash);
                Literals::Many(many)
            }
        };
        self.nodes[node].literals = many;
        new
    }
}

const ROOT: usize = 0;

/// What is looked up is the client's to choose, what is found is not: a hash without a key will do.
fn hash(segment: &str) -> u64 {
    FixedState::default().hash_one(segment)
}

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
