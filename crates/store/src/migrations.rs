//! The schema's versions. `migrations/{sqlite,postgres}` hold the same numbers and names; an
//! applied one never changes.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Row, SqlSafeStr};

use crate::StoreError;

/// A migration's text for one database.
pub(crate) type Text = (i64, &'static str, &'static str);

/// Applies what is missing; how many that were.
pub(crate) async fn migrate(pool: &AnyPool, texts: &[Text]) -> Result<u32, StoreError> {
    let before = version(pool).await;
    let needed = newest(texts);
    if before > needed {
        return Err(ahead(before, needed));
    }
    let migrations = texts
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(
                *version,
                (*name).into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations).run(pool).await.map_err(StoreError::Migrate)?;
    let applied = texts.iter().filter(|(version, ..)| *version > before).count();
    Ok(u32::try_from(applied).unwrap_or(u32::MAX))
}

/// Refuses a database whose schema is not this version's.
pub(crate) async fn check(pool: &AnyPool, texts: &[Text]) -> Result<(), StoreError> {
    // An unreachable database is not an empty one.
    sqlx::query("select 1").fetch_one(pool).await?;
    let found = version(pool).await;
    let needed = newest(texts);
    match found.cmp(&needed) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => {
            Err(StoreError::Schema { found, needed, advice: "run `gatewright migrate`" })
        }
        std::cmp::Ordering::Greater => Err(ahead(found, needed)),
    }
}

fn ahead(found: i64, needed: i64) -> StoreError {
    StoreError::Schema {
        found,
        needed,
        advice: "the database was migrated by a newer version, run that one",
    }
}

fn newest(texts: &[Text]) -> i64 {
    texts.iter().map(|(version, ..)| *version).max().unwrap_or(0)
}

/// The newest applied migration; 0 before the first, when its table does not exist yet.
async fn version(pool: &AnyPool) -> i64 {
    let row = sqlx::query("select max(version) from _sqlx_migrations").fetch_one(pool).await;
    row.ok().and_then(|row| row.try_get::<Option<i64>, _>(0).ok().flatten()).unwrap_or(0)
}
