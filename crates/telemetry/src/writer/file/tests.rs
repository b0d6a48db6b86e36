use std::io::Read;

use tempfile::TempDir;

use super::*;

fn log(directory: &TempDir, rotate_bytes: u64, rotate_files: u32) -> LogFile {
    let path = directory.path().join("access.log");
    LogFile::open(&FileOptions { path, rotate_bytes, rotate_files }).expect("opened")
}

#[track_caller]
fn check(directory: &TempDir, expected: &[(&str, &str)]) {
    let mut found = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let text = fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().into_string().expect("a name"), text)
        })
        .collect::<Vec<_>>();
    found.sort();
    let found = found.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn a_full_file_is_rotated_and_the_oldest_goes() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut log = log(&directory, 4, 2);
    let mut write = |lines: &str| log.write_lines(lines.as_bytes()).expect("written");
    write("a\n");
    write("b\n");
    check(&directory, &[("access.log", "a\nb\n")]);
    write("c\n");
    check(&directory, &[("access.log", "c\n"), ("access.log.1", "a\nb\n")]);
    // Larger than a file may be: never split, and alone.
    write("0123456789\n");
    write("d\n");
    let expected =
        [("access.log", "d\n"), ("access.log.1", "0123456789\n"), ("access.log.2", "c\n")];
    check(&directory, &expected);
}

#[test]
fn what_is_there_is_appended_to_and_zero_never_rotates() {
    let directory = tempfile::tempdir().expect("a directory");
    log(&directory, 0, 1).write_lines(b"a\n").expect("written");
    log(&directory, 0, 1).write_lines(b"b\n").expect("written");
    check(&directory, &[("access.log", "a\nb\n")]);
    let metadata = fs::metadata(directory.path().join("access.log")).expect("there");
    assert_eq!(metadata.mode() & 0o027, 0, "others must not read it");
}

#[test]
fn a_file_that_was_moved_removed_or_truncated_is_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("access.log");
    let mut log = log(&directory, 0, 1);
    log.write_lines(b"a\n").expect("written");
    fs::rename(&path, directory.path().join("moved")).expect("moved");
    log.write_lines(b"b\n").expect("written");
    check(&directory, &[("access.log", "b\n"), ("moved", "a\n")]);
    fs::remove_file(&path).expect("removed");
    log.write_lines(b"c\n").expect("written");
    check(&directory, &[("access.log", "c\n"), ("moved", "a\n")]);
    OpenOptions::new().write(true).truncate(true).open(&path).expect("truncated");
    log.write_lines(b"d\n").expect("written");
    check(&directory, &[("access.log", "d\n"), ("moved", "a\n")]);
}

#[test]
fn a_file_that_cannot_be_rotated_grows_on() {
    let directory = tempfile::tempdir().expect("a directory");
    // A directory that is not empty cannot be replaced by a file.
    let obstacle = directory.path().join("access.log.1");
    fs::create_dir_all(obstacle.join("x")).expect("made");
    let mut log = log(&directory, 2, 1);
    log.write_lines(b"a\n").expect("written");
    log.write_lines(b"b\n").expect("written");
    let text = || fs::read_to_string(directory.path().join("access.log")).expect("text");
    assert_eq!(text(), "a\nb\n");
    fs::remove_dir_all(obstacle).expect("removed");
    log.write_lines(b"c\n").expect("written");
    assert_eq!(text(), "c\n");
}

#[test]
fn a_full_disk_is_an_error_and_the_next_line_stands_alone() {
    // The kernel's own disk that is always full.
    let full = FileOptions { path: "/dev/full".into(), rotate_bytes: 1, rotate_files: 1 };
    let mut log = LogFile::open(&full).expect("opened");
    let error = log.write_lines(b"a\n").expect_err("full");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);

    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("access.log");
    fs::write(&path, "half a li").expect("written");
    let mut log = self::log(&directory, 0, 1);
    log.open.as_mut().expect("open").torn = true;
    log.write_lines(b"b\n").expect("written");
    log.write_lines(b"c\n").expect("written");
    check(&directory, &[("access.log", "half a li\nb\nc\n")]);
}

#[test]
fn a_fifo_is_waited_for_by_the_writer_and_not_by_the_start() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("access.log");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
    assert!(made.success());
    let mut log = log(&directory, 1, 1);
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        File::open(path).expect("opened").read_to_string(&mut text).expect("read");
        text
    });
    log.write_lines(b"a\n").expect("written");
    log.write_lines(b"b\n").expect("written");
    drop(log);
    assert_eq!(reader.join().expect("read"), "a\nb\n");
}

#[test]
fn a_directory_that_is_not_there_is_an_error_at_the_start() {
    let path = PathBuf::from("/nonexistent/access.log");
    let options = FileOptions { path, rotate_bytes: 0, rotate_files: 1 };
    assert_eq!(LogFile::open(&options).expect_err("absent").kind(), io::ErrorKind::NotFound);
}
