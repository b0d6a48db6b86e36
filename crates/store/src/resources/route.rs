//! Table `routes`.

use gatewright_types::{ApiId, AuthorizerId, Route, RouteId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A route.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_fetch(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
    ) -> Result<Option<Route>, StoreError> {
        self.fetch_body(
            "route",
            "select body from routes where api_id = $1 and route_id = $2",
            &[api_id.as_str(), route_id.as_str()],
        )
        .await
    }

    /// A part of an API's routes.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Route>, StoreError> {
        self.list_bodies("route", LIST, &[api_id.as_str()], page).await
    }

    /// All routes of an API.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_list_all(&mut self, api_id: &ApiId) -> Result<Vec<Route>, StoreError> {
        self.list_all_bodies("route", LIST, &[api_id.as_str()]).await
    }

    /// How many routes an API has.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_count(&mut self, api_id: &ApiId) -> Result<usize, StoreError> {
        self.count("select count(*) from routes where api_id = $1", api_id).await
    }
}

impl WriteTransaction {
    /// Adds a route.
    ///
    /// # Errors
    ///
    /// [`Constraint::RouteKey`] or [`Constraint::RouteTarget`]. An authorizer must exist already:
    /// one that does not breaks no rule that is told apart here.
    pub async fn route_insert(&mut self, api_id: &ApiId, route: &Route) -> Result<(), StoreError> {
        let body = encode("route", route)?;
        let arguments = [
            Some(api_id.as_str()),
            Some(route.route_id.as_str()),
            Some(route.route_key.as_str()),
            target(route),
            route.authorizer_id.as_ref().map(AuthorizerId::as_str),
            Some(&body),
        ];
        self.execute_checked(
            "insert into routes (api_id, route_id, route_key, integration_id, authorizer_id, body) values ($1, $2, $3, $4, $5, $6)",
            &arguments,
            Violations { unique: Some(Constraint::RouteKey), foreign_key: Some(Constraint::RouteTarget) },
        )
        .await?;
        Ok(())
    }

    /// Replaces a route; false when there is none.
    ///
    /// # Errors
    ///
    /// As of [`route_insert`](Self::route_insert).
    pub async fn route_update(
        &mut self,
        api_id: &ApiId,
        route: &Route,
    ) -> Result<bool, StoreError> {
        let body = encode("route", route)?;
        let arguments = [
            Some(api_id.as_str()),
            Some(route.route_id.as_str()),
            Some(route.route_key.as_str()),
            target(route),
            route.authorizer_id.as_ref().map(AuthorizerId::as_str),
            Some(&body),
        ];
        let touched = self
            .execute_checked(
                "update routes set route_key = $3, integration_id = $4, authorizer_id = $5, body = $6 where api_id = $1 and route_id = $2",
                &arguments,
                Violations { unique: Some(Constraint::RouteKey), foreign_key: Some(Constraint::RouteTarget) },
            )
            .await?;
        Ok(touched > 0)
    }

    /// Deletes a route; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn route_delete(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute_checked(
                "delete from routes where api_id = $1 and route_id = $2",
                &[Some(api_id.as_str()), Some(route_id.as_str())],
                Violations { unique: None, foreign_key: None },
            )
            .await?;
        Ok(touched > 0)
    }
}

const LIST: &str = "select sequence, body from routes where api_id = $1 and sequence > $2 order by sequence limit $3";

/// The integration a route targets.
fn target(route: &Route) -> Option<&str> {
    route.target.as_deref().and_then(|target| target.strip_prefix("integrations/"))
}
