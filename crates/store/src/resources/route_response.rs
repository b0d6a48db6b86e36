//! Table `route_responses`.

use gatewright_types::{ApiId, RouteId, RouteResponse, RouteResponseId};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::{decode, encode};
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A route response.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_response_fetch(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
        route_response_id: &RouteResponseId,
    ) -> Result<Option<RouteResponse>, StoreError> {
        self.fetch_body(
            "route response",
            "select body from route_responses
             where api_id = $1 and route_id = $2 and route_response_id = $3",
            &[api_id.as_str(), route_id.as_str(), route_response_id.as_str()],
        )
        .await
    }

    /// A part of a route's responses.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_response_list(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
        page: &Page,
    ) -> Result<Listed<RouteResponse>, StoreError> {
        self.list_bodies(
            "route response",
            "select sequence, body from route_responses
             where api_id = $1 and route_id = $2 and sequence > $3 order by sequence limit $4",
            &[api_id.as_str(), route_id.as_str()],
            page,
        )
        .await
    }

    /// The responses of all of an API's routes, each with its route.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn route_response_list_all(
        &mut self,
        api_id: &ApiId,
    ) -> Result<Vec<(RouteId, RouteResponse)>, StoreError> {
        let rows = sqlx::query(
            "select route_id, body from route_responses where api_id = $1 order by sequence",
        )
        .bind(api_id.as_str().to_owned())
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter()
            .map(|row| {
                let response = decode("route response", row.try_get::<&str, _>(1)?)?;
                Ok((RouteId::new(row.try_get::<String, _>(0)?), response))
            })
            .collect()
    }
}

impl WriteTransaction {
    /// Adds a route response.
    ///
    /// # Errors
    ///
    /// [`Constraint::RouteResponseKey`].
    pub async fn route_response_insert(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
        response: &RouteResponse,
    ) -> Result<(), StoreError> {
        let sql = "insert into route_responses
             (api_id, route_id, route_response_id, response_key, body)
             values ($1, $2, $3, $4, $5)";
        self.route_response_write(sql, api_id, route_id, response).await.map(drop)
    }

    /// Replaces a route response; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::RouteResponseKey`].
    pub async fn route_response_update(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
        response: &RouteResponse,
    ) -> Result<bool, StoreError> {
        let sql = "update route_responses set response_key = $4, body = $5
             where api_id = $1 and route_id = $2 and route_response_id = $3";
        self.route_response_write(sql, api_id, route_id, response).await
    }

    async fn route_response_write(
        &mut self,
        sql: &'static str,
        api_id: &ApiId,
        route_id: &RouteId,
        response: &RouteResponse,
    ) -> Result<bool, StoreError> {
        let body = encode("route response", response)?;
        let arguments = [
            api_id.as_str(),
            route_id.as_str(),
            response.route_response_id.as_str(),
            &response.route_response_key,
            &body,
        ];
        let violations =
            Violations { unique: Some(Constraint::RouteResponseKey), foreign_key: None };
        Ok(self.execute_checked(sql, &arguments.map(Some), violations).await? > 0)
    }

    /// Deletes a route response; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn route_response_delete(
        &mut self,
        api_id: &ApiId,
        route_id: &RouteId,
        route_response_id: &RouteResponseId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute(
                "delete from route_responses
                 where api_id = $1 and route_id = $2 and route_response_id = $3",
                &[Some(api_id.as_str()), Some(route_id.as_str()), Some(route_response_id.as_str())],
            )
            .await?;
        Ok(touched > 0)
    }
}
