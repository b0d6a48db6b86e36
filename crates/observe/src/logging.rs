//! Log lines on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::SubscriberInitExt;

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Logging cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter is not one.
    #[error("log filter")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody began before.
    #[error("logging was started twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Begins to log. `filter` is in the form of `tracing-subscriber`'s `EnvFilter`, for example
/// `info` or `warn,gatewright_sync=debug`. The target `audit` is logged whatever it says, unless it
/// names it.
///
/// # Errors
///
/// [`LoggingError`].
pub fn start_logging(format: LogFormat, filter: &str) -> Result<(), LoggingError> {
    // Who changed what is always said, unless the filter speaks of it.
    let filter =
        if filter.contains("audit") { filter.to_owned() } else { format!("{filter},audit=info") };
    let filter = EnvFilter::builder().parse(filter)?;
    let lines = fmt().with_writer(std::io::stderr).with_env_filter(filter).with_target(false);
    match format {
        LogFormat::Text => lines.finish().try_init()?,
        LogFormat::Json => lines.json().finish().try_init()?,
    }
    Ok(())
}
