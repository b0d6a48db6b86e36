//! From control plane to data plane: the feed, both ends, and the last-good copy.
