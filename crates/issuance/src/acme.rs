//! Certificates by ACME (RFC 8555): got when a domain name has none, and again after two thirds of
//! their time.
//!
//! The store says all there is to know, so replicas that share one need not talk: each looks at it every
//! second, serves the certificates and shows the challenges that it finds (`view`). Whoever sees a
//! certificate that is due takes the store's lock, looks again, and orders (`order`); the others will
//! see what comes of it. What failed is tried again later, and each time later (`attempt`).

mod account;
mod attempt;
mod http;
mod order;
mod store;
mod view;

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use gatewright_egress::Egress;
use gatewright_ingress::{Certificates, Challenges};
use gatewright_observe::IssuanceMetrics;
use gatewright_types::Clock;
use instant_acme::Account;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::account::AccountError;
use self::attempt::Attempt;
use self::order::OrderError;
use self::store::Store;
use self::view::{View, ViewError};
use crate::{AcmeSettings, Wanted};

/// How soon a domain name, a certificate or a challenge is seen.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const ORDERS_AT_ONCE_MAX: usize = 8;
/// An order's time, from its first request to its certificate.
const ORDER_TIMEOUT: Duration = Duration::from_secs(300);
/// Orders that are begun in one attempt, where the authority refused nonces of its own more often than
/// instant-acme asks again.
const ORDER_TIMES_MAX: u32 = 3;
/// The wait after a round that failed before it came to any order, and the longest.
const REST_MIN: Duration = Duration::from_secs(10);
const REST_MAX: Duration = Duration::from_secs(3600);

/// ACME cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The store cannot be used.
    #[error("acme.store: {0}")]
    Store(#[source] io::Error),
    /// What the store has cannot be served.
    #[error("acme.store: {0}")]
    Serving(String),
}

/// Gets certificates.
pub struct Acme {
    settings: AcmeSettings,
    store: Store,
    egress: Egress,
    metrics: IssuanceMetrics,
    clock: Arc<dyn Clock>,
    view: RefCell<View>,
    rest: Cell<Rest>,
}

/// When the authority may be asked again, and how long the wait was.
#[derive(Clone, Copy)]
struct Rest {
    until: Instant,
    length: Duration,
}

/// A round came to no order.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error("acme.store: {0}")]
    Store(#[from] io::Error),
    #[error("acme.store: {0}")]
    View(#[from] ViewError),
    #[error("{0}")]
    Account(#[from] AccountError),
}

impl Acme {
    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`AcmeError`].
    pub fn open(
        settings: AcmeSettings,
        egress: Egress,
        (certificates, challenges): (Certificates, Challenges),
        metrics: IssuanceMetrics,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AcmeError> {
        let store = Store::open(&settings.store, &settings.directory_url);
        let store = store.map_err(AcmeError::Store)?;
        let view = RefCell::new(View::new(certificates, challenges));
        let rest = Cell::new(Rest { until: Instant::now(), length: Duration::ZERO });
        Ok(Self { settings, store, egress, metrics, clock, view, rest })
    }

    /// Serves what the store has, so that nobody who comes first is refused.
    ///
    /// # Errors
    ///
    /// [`AcmeError`].
    pub fn serve(&self, wanted: &Wanted) -> Result<(), AcmeError> {
        let looked = self.look(wanted);
        looked.map(drop).map_err(|error| AcmeError::Serving(with_causes(&error)))
    }

    /// Gets what is wanted until `shutdown` turns true. Absent is not known yet. Runs on a local runtime
    /// of its own: files are read where they are needed, and their system may hang.
    pub async fn run(
        self,
        wanted: impl Fn() -> Option<Wanted>,
        mut shutdown: watch::Receiver<bool>,
    ) {
        let acme = Rc::new(self);
        let mut round = JoinSet::new();
        let mut complaint = None;
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = shutdown.wait_for(|stop| *stop) => break,
                Some(ended) = round.join_next() => log_panic(ended),
                _ = ticks.tick() => {}
            }
            let Some(wanted) = wanted() else { continue };
            match acme.look(&wanted) {
                Ok(due) if round.is_empty() && !due.is_empty() && acme.may_ask() => {
                    round.spawn_local(acme.clone().round(wanted));
                }
                Ok(_) => complaint = None,
                // Said once for as long as it is the same.
                Err(error) => {
                    let text = Some(with_causes(&error));
                    if complaint != text {
                        tracing::error!(error = text, "acme.store cannot be used");
                        complaint = text;
                    }
                }
            }
        }
        // An order that is under way takes back what it shows.
        round.shutdown().await;
    }

    /// Looks at the store; gives names that may be ordered.
    fn look(&self, wanted: &Wanted) -> Result<Vec<String>, ViewError> {
        let mut view = self.view.borrow_mut();
        view.look(&self.store, wanted)?;
        let now = self.clock.now().unix_seconds();
        let mut due = Vec::new();
        for name in view.due(now) {
            let attempt = self.last_attempt(name)?;
            if attempt.is_none_or(|attempt| attempt.not_before <= now) {
                due.push(name.clone());
            }
            if due.len() == ORDERS_AT_ONCE_MAX {
                break;
            }
        }
        Ok(due)
    }

    fn last_attempt(&self, name: &str) -> io::Result<Option<Attempt>> {
        match self.store.attempt(name) {
            // It is written anew before anything is asked.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(%error, "an attempt that cannot be read is forgotten");
                Ok(None)
            }
            attempt => attempt,
        }
    }

    fn may_ask(&self) -> bool {
        self.rest.get().until <= Instant::now()
    }

    /// Orders what is due, unless another replica does.
    async fn round(self: Rc<Self>, wanted: Wanted) {
        let Err(error) = self.clone().try_round(&wanted).await else {
            self.rest.set(Rest { until: Instant::now(), length: Duration::ZERO });
            return;
        };
        let length = (self.rest.get().length * 2).clamp(REST_MIN, REST_MAX);
        self.rest.set(Rest { until: Instant::now() + length, length });
        tracing::error!(
            error = with_causes(&error),
            directory_url = self.settings.directory_url,
            retry_seconds = length.as_secs(),
            "no certificates can be ordered"
        );
    }

    async fn try_round(self: Rc<Self>, wanted: &Wanted) -> Result<(), RoundError> {
        let Some(lock) = self.store.lock()? else { return Ok(()) };
        // Another replica may have had them since.
        let due = self.look(wanted)?;
        if due.is_empty() {
            return Ok(());
        }
        self.store.clear_challenges(&lock)?;
        let (requests, answering) = http::requests(&self.egress);
        let mut tasks = JoinSet::new();
        tasks.spawn_local(answering);
        let account = account::account(&self.store, &self.settings, requests).await?;
        let mut orders = JoinSet::new();
        for name in due {
            let now = self.clock.now().unix_seconds();
            let last = self.last_attempt(&name)?;
            let attempt = Attempt::after(last.as_ref(), now, fastrand::f64());
            self.store.put_attempt(&name, &attempt)?;
            orders.spawn_local(self.clone().order(account.clone(), name, attempt));
        }
        while let Some(ended) = orders.join_next().await {
            log_panic(ended);
        }
        Ok(())
    }

    async fn order(self: Rc<Self>, account: Account, name: String, mut attempt: Attempt) {
        let ordering = self.try_order(&account, &name);
        let ordered = tokio::time::timeout(ORDER_TIMEOUT, ordering).await;
        let ordered = ordered.unwrap_or(Err(OrderError::TimedOut));
        let Err(error) = ordered else {
            self.metrics.issued();
            tracing::info!(domain_name = name, "certificate issued");
            return;
        };
        self.metrics.failed();
        let text = with_causes(&error);
        tracing::error!(
            domain_name = name,
            error = text,
            failures = attempt.failures,
            retry_seconds = attempt.not_before - self.clock.now().unix_seconds(),
            "certificate not issued"
        );
        attempt.error = Some(text);
        let noted = self.store.put_attempt(&name, &attempt);
        // It has forgotten us: another account is made at the next attempt.
        let forgotten = match is_problem(&error, "accountDoesNotExist") {
            true => self.store.forget_account(),
            false => Ok(()),
        };
        if let Err(error) = noted.and(forgotten) {
            tracing::error!(%error, "acme.store cannot be written");
        }
    }

    async fn try_order(&self, account: &Account, name: &str) -> Result<(), OrderError> {
        let mut times = 0;
        let pem = loop {
            times += 1;
            match order::order(account, &self.store, &self.settings, name).await {
                Err(error) if is_problem(&error, "badNonce") && times < ORDER_TIMES_MAX => {}
                ordered => break ordered?,
            }
        };
        self.store.put_certificate(name, &pem)?;
        Ok(self.store.forget_attempt(name)?)
    }
}

impl std::fmt::Debug for Acme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acme").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Whether the authority named this problem (RFC 8555 section 6.7).
fn is_problem(error: &OrderError, name: &str) -> bool {
    let OrderError::Acme(instant_acme::Error::Api(problem)) = error else {
        return false;
    };
    let urn = problem.r#type.as_deref();
    urn.and_then(|urn| urn.strip_prefix("urn:ietf:params:acme:error:")) == Some(name)
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "ordering certificates panicked");
    }
}

/// An error in one line, with causes that its own words do not have.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}
