//! `maxResults` and `nextToken` (spec/management-api.md section 1.4), `limit` and `position` of the
//! v1 API.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatewright_store::{Listed, Page};
use gatewright_types::limits;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::validation::invalid;

/// A list's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemsAnswer<T> {
    items: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// The same in the v1 API.
#[derive(Serialize)]
struct V1ItemsAnswer<T> {
    item: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<String>,
}

/// Which part of the list a call asks for.
pub(crate) fn page(call: &Call<'_>) -> Result<Page, OperationError> {
    let asked = number(call, "maxResults")?.unwrap_or(limits::PAGE_ITEMS_MAX);
    page_of(call, "nextToken", asked.min(limits::PAGE_ITEMS_MAX))
}

/// The same, of the list whose pages the reference bounds: more is refused, not cut.
pub(crate) fn page_of_routing_rules(call: &Call<'_>) -> Result<Page, OperationError> {
    let asked = number(call, "maxResults")?.unwrap_or(limits::ROUTING_RULES_PAGE_ITEMS_MAX);
    if asked > limits::ROUTING_RULES_PAGE_ITEMS_MAX {
        return Err(invalid("maxResults", format!("'{asked}' is more than 100")));
    }
    page_of(call, "nextToken", asked)
}

/// The same in the v1 API, which documents its bound too.
pub(crate) fn v1_page(call: &Call<'_>) -> Result<Page, OperationError> {
    let asked = number(call, "limit")?.unwrap_or(limits::V1_PAGE_ITEMS_DEFAULT);
    if asked > limits::V1_PAGE_ITEMS_MAX {
        return Err(invalid("limit", format!("'{asked}' is more than 500")));
    }
    page_of(call, "position", asked)
}

fn number(call: &Call<'_>, parameter: &str) -> Result<Option<usize>, OperationError> {
    let Some(text) = call.query(parameter)? else {
        return Ok(None);
    };
    match text.parse::<usize>() {
        Ok(asked) if asked > 0 => Ok(Some(asked)),
        _ => Err(invalid(parameter, format!("'{text}' is not a positive number"))),
    }
}

fn page_of(call: &Call<'_>, token: &str, limit: usize) -> Result<Page, OperationError> {
    let after = match call.query(token)? {
        None => None,
        Some(token) => Some(
            open(&token, &list_name(call))
                .ok_or_else(|| OperationError::bad_request("Invalid token"))?,
        ),
    };
    Ok(Page { after, limit: u32::try_from(limit).unwrap_or(u32::MAX) })
}

/// A part of the list as an answer.
pub(crate) fn answer_items<T: Serialize>(
    call: &Call<'_>,
    listed: Listed<T>,
) -> Result<Answer, OperationError> {
    let next_token = next_token(call, &listed);
    answer(&ItemsAnswer { items: listed.items, next_token })
}

/// The same in the v1 API.
pub(crate) fn v1_answer_items<T: Serialize>(
    call: &Call<'_>,
    listed: Listed<T>,
) -> Result<Answer, OperationError> {
    let position = next_token(call, &listed);
    answer(&V1ItemsAnswer { item: listed.items, position })
}

/// The token of the next part, when there is one.
pub(crate) fn next_token<T>(call: &Call<'_>, listed: &Listed<T>) -> Option<String> {
    listed.next.map(|next| seal(next, &list_name(call)))
}

/// A token is good for the list it was issued for.
fn list_name(call: &Call<'_>) -> String {
    call.parameters().fold(call.operation().to_owned(), |name, value| format!("{name} {value}"))
}

fn seal(position: i64, list: &str) -> String {
    let mut bytes = position.to_be_bytes().to_vec();
    bytes.extend(checksum(position, list));
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn open(token: &str, list: &str) -> Option<i64> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (position, sum) = bytes.split_first_chunk::<8>()?;
    let position = i64::from_be_bytes(*position);
    (checksum(position, list) == sum).then_some(position)
}

/// Tells tokens from made-up text; it keeps no secret, since a position is none.
fn checksum(position: i64, list: &str) -> [u8; 8] {
    let digest = Sha256::new().chain_update(position.to_be_bytes()).chain_update(list).finalize();
    std::array::from_fn(|index| digest[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_list_only() {
        let token = seal(42, "GetRoutes a1");
        assert_eq!(open(&token, "GetRoutes a1"), Some(42));
        assert_eq!(open(&token, "GetRoutes a2"), None);
        for made_up in ["", "x", "AAAA", "é", &token[1..]] {
            assert_eq!(open(made_up, "GetRoutes a1"), None, "{made_up}");
        }
    }
}
