//! The schema's text for this database.

use crate::migrations::Text;

pub(crate) const MIGRATIONS: &[Text] = &[
    (1, "resources", include_str!("../../../../migrations/sqlite/0001_resources.sql")),
    (2, "changes", include_str!("../../../../migrations/sqlite/0002_changes.sql")),
    (3, "management", include_str!("../../../../migrations/sqlite/0003_management.sql")),
    (
        4,
        "access_key_policies",
        include_str!("../../../../migrations/sqlite/0004_access_key_policies.sql"),
    ),
    (5, "api_keys", include_str!("../../../../migrations/sqlite/0005_api_keys.sql")),
    (6, "authorization", include_str!("../../../../migrations/sqlite/0006_authorization.sql")),
    (7, "domain_names", include_str!("../../../../migrations/sqlite/0007_domain_names.sql")),
];
