//! The only place that dials.
