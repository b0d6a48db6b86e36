//! Resource [VpcLink](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks-vpclinkid.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, VpcLinkId};

/// A VPC link, as stored and as answered. On-prem it names nothing but itself: where a private
/// integration leads is configuration's to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcLink {
    /// When it was created.
    pub created_date: Timestamp,
    /// The name; need not be unique.
    pub name: String,
    /// Security groups, kept as given.
    pub security_group_ids: Vec<String>,
    /// Subnets, kept as given.
    pub subnet_ids: Vec<String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The id.
    pub vpc_link_id: VpcLinkId,
    /// AVAILABLE from the beginning.
    pub vpc_link_status: VpcLinkStatus,
    /// The status in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_link_status_message: Option<String>,
    /// Always V2.
    pub vpc_link_version: VpcLinkVersion,
}

impl VpcLink {
    /// `vpcLinkStatusMessage` of status AVAILABLE.
    pub const AVAILABLE_MESSAGE: &'static str = "VPC link is ready to route traffic";
}

/// `vpcLinkStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum VpcLinkStatus {
    /// Being made.
    Pending,
    /// Usable.
    Available,
    /// Being deleted.
    Deleting,
    /// Not made.
    Failed,
    /// Unused for long.
    Inactive,
}

/// `vpcLinkVersion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VpcLinkVersion {
    /// Of API Gateway V2.
    V2,
}

/// Members of `CreateVpcLink`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on VpcLink")]
pub struct CreateVpcLink {
    pub name: Option<String>,
    pub security_group_ids: Option<Vec<String>>,
    pub subnet_ids: Option<Vec<String>>,
    pub tags: Option<BTreeMap<String, String>>,
}

/// Members of `UpdateVpcLink`; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on VpcLink")]
pub struct UpdateVpcLink {
    pub name: Option<String>,
}
