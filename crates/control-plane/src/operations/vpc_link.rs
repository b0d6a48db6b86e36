//! Resource VpcLink (spec/management-api.md section 2.12).

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    CreateVpcLink, UpdateVpcLink, VpcLink, VpcLinkId, VpcLinkStatus, VpcLinkVersion, limits,
};

use crate::call::{Answer, AnswerBody, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::validation::{entries_at_most, invalid, required_name, tags, text_at_most};

/// `CreateVpcLink`.
pub(crate) async fn create_vpc_link(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateVpcLink = call.body()?;
    let vpc_link = VpcLink {
        created_date: call.now(),
        name: required_name("name", request.name)?,
        security_group_ids: request.security_group_ids.unwrap_or_default(),
        subnet_ids: request.subnet_ids.unwrap_or_default(),
        tags: request.tags.unwrap_or_default(),
        vpc_link_id: VpcLinkId::generate(&*call.plane.ids),
        vpc_link_status: VpcLinkStatus::Available,
        vpc_link_status_message: Some(VpcLink::AVAILABLE_MESSAGE.to_owned()),
        vpc_link_version: VpcLinkVersion::V2,
    };
    if vpc_link.subnet_ids.is_empty() {
        return Err(OperationError::bad_request("SubnetIds for a vpc link cannot be empty"));
    }
    if vpc_link.subnet_ids.len() > limits::SUBNETS_MAX {
        return Err(invalid("subnetIds", format!("at most {} subnets", limits::SUBNETS_MAX)));
    }
    entries_at_most("securityGroupIds", vpc_link.security_group_ids.len())?;
    for (member, ids) in
        [("subnetIds", &vpc_link.subnet_ids), ("securityGroupIds", &vpc_link.security_group_ids)]
    {
        for id in ids {
            text_at_most(member, Some(id), limits::NAME_CHARS_MAX)?;
        }
    }
    tags(Some(&vpc_link.tags))?;
    let mut write = call.plane.store.write().await?;
    write.vpc_link_insert(&vpc_link).await?;
    write.commit().await?;
    answer(&vpc_link)
}

/// `DeleteVpcLink`: gone at once.
pub(crate) async fn delete_vpc_link(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut write = call.plane.store.write().await?;
    match write.vpc_link_delete(&call.vpc_link_id()).await {
        Ok(true) => {
            write.commit().await?;
            Ok(Some(AnswerBody::json("{}")))
        }
        Ok(false) => Err(unknown_vpc_link(call.parameter("vpcLinkId"))),
        Err(StoreError::Conflict(Constraint::VpcLinkInUse)) => {
            Err(OperationError::Conflict(format!(
                "Cannot delete vpc link {}, is referenced in an integration",
                call.vpc_link_id()
            )))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GetVpcLink`.
pub(crate) async fn get_vpc_link(call: &Call<'_>) -> Result<Answer, OperationError> {
    let vpc_link = call.plane.store.read().await?.vpc_link_fetch(&call.vpc_link_id()).await?;
    answer(&vpc_link.ok_or_else(|| unknown_vpc_link(call.parameter("vpcLinkId")))?)
}

/// `GetVpcLinks`.
pub(crate) async fn get_vpc_links(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let listed = call.plane.store.read().await?.vpc_link_list(&page).await?;
    pagination::answer_items(call, listed)
}

/// `UpdateVpcLink`: its name, the only thing that ever changes.
pub(crate) async fn update_vpc_link(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateVpcLink = call.body()?;
    let mut write = call.plane.store.write().await?;
    let vpc_link = write.vpc_link_lock(&call.vpc_link_id()).await?;
    let mut vpc_link = vpc_link.ok_or_else(|| unknown_vpc_link(call.parameter("vpcLinkId")))?;
    if request.name.is_some() {
        vpc_link.name = required_name("name", request.name)?;
    }
    write.vpc_link_update(&vpc_link).await?;
    write.commit().await?;
    answer(&vpc_link)
}

/// 404 for a VPC link.
pub(crate) fn unknown_vpc_link(id: &str) -> OperationError {
    OperationError::not_found(format!("Invalid VpcLink identifier specified {id}"))
}
