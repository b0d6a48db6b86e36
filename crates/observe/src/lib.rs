//! Metrics, logs, request ids, health.
