//! The wire and on-disk form of a domain name, and what it is compiled to.

use std::sync::Arc;

use gatewright_routing::{ApiMappingTable, BasePath, Glob, Rule, RuleTable, Target};
use gatewright_types::{ApiMapping, DomainName, RoutingMode, RoutingRule, RoutingRuleCondition};
use http::HeaderName;
use serde::{Deserialize, Serialize};

/// A domain name with all that is below it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainNameDocument {
    /// The domain name.
    pub domain_name: DomainName,
    /// Its API mappings.
    pub api_mappings: Vec<ApiMapping>,
    /// Its routing rules.
    pub routing_rules: Vec<RoutingRule>,
}

/// A domain name, ready to serve.
#[derive(Debug)]
pub struct DomainNamePlan {
    /// The certificate of its TLS clients.
    pub certificate_arn: Option<Arc<str>>,
    /// The truststore that its clients' certificates are held against (`mutualTlsAuthentication`);
    /// absent where they need none.
    pub truststore: Option<Arc<str>>,
    /// What requests are held against first; empty unless `routingMode` says so.
    pub rules: RuleTable,
    /// What they are held against then; empty unless `routingMode` says so.
    pub mappings: ApiMappingTable,
}

/// A rule that cannot be served; the management API refuses those when they are made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("routing rule {routing_rule_id}: {reason}")]
pub struct DomainNameError {
    routing_rule_id: String,
    reason: &'static str,
}

impl DomainNameDocument {
    /// Compiles it.
    ///
    /// # Errors
    ///
    /// [`DomainNameError`].
    pub fn compile(&self) -> Result<DomainNamePlan, DomainNameError> {
        let mode = self.domain_name.routing_mode;
        let rules = match mode {
            RoutingMode::ApiMappingOnly => RuleTable::default(),
            RoutingMode::RoutingRuleOnly | RoutingMode::RoutingRuleThenApiMapping => {
                RuleTable::new(self.routing_rules.iter().map(rule).collect::<Result<_, _>>()?)
            }
        };
        let mappings = match mode {
            RoutingMode::RoutingRuleOnly => ApiMappingTable::default(),
            RoutingMode::ApiMappingOnly | RoutingMode::RoutingRuleThenApiMapping => {
                ApiMappingTable::new(self.api_mappings.iter().map(mapping))
            }
        };
        // There is one configuration: more are refused when the domain name is made.
        let configuration = self.domain_name.domain_name_configurations.first();
        let certificate_arn = configuration.and_then(|it| it.certificate_arn.as_deref());
        let mutual_tls = self.domain_name.mutual_tls_authentication.as_ref();
        Ok(DomainNamePlan {
            certificate_arn: certificate_arn.map(Arc::from),
            truststore: mutual_tls.map(|mutual_tls| Arc::from(mutual_tls.truststore())),
            rules,
            mappings,
        })
    }
}

fn mapping(mapping: &ApiMapping) -> (&str, Target) {
    let target = Target { api_id: mapping.api_id.clone(), stage_name: mapping.stage.clone() };
    (mapping.api_mapping_key.as_deref().unwrap_or_default(), target)
}

fn rule(rule: &RoutingRule) -> Result<Rule, DomainNameError> {
    let wrong = |reason| {
        let routing_rule_id = rule.routing_rule_id.as_str().to_owned();
        DomainNameError { routing_rule_id, reason }
    };
    let [action] = &*rule.actions else { return Err(wrong("it has not just one action")) };
    let invoke = &action.invoke_api;
    let mut compiled = Rule {
        priority: rule.priority,
        base_paths: Vec::new(),
        headers: Vec::new(),
        target: Target { api_id: invoke.api_id.clone(), stage_name: invoke.stage.clone() },
        strips_base_path: invoke.strip_base_path,
    };
    for RoutingRuleCondition { match_base_paths, match_headers } in &rule.conditions {
        if let Some(paths) = match_base_paths {
            compiled.base_paths.push(paths.any_of.iter().map(|path| BasePath::new(path)).collect());
        }
        if let Some(headers) = match_headers {
            let any_of = headers.any_of.iter().map(|header| {
                let name = HeaderName::try_from(&*header.header).ok()?;
                Some((name, Glob::new(&header.value_glob)))
            });
            let any_of = any_of.collect::<Option<_>>();
            compiled.headers.push(any_of.ok_or_else(|| wrong("a header's name is none"))?);
        }
    }
    Ok(compiled)
}
