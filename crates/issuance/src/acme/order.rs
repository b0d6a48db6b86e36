//! One order, from the authority's first word to a certificate.

use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};

use super::store::{ShownChallenge, Store, StoredChallenge};
use crate::certificate::{self, CertificateUnreadable};
use crate::{AcmeSettings, ChallengeKind};

/// From a challenge's file to the moment when the authority may come: every replica has looked by
/// then.
const SHOWN_AFTER: Duration = Duration::from_millis(2_500);
const POLLING: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(120));

/// An order brought no certificate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error(transparent)]
    Acme(#[from] instant_acme::Error),
    #[error("the authority does not offer acme.challenge for it")]
    NotOffered,
    #[error("the authority refused the order and did not say why")]
    Refused,
    #[error("a key cannot be made")]
    Key(#[from] rcgen::Error),
    #[error("acme.store: {0}")]
    Store(#[from] std::io::Error),
    #[error("the authority's certificate: {0}")]
    Certificate(#[from] CertificateUnreadable),
    #[error("it took too long")]
    TimedOut,
}

/// A certificate for one name: its chain and its key, in PEM.
pub(crate) async fn order(
    account: &Account,
    store: &Store,
    settings: &AcmeSettings,
    name: &str,
) -> Result<String, OrderError> {
    let identifiers = [Identifier::Dns(name.to_owned())];
    let mut new = NewOrder::new(&identifiers);
    if let Some(profile) = &settings.profile {
        new = new.profile(profile);
    }
    let mut order = account.new_order(&new).await?;
    let shown = answer_challenges(&mut order, store, settings.challenge, name).await;
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return Err(why(&mut order, settings.challenge, error).await),
    };
    let status = match order.poll_ready(&POLLING).await {
        Ok(OrderStatus::Ready) => Ok(()),
        Ok(_) => Err(OrderError::Refused),
        Err(error) => Err(error.into()),
    };
    if let Err(error) = status {
        return Err(why(&mut order, settings.challenge, error).await);
    }
    drop(shown);

    let key = KeyPair::generate()?;
    let mut request = CertificateParams::new(vec![name.to_owned()])?;
    // Authorities take no other name than that.
    request.distinguished_name = DistinguishedName::new();
    order.finalize_csr(request.serialize_request(&key)?.der()).await?;
    let chain = order.poll_certificate(&POLLING).await?;
    certificate::check_key(chain.as_bytes(), key.public_key_raw())?;
    Ok(format!("{}\n{}", chain.trim_end(), key.serialize_pem()))
}

/// Shows what the authority asks for, and tells it so. What is shown stays for as long as the result.
async fn answer_challenges(
    order: &mut Order,
    store: &Store,
    kind: ChallengeKind,
    name: &str,
) -> Result<Vec<ShownChallenge>, OrderError> {
    let mut shown = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization.challenge(kind.into()).ok_or(OrderError::NotOffered)?;
        let answer = StoredChallenge {
            kind,
            token: challenge.token.clone(),
            key_authorization: challenge.key_authorization().as_str().to_owned(),
        };
        shown.push(store.show(name, &answer)?);
        tokio::time::sleep(SHOWN_AFTER).await;
        challenge.set_ready().await?;
    }
    Ok(shown)
}

/// Why an order failed: what the authority says of the challenge says more than what it says of the
/// order.
async fn why(order: &mut Order, kind: ChallengeKind, error: OrderError) -> OrderError {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        // That this fails too says nothing more.
        drop(authorization.refresh().await);
        let challenge = authorization.challenges.iter().find(|one| one.r#type == kind.into());
        if let Some(problem) = challenge.and_then(|challenge| challenge.error.clone()) {
            return OrderError::Acme(problem.into());
        }
    }
    error
}

impl From<ChallengeKind> for ChallengeType {
    fn from(kind: ChallengeKind) -> Self {
        match kind {
            ChallengeKind::Http => Self::Http01,
            ChallengeKind::Tls => Self::TlsAlpn01,
        }
    }
}
