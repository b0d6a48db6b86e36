//! Persistence on SQLite and Postgres.
