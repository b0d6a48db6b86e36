//! Starts the real binary, fake upstreams and raw sockets for tests.
