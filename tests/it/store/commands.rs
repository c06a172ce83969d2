//! `secrets set`, `list` and `import`, and the guard of `ENCRYPTION_KEY`.

use super::*;
use std::collections::BTreeMap;
use std::path::Path;
use trigger_gen::manifest::Manifest;
use trigger_gen::secrets::{Imported, Secrets, guard, import, list, lost, set};
use trigger_gen::site::Use;

const GHCR: &str = "storage:\n  registry:\n    external:\n      host: ghcr.io\n      namespace: acme\n      \
                    username: bot\n      password: { secret: GHCR_TOKEN }\n";

fn full(site: &Site) -> Draft {
    let mut draft = draft(&[]);
    fill(&mut draft, site, 11);
    for needed in site.needed_secrets() {
        if draft.value(&needed.name).is_none() {
            draft.set(needed.name.clone(), format!("it's $a \"{}\" #\\ %@:/ü", needed.name));
        }
    }
    draft
}

#[test]
fn a_value_is_set_once_it_is_right() {
    let site = site(GHCR);
    let mut draft = draft(&[]);
    set(&mut draft, &site, "GHCR_TOKEN", "first\n").unwrap();
    assert_eq!(draft.value(&name("GHCR_TOKEN")), Some("first"));
    set(&mut draft, &site, "GHCR_TOKEN", "second \r\n").unwrap();
    assert_eq!(draft.value(&name("GHCR_TOKEN")), Some("second "));
    // A generated one may be brought along, as long as there is none.
    set(&mut draft, &site, "REDIS_PASSWORD", "brought along").unwrap();
    set(&mut draft, &site, "REDIS_PASSWORD", "brought along").unwrap();
    let before = draft.clone();
    for (secret, value, why) in [
        ("GHCR_TOKEN", "", "blank"),
        ("GHCR_TOKEN", "  ", "blank"),
        ("GHCR_TOKEN", "\n", "blank"),
        ("GHCR_TOKEN", "two\nlines\n", "line break"),
        ("GHCR_TOKEN", "a\u{7}bell", "control character"),
        ("GHCR_TOKEN", "password", "everybody knows"),
        ("REDIS_PASSWORD", "another", "has a value already"),
        ("ENCRYPTION_KEY", "too short", "32 bytes"),
        ("POSTGRES_PASSWORD", "brought along", "same value"),
        ("GHCR_TOKNE", "x", "needs no secret"),
        ("hunter2!", "x", "not the name of a secret"),
    ] {
        let refusal = set(&mut draft, &site, secret, value).expect_err(value);
        assert!(refusal.why.contains(why), "{refusal}");
        let said = format!("{refusal} {refusal:?}");
        assert!(
            !said.contains("another\"") && !said.contains("brought") && !said.contains("hunter2"),
            "{said}"
        );
        assert!(draft == before, "{secret}");
    }
    let nearest = |it| set(&mut draft.clone(), &site, it, "x").unwrap_err().help;
    assert_eq!(nearest("GHCR_TOKNE"), "did you mean `GHCR_TOKEN`?");
    assert_eq!(nearest("ghcr-token"), "did you mean `GHCR_TOKEN`?");
    let mut filled = full(&site);
    let refusal = set(&mut filled, &site, "ENCRYPTION_KEY", &"k".repeat(32)).unwrap_err();
    assert!(refusal.help.contains("never changes"), "{refusal}");
}

#[test]
fn a_list_has_names_and_fingerprints() {
    let site = site(GHCR);
    let none = list(None, &site);
    assert!(none.needed.iter().all(|it| !it.present && it.fingerprint.is_none()));
    let mut draft = full(&site);
    draft.set(name("LEFT_OVER"), "x".to_owned());
    let listing = list(Some(&draft), &site);
    assert_eq!(listing.unneeded, [name("LEFT_OVER")]);
    let row = listing.needed.last().unwrap();
    assert_eq!((row.name.as_str(), row.present), ("GHCR_TOKEN", true));
    assert_eq!(row.origin, Use::Supplied("storage.registry.external.password".into()));
    assert_eq!(row.fingerprint, draft.fingerprint(&row.name));
    let printed = format!("{listing:?}");
    assert!(
        draft
            .names()
            .all(|it| it.as_str() == "LEFT_OVER" || !printed.contains(draft.value(it).unwrap()))
    );
}

fn manifest(draft: &Draft, site: &Site) -> Manifest {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let tree = trigger_gen::generate(site, &Secrets::from_store(draft, &names));
    let file = tree.files.iter().find(|(path, _)| path.as_str() == "manifest.json");
    file.and_then(|(_, file)| Manifest::read(&file.bytes)).expect("a manifest")
}

#[test]
fn an_output_is_not_built_with_another_encryption_key() {
    let site = site("");
    let own = full(&site);
    let manifest = manifest(&own, &site);
    assert_eq!(guard(None, None), Ok(()));
    assert_eq!(guard(None, Some(&own)), Ok(()));
    assert_eq!(guard(Some(&manifest), Some(&own)), Ok(()));
    let mut other = Draft::new("site");
    fill(&mut other, &site, 12);
    for (store, why) in
        [(None, "is gone"), (Some(&draft(&[])), "is gone"), (Some(&other), "differs")]
    {
        let refusal = guard(Some(&manifest), store).unwrap_err();
        assert!(refusal.why.contains(why), "{refusal}");
        for way_out in ["backup", "trigger-gen secrets import ENV SITE", "--new-site"] {
            assert!(refusal.help.contains(way_out), "{refusal}");
        }
    }
    let unbuilt = Manifest { secrets: BTreeMap::new(), ..manifest.clone() };
    assert_eq!(guard(Some(&unbuilt), None), Ok(()), "nothing is lost with it");

    let mut partly = draft(&[]);
    partly.set(name("ENCRYPTION_KEY"), own.value(&name("ENCRYPTION_KEY")).unwrap().to_owned());
    assert_eq!(guard(Some(&manifest), Some(&partly)), Ok(()));
    assert_eq!(lost(&manifest, &own, &site), []);
    assert!(lost(&manifest, &partly, &site).contains(&name("POSTGRES_PASSWORD")));
}

#[test]
fn an_import_leads_out_of_a_lost_store() {
    let site = site("");
    let built = full(&site);
    let manifest = manifest(&built, &site);
    let env = dotenv(&built, &site);
    let mut anew = Draft::new("site");
    anew.make_key(&mut random(99));
    assert!(import(&mut anew, &site, &env).is_done());
    assert!(guard(Some(&manifest), Some(&anew)).is_err(), "the key of fingerprints is lost");
    let mut without = draft(&[("REDIS_PASSWORD", "x")]);
    without.adopt(&manifest);
    fill(&mut without, &site, 97);
    assert!(guard(Some(&manifest), Some(&without)).is_err(), "nothing was taken over");
    anew.adopt(&manifest);
    let mut swapped = anew.clone();
    swapped.set(name("ENCRYPTION_KEY"), "k".repeat(32));
    assert!(guard(Some(&manifest), Some(&swapped)).is_err(), "another key than the one taken over");
    let mut anew = Draft::read(&anew.write()).unwrap();
    fill(&mut anew, &site, 98);
    assert_eq!(guard(Some(&manifest), Some(&anew)), Ok(()));
    assert_eq!(
        guard(Some(&self::manifest(&anew, &site)), Some(&anew)),
        Ok(()),
        "and after the next build"
    );
}

fn dotenv(draft: &Draft, site: &Site) -> String {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let tree = trigger_gen::generate(site, &Secrets::from_store(draft, &names));
    let of = |end: &str| {
        let files = tree.files.iter().filter(|(path, _)| path.as_str().ends_with(end));
        files.map(|(_, file)| String::from_utf8_lossy(&file.bytes).into_owned()).collect::<String>()
    };
    of("/.env")
}

/// Whatever the compiler writes, it can take back.
#[test]
fn the_env_of_every_example_gives_back_its_secrets() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path().join("site.yaml");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let site = compiled(trigger_gen::source::Source::new(path.display().to_string(), text));
        // A cluster alone has no `.env`.
        if site.docker.is_none() {
            continue;
        }
        let kept = full(&site);
        let mut back = draft(&[]);
        let imported = import(&mut back, &site, &dotenv(&kept, &site));
        assert!(imported.is_done(), "{}: {imported:?}", site.name);
        // What backups need stands in files of their own, or in the cluster.
        let elsewhere = ["RESTIC_PASSWORD", "BACKUP_HEARTBEAT_URL", "BACKUP_SECRET_ACCESS_KEY"];
        let needed = site.needed_secrets().into_iter();
        for it in needed.filter(|it| !elsewhere.contains(&it.name.as_str())) {
            assert_eq!(back.value(&it.name), kept.value(&it.name), "{} of {}", it.name, site.name);
        }
        seen += 1;
    }
    assert!(seen > 3, "no examples found");
}

fn imported(text: &str) -> (Draft, Imported) {
    let mut draft = draft(&[("REDIS_PASSWORD", "standing")]);
    let imported = import(&mut draft, &site(GHCR), text);
    let printed = format!("{imported:?}");
    assert!(!printed.contains("hunter2") && !printed.contains("standing"), "{printed}");
    (draft, imported)
}

#[test]
fn an_import_takes_what_the_site_needs() {
    let key = "k".repeat(32);
    let (draft, imported) = imported(&format!(
        "export SESSION_SECRET='hunter2hunter2hunter2' # old\nENCRYPTION_KEY={key}\nREDIS_PASSWORD=standing\n\
         DATABASE_URL=\"postgresql://postgres:hunter2%40%C3%BC@postgres:5432/main?schema=public\"\n\
         POSTGRES_PASSWORD=\nCLICKHOUSE_PASSWORD=hunter2-plain\nCLICKHOUSE_URL=http://default:other@clickhouse:8123\n\
         GHCR_TOKEN=hunter2-by-name\nMINIO_ROOT_PASSWORD=hunter2-minio\nPROVIDER_SECRET=hunter2-unneeded\n\
         MAGIC_LINK_SECRET=${{SESSION_SECRET}}\nAPP_ORIGIN=https://a.example\nwhat is this hunter2\n"
    ));
    assert!(imported.is_done());
    for (it, value) in [
        ("SESSION_SECRET", "hunter2hunter2hunter2"),
        ("ENCRYPTION_KEY", key.as_str()),
        ("POSTGRES_PASSWORD", "hunter2@ü"),
        ("CLICKHOUSE_PASSWORD", "hunter2-plain"),
        ("OBJECT_STORE_SECRET_ACCESS_KEY", "hunter2-minio"),
        ("GHCR_TOKEN", "hunter2-by-name"),
    ] {
        assert_eq!(draft.value(&name(it)), Some(value), "{it}");
        assert!(imported.taken.contains(&name(it)));
    }
    assert_eq!((imported.taken.len(), imported.same), (6, vec![name("REDIS_PASSWORD")]));
    let ignored: Vec<_> = imported.ignored.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(ignored, ["line 13", "PROVIDER_SECRET", "MAGIC_LINK_SECRET"]);
}

#[test]
fn an_import_changes_nothing_that_exists_and_takes_all_or_nothing() {
    for (text, conflicts, refused) in [
        ("REDIS_PASSWORD=hunter2\nCLICKHOUSE_PASSWORD=hunter2\n", 1, 0),
        ("ENCRYPTION_KEY=hunter2\nCLICKHOUSE_PASSWORD=hunter2\n", 0, 1),
    ] {
        let (draft, imported) = imported(text);
        assert!(!imported.is_done());
        assert_eq!((imported.conflicts.len(), imported.refused.len()), (conflicts, refused));
        assert!(draft == super::draft(&[("REDIS_PASSWORD", "standing")]));
    }
}
