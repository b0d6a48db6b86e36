//! Expressions of API definitions, compiled once and evaluated per request.
