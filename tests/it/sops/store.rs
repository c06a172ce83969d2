//! The keys of encrypted files in the secret store.

use super::*;
use trigger_gen::secrets::{Draft, Encrypted, Made};
use trigger_gen::tree::OutPath;

fn other() -> AgeRecipient {
    AgeRecipient::from_text(AgeRecipient::EXAMPLE).expect("a recipient")
}

fn path(text: &str) -> OutPath {
    OutPath::new(text).expect("a path")
}

fn wanted(paths: &[&str], recipients: &[AgeRecipient]) -> Encrypted {
    Encrypted { files: paths.iter().map(|it| path(it)).collect(), recipients: recipients.to_vec() }
}

fn empty() -> Draft {
    let mut draft = Draft::new("site");
    draft.make_key(&mut |bytes: &mut [u8]| bytes.fill(0xab));
    draft
}

fn fill(draft: &mut Draft, wanted: &Encrypted, moment: u64) -> Vec<Made> {
    let mut random = FakeRandom::default();
    // Another stretch of the same bytes at another moment.
    let mut skipped = vec![0; moment as usize];
    random.fill(&mut skipped);
    draft.fill_file_keys(wanted, &Moment::of_unix(moment), |bytes| random.fill(bytes))
}

fn read(draft: &Draft) -> Draft {
    Draft::read(&draft.write()).expect("what was written is a store")
}

#[test]
fn a_key_is_made_once_and_kept() {
    let published = Pair::published().recipient;
    let site = wanted(&["a/secret.yaml", "b/secret.yaml"], &[published]);
    let mut draft = empty();
    assert_eq!(draft.lacking_file_keys(&site).len(), 2);
    let made = fill(&mut draft, &site, 7);
    assert_eq!(made, [Made::FileKey(path("a/secret.yaml")), Made::FileKey(path("b/secret.yaml"))]);
    let keys: Vec<FileKey> = draft.file_keys().map(|it| it.1.clone()).collect();
    assert_ne!(*keys[0].data_key(), *keys[1].data_key(), "each file has its own");
    assert_eq!(read(&draft), draft);
    let before = draft.write();
    assert_eq!(fill(&mut draft, &site, 8), []);
    assert!(draft.lacking_file_keys(&site).is_empty());
    assert_eq!(*draft.write(), *before);
    // A file that the site has no more keeps its key, for the day on which it comes back.
    assert_eq!(fill(&mut draft, &wanted(&[], &[]), 9), []);
    assert_eq!(*draft.write(), *before);
}

#[test]
fn who_is_added_gets_the_key_and_who_goes_makes_another() {
    let published = Pair::published().recipient;
    let file = "a/secret.yaml";
    let mut draft = empty();
    fill(&mut draft, &wanted(&[file], std::slice::from_ref(&published)), 7);
    let first = draft.file_key(&path(file)).expect("a key").clone();
    let both = [other(), published.clone()];
    assert_eq!(fill(&mut draft, &wanted(&[file], &both), 8), [Made::Recipients(path(file))]);
    let second = draft.file_key(&path(file)).expect("a key").clone();
    assert_eq!((second.data_key(), second.made()), (first.data_key(), first.made()));
    assert_eq!(second.wrapped()[&published], first.wrapped()[&published], "its lines stay");
    assert!(second.is_for(&both) && !second.is_for(&both[..1]) && !first.is_for(&both));
    // The order in which they are listed means nothing.
    let turned = [published.clone(), other()];
    assert_eq!(fill(&mut draft, &wanted(&[file], &turned), 9), []);
    assert_eq!(
        fill(&mut draft, &wanted(&[file], &[other()]), 10),
        [Made::AnotherFileKey(path(file))]
    );
    let third = draft.file_key(&path(file)).expect("a key");
    assert_ne!(third.data_key(), first.data_key(), "who left has the old one");
    assert_eq!(third.made(), &Moment::of_unix(10));
    assert!(third.is_for(&[other()]));
}

#[test]
fn an_example_has_keys_that_everybody_knows() {
    let site = wanted(&["a/secret.yaml"], &[other()]);
    let of = |moment: u64| {
        let mut draft = Draft::new("site");
        draft.example = true;
        draft.make_key(&mut |bytes: &mut [u8]| bytes.fill(0));
        fill(&mut draft, &site, moment);
        draft
    };
    assert_eq!(*of(7).write(), *of(8).write());
}

/// A store with keys of two files.
fn whole() -> String {
    let recipients = [other(), Pair::published().recipient];
    let mut draft = empty();
    fill(&mut draft, &wanted(&["a/secret.yaml", "b \"c\"/secret.yaml"], &recipients), 7);
    draft.write().to_string()
}

#[test]
fn damage_is_named_by_its_line_and_not_repeated() {
    let whole = whole();
    let draft = Draft::read(&whole).expect("a store");
    let data_key = draft.file_keys().next().expect("a key").1.data_key();
    let line = |start: &str| {
        1 + whole.lines().position(|it| it.trim_start().starts_with(start)).expect("a line")
    };
    let file = line("\"a/secret.yaml\"");
    let published = Pair::published().recipient;
    for (old, new, why) in [
        (
            "  \"a/secret.yaml\":",
            "  \"a/../secret.yaml\":",
            format!("line {file} does not begin with the path"),
        ),
        ("  \"b \\\"c\\\"/", "  \"a/", format!("line {} repeats a file", line("\"b "))),
        (
            "    data_key: ",
            "    date_key: ",
            format!("line {} has a key that no encrypted file", line("data_key")),
        ),
        ("    made: \"1970-01-01T00:00:07Z\"\n", "", format!("line {file} lacks a part")),
        ("T00:00:07Z", " 00:00:07Z", format!("line {file} does not say in UTC")),
        (
            "    data_key: \"",
            "    data_key: \"0",
            format!("line {file} has a data key that is not"),
        ),
        ("BEGIN AGE", "BEGIN EGA", format!("line {file} has no data key that is encrypted")),
        (
            published.as_str(),
            "age1x",
            format!("line {} does not begin with an age", line(published.as_str())),
        ),
        (
            "encrypted_files:",
            "encrypted_file:",
            format!("line {} has a key that no store has", line("encrypted_files")),
        ),
    ] {
        let damaged = whole.replacen(old, new, 1);
        assert_ne!(damaged, whole, "{old}");
        let said = Draft::read(&damaged).expect_err(old);
        assert!(said.starts_with(&why), "{old}: {said}");
        assert!(!said.contains(data_key.as_str()), "{said}");
    }
}

#[test]
fn a_store_that_is_cut_off_loses_no_key_unseen() {
    let whole = whole();
    for length in 0..whole.trim_end().len() {
        assert!(Draft::read(&whole[..length]).is_err(), "{}", &whole[..length]);
    }
}

#[test]
fn no_type_prints_a_data_key() {
    let draft = Draft::read(&whole()).expect("a store");
    for (path, key) in draft.file_keys() {
        let shown = format!("{draft:?} {draft:#?} {key:?} {key:#?} {path:?}");
        assert!(!shown.contains(key.data_key().as_str()), "{shown}");
        let bytes: Vec<String> = (0..4)
            .map(|nth| u8::from_str_radix(&key.data_key()[nth * 2..nth * 2 + 2], 16))
            .map(|it| it.expect("hexadecimal").to_string())
            .collect();
        assert!(!shown.contains(&bytes.join(", ")), "{shown}");
    }
}
