//! Domain names that changed.

use gatewright_types::{ApiMapping, DomainName, RoutingRule};

use crate::{Page, Session, StoreError};

/// A domain name that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainNameChange {
    /// The revision it last changed under.
    pub revision: u64,
    /// The name.
    pub domain_name: String,
    /// As it stands; absent when it is gone.
    pub current: Option<DomainNameRow>,
}

/// A domain name and all that is below it.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainNameRow {
    /// The domain name.
    pub domain_name: DomainName,
    /// Its API mappings.
    pub api_mappings: Vec<ApiMapping>,
    /// Its routing rules.
    pub routing_rules: Vec<RoutingRule>,
}

impl Session {
    pub(super) async fn domain_names_after(
        &mut self,
        after: i64,
        tombstones: i64,
    ) -> Result<Vec<DomainNameChange>, StoreError> {
        let everything = Page::first(u32::MAX);
        let mut domain_names = Vec::new();
        for (revision, name) in self.names_after("domain_name", after, tombstones).await? {
            let current = match self.domain_name_fetch(&name).await? {
                None => None,
                Some(domain_name) => Some(DomainNameRow {
                    domain_name,
                    api_mappings: self.api_mapping_list(&name, &everything).await?.items,
                    routing_rules: self.routing_rule_list(&name, &everything).await?.items,
                }),
            };
            domain_names.push(DomainNameChange { revision, domain_name: name, current });
        }
        Ok(domain_names)
    }
}
