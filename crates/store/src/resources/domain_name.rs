//! Table `domain_names`.

use gatewright_types::DomainName;

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{ChangeKey, Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A domain name.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn domain_name_fetch(
        &mut self,
        domain_name: &str,
    ) -> Result<Option<DomainName>, StoreError> {
        let sql = "select body from domain_names where domain_name = $1";
        self.fetch_body("domain name", sql, &[domain_name]).await
    }

    /// A part of all domain names.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn domain_name_list(
        &mut self,
        page: &Page,
    ) -> Result<Listed<DomainName>, StoreError> {
        self.list_bodies(
            "domain name",
            "select sequence, body from domain_names where sequence > $1 order by sequence limit $2",
            &[],
            page,
        )
        .await
    }
}

impl WriteTransaction {
    /// Takes the domain name's write lock, which every change of it or below it needs first; data
    /// planes hear of the change. Absent when there is no such domain name.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn domain_name_lock(
        &mut self,
        domain_name: &str,
    ) -> Result<Option<DomainName>, StoreError> {
        let sql =
            "update domain_names set writes = writes + 1 where domain_name = $1 returning body";
        self.record(ChangeKey::DomainName { domain_name: domain_name.to_owned() });
        self.fetch_body("domain name", sql, &[domain_name]).await
    }

    /// Adds a domain name, of which data planes hear.
    ///
    /// # Errors
    ///
    /// [`Constraint::DomainName`].
    pub async fn domain_name_insert(&mut self, domain_name: &DomainName) -> Result<(), StoreError> {
        let body = encode("domain name", domain_name)?;
        let violations = Violations { unique: Some(Constraint::DomainName), foreign_key: None };
        let arguments = [Some(domain_name.domain_name.as_str()), Some(&body)];
        let sql = "insert into domain_names (domain_name, body) values ($1, $2)";
        self.execute_checked(sql, &arguments, violations).await?;
        self.record(ChangeKey::DomainName { domain_name: domain_name.domain_name.clone() });
        Ok(())
    }

    /// Replaces a domain name; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn domain_name_update(
        &mut self,
        domain_name: &DomainName,
    ) -> Result<bool, StoreError> {
        let body = encode("domain name", domain_name)?;
        let sql = "update domain_names set body = $2 where domain_name = $1";
        Ok(self.execute(sql, &[Some(domain_name.domain_name.as_str()), Some(&body)]).await? > 0)
    }

    /// Deletes a domain name with its API mappings and routing rules; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn domain_name_delete(&mut self, domain_name: &str) -> Result<bool, StoreError> {
        let sql = "delete from domain_names where domain_name = $1";
        Ok(self.execute(sql, &[Some(domain_name)]).await? > 0)
    }
}
