//! One suite, run on both databases.
