use super::*;

/// With the key beside it.
fn open(path: &Path) -> Result<Opened, LastGoodError> {
    let key = MasterKey::load_or_create(&path.with_extension("key")).expect("a key");
    LastGood::open(path, key)
}

fn entry(name: &str, revision: u64, value: Option<&str>) -> Entry {
    Entry {
        revision,
        key: EntryKey::Stage { api_id: ApiId::new("a1"), stage_name: StageName::new(name) },
        value: value.map(str::to_owned),
    }
}

fn batch(revision: u64, complete: bool, entries: Vec<Entry>) -> Batch {
    Batch { position: Position { source: "s".to_owned(), revision }, complete, entries }
}

/// A file that holds stages `dev` and `prod` at revision 3.
async fn filled(path: &Path) {
    let opened = open(path).expect("opens");
    assert_eq!((opened.batch, opened.damaged), (None, None));
    let first = vec![entry("dev", 1, Some("{}")), entry("old", 2, Some("{}"))];
    opened.last_good.save(batch(2, true, first)).await.expect("saves");
    let second = vec![entry("prod", 3, Some("{\"x\":1}")), entry("old", 3, None)];
    opened.last_good.save(batch(3, false, second)).await.expect("saves");
}

#[tokio::test]
async fn batches_add_up_and_survive() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("catalogue.redb");
    filled(&path).await;
    let opened = open(&path).expect("opens");
    let expected = vec![entry("dev", 1, Some("{}")), entry("prod", 3, Some("{\"x\":1}"))];
    assert_eq!(opened.batch, Some(batch(3, true, expected)));
    let whole = vec![entry("only", 9, Some("{}"))];
    opened.last_good.save(batch(9, true, whole.clone())).await.expect("saves");
    drop(opened);
    assert_eq!(open(&path).expect("opens").batch, Some(batch(9, true, whole)));
}

#[tokio::test]
async fn a_file_in_use_is_not_taken() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("catalogue.redb");
    let _first = open(&path).expect("opens");
    assert!(matches!(open(&path), Err(LastGoodError::InUse { .. })));
}

#[tokio::test]
async fn damaged_files_are_set_aside() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 3] = [
        ("garbage", |path| std::fs::write(path, vec![7; 9000]).expect("written")),
        ("cut short", |path| {
            let file = std::fs::OpenOptions::new().write(true).open(path).expect("opens");
            file.set_len(5000).expect("cut");
        }),
        ("a flipped bit in a value", |path| {
            let mut bytes = std::fs::read(path).expect("readable");
            let at = bytes.windows(7).position(|part| part == b"{\"x\":1}").expect("there");
            bytes[at + 5] ^= 2;
            std::fs::write(path, bytes).expect("written");
        }),
    ];
    for (name, damage) in damages {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("catalogue.redb");
        filled(&path).await;
        damage(&path);
        let opened = open(&path).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(opened.damaged.is_some() && opened.batch.is_none(), "{name}: {opened:?}");
        assert!(directory.path().join("catalogue.redb.damaged").exists(), "{name}");
        opened.last_good.save(batch(1, true, Vec::new())).await.expect("usable again");
    }
}

#[tokio::test]
async fn secrets_are_sealed() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("catalogue.redb");
    let key = EntryKey::AccessKey { access_key_id: "AKIA1".to_owned() };
    let entries = vec![Entry { revision: 1, key, value: Some("a secret".to_owned()) }];
    let opened = open(&path).expect("opens");
    opened.last_good.save(batch(1, true, entries.clone())).await.expect("saves");
    drop(opened);
    let bytes = std::fs::read(&path).expect("there");
    assert!(!bytes.windows(8).any(|part| part == b"a secret"));
    assert_eq!(open(&path).expect("opens").batch, Some(batch(1, true, entries)));

    let other = MasterKey::load_or_create(&directory.path().join("other")).expect("a key");
    let opened = LastGood::open(&path, other).expect("opens");
    assert_eq!(opened.batch, None);
    let damaged = opened.damaged.expect("set aside");
    assert!(damaged.contains("access_key/AKIA1"), "{damaged}");
}
