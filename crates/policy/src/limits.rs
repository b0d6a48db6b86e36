//! Bounds on a document, so that reading and evaluating one is bounded too.

/// Characters of a document without its white space. AWS's largest quota ("IAM and AWS STS quotas":
/// the inline policies of a role); white space does not count there either.
pub const DOCUMENT_CHARACTERS_MAX: usize = 10_240;

/// Bytes of a document with its white space; AWS names no such quota, but reading must end.
pub const DOCUMENT_BYTES_MAX: usize = 64 * 1024;

/// Policy variables in one string. Their values lie on the stack while it is matched.
pub const VARIABLES_MAX: usize = 8;
