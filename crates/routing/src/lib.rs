//! From host and path to API, stage and route, over immutable tables.
