//! Import and export together, and documents that mean harm.

mod generator;
mod hostile;
mod round_trip;

use gatewright_types::Account;

use crate::{BasePath, ImportError, ImportOptions, Imported, import};

fn imported(text: &str) -> Result<Imported, ImportError> {
    let account = Account { id: "123456789012".to_owned(), region: "us-east-1".to_owned() };
    import(text, &ImportOptions { base_path: BasePath::Ignore, account: &account })
}
