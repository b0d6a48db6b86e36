//! Table `vpc_links`.

use gatewright_types::{VpcLink, VpcLinkId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A VPC link.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn vpc_link_fetch(
        &mut self,
        vpc_link_id: &VpcLinkId,
    ) -> Result<Option<VpcLink>, StoreError> {
        let sql = "select body from vpc_links where vpc_link_id = $1";
        self.fetch_body("VPC link", sql, &[vpc_link_id.as_str()]).await
    }

    /// A part of all VPC links.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn vpc_link_list(&mut self, page: &Page) -> Result<Listed<VpcLink>, StoreError> {
        self.list_bodies(
            "VPC link",
            "select sequence, body from vpc_links where sequence > $1 order by sequence limit $2",
            &[],
            page,
        )
        .await
    }
}

impl WriteTransaction {
    /// A VPC link, which nobody else changes or deletes before this transaction ends.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn vpc_link_lock(
        &mut self,
        vpc_link_id: &VpcLinkId,
    ) -> Result<Option<VpcLink>, StoreError> {
        let sql = "update vpc_links set body = body where vpc_link_id = $1 returning body";
        self.fetch_body("VPC link", sql, &[vpc_link_id.as_str()]).await
    }

    /// Adds a VPC link.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken.
    pub async fn vpc_link_insert(&mut self, vpc_link: &VpcLink) -> Result<(), StoreError> {
        let body = encode("VPC link", vpc_link)?;
        let violations = Violations { unique: Some(Constraint::Id), foreign_key: None };
        let arguments = [Some(vpc_link.vpc_link_id.as_str()), Some(&body)];
        let sql = "insert into vpc_links (vpc_link_id, body) values ($1, $2)";
        self.execute_checked(sql, &arguments, violations).await.map(drop)
    }

    /// Replaces a VPC link; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn vpc_link_update(&mut self, vpc_link: &VpcLink) -> Result<bool, StoreError> {
        let body = encode("VPC link", vpc_link)?;
        let sql = "update vpc_links set body = $2 where vpc_link_id = $1";
        Ok(self.execute(sql, &[Some(vpc_link.vpc_link_id.as_str()), Some(&body)]).await? > 0)
    }

    /// Deletes a VPC link; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::VpcLinkInUse`] when an integration uses it.
    pub async fn vpc_link_delete(&mut self, vpc_link_id: &VpcLinkId) -> Result<bool, StoreError> {
        let violations = Violations { unique: None, foreign_key: Some(Constraint::VpcLinkInUse) };
        let sql = "delete from vpc_links where vpc_link_id = $1";
        let arguments = [Some(vpc_link_id.as_str())];
        Ok(self.execute_checked(sql, &arguments, violations).await? > 0)
    }
}
