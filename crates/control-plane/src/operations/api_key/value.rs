//! The value of an API key: made, checked, sealed and opened.

use gatewright_store::StoredApiKey;
use gatewright_types::{ApiKey, ApiKeyId, ApiKeyValue, limits};

use crate::error::OperationError;
use gatewright_secrets::MasterKey;

/// What a digest is of. Whoever finds keys by the values that clients send makes it the same way.
const KIND: &str = "API key";

/// A value that is not given: letters and digits.
pub(super) fn generated() -> Result<ApiKeyValue, OperationError> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(limits::API_KEY_VALUE_CHARS_GENERATED);
    while text.len() < limits::API_KEY_VALUE_CHARS_GENERATED {
        let mut random = [0_u8; 64];
        getrandom::fill(&mut random)
            .map_err(|error| OperationError::Internal(error.to_string().into()))?;
        // Bytes past the last multiple of the alphabet's length would favour its beginning.
        let fair = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < 4 * 62);
        let missing = limits::API_KEY_VALUE_CHARS_GENERATED - text.len();
        text.extend(fair.take(missing).map(|byte| char::from(ALPHABET[byte % 62])));
    }
    Ok(ApiKeyValue::new(text))
}

/// A given value: what a header can carry, of AWS's length.
pub(super) fn checked(value: ApiKeyValue) -> Result<ApiKeyValue, OperationError> {
    let characters = value.as_str().chars().count();
    let refuse = |text: &str| Err(OperationError::bad_request(text));
    if characters < limits::API_KEY_VALUE_CHARS_MIN {
        return refuse("API Key value should be at least 20 characters");
    }
    if characters > limits::API_KEY_VALUE_CHARS_MAX {
        return refuse("API Key value exceeds maximum size of 128 characters");
    }
    if !value.as_str().bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("API Key value may contain only printable ASCII characters without spaces");
    }
    Ok(value)
}

/// The key as it is stored.
pub(super) fn sealed(
    master_key: &MasterKey,
    api_key: ApiKey,
    value: &ApiKeyValue,
) -> Result<StoredApiKey, OperationError> {
    let sealed_value = master_key
        .seal(&owner(&api_key.id), value.as_str())
        .ok_or_else(|| OperationError::Internal("an API key's value cannot be sealed".into()))?;
    let value_digest = master_key.digest(KIND, value.as_str());
    Ok(StoredApiKey { api_key, sealed_value, value_digest })
}

/// The value of a stored key.
pub(crate) fn opened(
    master_key: &MasterKey,
    stored: &StoredApiKey,
) -> Result<ApiKeyValue, OperationError> {
    let value = master_key.open(&owner(&stored.api_key.id), &stored.sealed_value);
    let value = value.map(ApiKeyValue::new);
    value.ok_or_else(|| OperationError::Internal("an API key's value cannot be unsealed".into()))
}

/// Not the bare id, which some other kind of secret may have as well.
fn owner(id: &ApiKeyId) -> String {
    format!("API key {id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_values_are_long_and_differ() {
        let (first, second) = (generated().expect("random"), generated().expect("random"));
        assert_ne!(first, second);
        assert_eq!(first.as_str().len(), 40);
        assert!(first.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn given_values_have_bounds() {
        let refusal = |text: &str| {
            let refused = checked(ApiKeyValue::new(text)).err();
            refused.map(|error| error.to_string()).unwrap_or_default()
        };
        for legal in ["a".repeat(20), "~".repeat(128), "01234567-89ab-cdef-0123".to_owned()] {
            assert_eq!(refusal(&legal), "", "{legal}");
        }
        assert!(refusal(&"a".repeat(19)).contains("at least 20"));
        assert!(refusal(&"a".repeat(129)).contains("128"));
        for odd in ["aaaaaaaaaaaaaaaaaaa ", "aaaaaaaaaaaaaaaaaaaé", "aaaaaaaaaaaaaaaaaaa\n"] {
            assert!(refusal(odd).contains("printable"), "{odd:?}");
        }
    }

    #[test]
    fn values_are_opened_for_their_key_only() {
        let directory = tempfile::tempdir().expect("a directory");
        let master_key = MasterKey::load_or_create(&directory.path().join("key")).expect("made");
        let api_key = |id: &str| {
            let text =
                format!(r#"{{"createdDate":0,"enabled":true,"id":"{id}","lastUpdatedDate":0}}"#);
            serde_json::from_str::<ApiKey>(&text).expect("a key")
        };
        let value = generated().expect("random");
        let mut stored = sealed(&master_key, api_key("k1"), &value).expect("sealed");
        assert!(!format!("{stored:?}").contains(value.as_str()));
        assert_eq!(opened(&master_key, &stored).expect("opened"), value);
        let again = sealed(&master_key, api_key("k2"), &value).expect("sealed");
        assert_eq!(again.value_digest, stored.value_digest);
        stored.api_key = api_key("k2");
        assert!(opened(&master_key, &stored).is_err());
    }
}
