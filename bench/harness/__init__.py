"""The benchmark harness; bench/run starts it, docs/PERFORMANCE.md explains its figures."""
