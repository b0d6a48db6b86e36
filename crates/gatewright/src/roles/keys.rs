//! `gatewright keys`: access keys, on the database itself.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use gatewright_control_plane::{AccessKeys, NewAccessKey};
use gatewright_store::Store;

use super::access_keys;
use crate::command_line::{KeysCommand, say};
use crate::config::Config;
use crate::traffic::local_runtime;

/// Runs one of the subcommands.
pub(crate) fn keys(config: &Config, command: &KeysCommand) -> anyhow::Result<()> {
    local_runtime()?.block_on(async {
        let store = Store::open(&config.database_url).await?;
        store.check_schema().await?;
        let keys = access_keys(config, &store)?;
        say(&run(&keys, command).await?);
        store.close().await;
        Ok(())
    })
}

async fn run(keys: &AccessKeys, command: &KeysCommand) -> anyhow::Result<String> {
    Ok(match command {
        KeysCommand::Create { user, policy, administrator, .. } => {
            let policy = match policy {
                Some(path) if !administrator => read(path)?,
                _ => AccessKeys::ADMINISTRATOR_POLICY.to_owned(),
            };
            shown(&keys.create(user, &policy).await?)
        }
        KeysCommand::List { .. } => list(keys).await?,
        KeysCommand::Rotate { access_key_id, .. } => {
            let new = keys.rotate(access_key_id).await?;
            format!(
                "{}\n# {access_key_id} works on until: gatewright keys disable {access_key_id}",
                shown(&new)
            )
        }
        KeysCommand::Disable { access_key_id, .. } => {
            keys.set_active(access_key_id, false).await?;
            format!("{access_key_id} is disabled.")
        }
        KeysCommand::Enable { access_key_id, .. } => {
            keys.set_active(access_key_id, true).await?;
            format!("{access_key_id} is enabled.")
        }
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// In the AWS shared-credentials format, so that it can go to a file as it is.
fn shown(new: &NewAccessKey) -> String {
    new.shared_credentials().trim_end().to_owned()
}

async fn list(keys: &AccessKeys) -> anyhow::Result<String> {
    let mut text = String::from("ACCESS KEY ID         STATUS    CREATED               USER");
    for key in keys.list().await? {
        let status = if key.active { "active" } else { "disabled" };
        let (id, created, user) = (&key.access_key_id, key.created_date, &key.user_name);
        write!(text, "\n{id:<21} {status:<9} {created:<21} {user}")?;
    }
    Ok(text)
}
