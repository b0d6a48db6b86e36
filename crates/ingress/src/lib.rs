//! The only place that accepts connections.
