//! What a route calls.
