//! A site whose secrets stand in the tree: what Flux decrypts there is what the store says, and nothing else shows it.

use super::*;
use crate::support;
use std::collections::BTreeMap;
use trigger_gen::artifacts::encrypted;
use trigger_gen::diag::Severity;
use trigger_gen::proof::{Context, check};
use trigger_gen::secrets::{Draft, Secrets};
use trigger_gen::site::Site;
use trigger_gen::tree::Tree;
use trigger_gen::value::SecretName;

const EXAMPLE: &str = "sops-cluster";

fn tree_of(site: &Site, draft: &Draft) -> Tree {
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    trigger_gen::generate(site, &Secrets::from_store(draft, &names))
}

/// The encrypted files of a tree, decrypted by the real program: the values of each by its path.
fn opened(program: &Path, site: &Site, tree: &Tree) -> BTreeMap<String, Value> {
    let identity = Pair::published().identity;
    let open = |path: &str| decrypted(program, tree.get(path).expect("a file").text(), &identity);
    let files = encrypted(site).files;
    files.iter().map(|path| (path.to_string(), open(path.as_str()))).collect()
}

#[test]
fn sops_reads_in_the_tree_what_the_store_says() {
    let Some(program) = tool("sops") else { return };
    let site = support::example_site(EXAMPLE);
    let draft = support::draft(&site);
    let tree = tree_of(&site, &draft);
    let files = opened(&program, &site, &tree);
    assert!(files.len() >= 5, "{:?}", files.keys());
    let value = |name: &str| {
        let name = SecretName::from_text(name).expect("a name");
        draft.value(&name).unwrap_or_else(|| panic!("{name} is not in the store")).to_owned()
    };
    let app = &files["kubernetes/flux/app/secret.yaml"]["stringData"];
    let names: Vec<&String> = app.as_object().expect("a mapping").keys().collect();
    assert_eq!(names.len(), 6, "{names:?}");
    for name in names {
        assert_eq!(app[name], value(name), "{name}");
    }
    let registry = &files["kubernetes/flux/app/registry-secret.yaml"]["stringData"];
    let login = registry[".dockerconfigjson"].as_str().expect("a text");
    let login: Value = serde_json::from_str(login).expect("JSON");
    assert_eq!(login["auths"]["ghcr.io"]["password"], value("GHCR_TOKEN"));
    // Every secret is somewhere, and in none of the files that anybody may read.
    let all = format!("{files:?}");
    for needed in site.needed_secrets() {
        let value = value(needed.name.as_str());
        assert!(all.contains(&value), "{} is in no file", needed.name);
        for (path, file) in tree.files.iter().filter(|(_, file)| !file.is_secret()) {
            assert!(!file.text().contains(&value), "{} stands in {path}", needed.name);
        }
    }
}

/// Flux lets kustomize put the layer together, and decrypts each object of that; labels that kustomize adds are no
/// fault to it, as it leaves the MAC alone.
#[test]
fn what_kustomize_makes_of_it_is_still_decrypted() {
    let (Some(program), Some(kustomize)) = (tool("sops"), tool("kustomize")) else { return };
    let site = support::example_site(EXAMPLE);
    let tree = tree_of(&site, &support::draft(&site));
    let folder = tempfile::tempdir().expect("a folder");
    for (path, file) in &tree.files {
        let path = folder.path().join(path.as_str());
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.bytes).expect("a file");
    }
    let expected = opened(&program, &site, &tree);
    let mut seen = 0;
    for layer in ["app", "postgresql", "redis", "clickhouse", "s3"] {
        let below = folder.path().join("kubernetes/flux").join(layer);
        let output = run(scrubbed(&kustomize).arg("build").arg(&below));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let built = String::from_utf8(output.stdout).expect("text");
        for document in built.split("\n---\n").filter(|it| it.contains("\nsops:")) {
            let mut command = scrubbed(&program);
            command.args(["decrypt", "--ignore-mac", "--input-type", "yaml"]);
            command.args(["--output-type", "json", "/dev/stdin"]);
            command.env("SOPS_AGE_KEY_FILE", Pair::published().identity);
            command.env("SOPS_DISABLE_VERSION_CHECK", "true");
            let output = fed(&mut command, document);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let open: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let same = |it: &&Value| it["metadata"]["name"] == open["metadata"]["name"];
            let expected = expected.values().find(same).expect("a file of that object");
            assert_eq!(open["stringData"], expected["stringData"]);
            seen += 1;
        }
    }
    assert_eq!(seen, expected.len(), "a layer leaves a Secret out");
}

/// Flux is told with which key, wherever there is something to decrypt, and fills no variables into values.
#[test]
fn flux_is_told_how_to_decrypt() {
    let tree = support::tree(EXAMPLE);
    let document = |path: &str| -> Value {
        let text = tree.get(path).unwrap_or_else(|| panic!("no {path}")).text();
        trigger_gen::yaml::read_back(text).expect("YAML")
    };
    let site = support::example_site(EXAMPLE);
    for path in encrypted(&site).files {
        let layer = path.as_str().split('/').nth(2).expect("a layer").to_owned();
        let told = document(&format!("kubernetes/flux/ks/{layer}.yaml"));
        let meant = json!({ "provider": "sops", "secretRef": { "name": "sops-age" } });
        assert_eq!(told["spec"]["decryption"], meant, "{layer}");
        let annotations = &document(path.as_str())["metadata"]["annotations"];
        assert_eq!(annotations["kustomize.toolkit.fluxcd.io/substitute"], "disabled", "{path}");
    }
}

/// Supplied values are whatever a service gave out.
#[test]
fn hostile_secrets_arrive_through_the_whole_compiler() {
    let Some(program) = tool("sops") else { return };
    let site = support::example_site(EXAMPLE);
    for hostile in
        ["a\"b\\c", "${SECRET}$$", "'x' \"y\" #z: {[]}", "0123", "1e5", "ü🦀\u{2028}é", "--- |\t>"]
    {
        let mut draft = Draft::new(site.name.as_str());
        let token = SecretName::from_text("GHCR_TOKEN").expect("a name");
        draft.set(token, hostile.to_owned());
        let draft = support::complete(draft, &site);
        let tree = tree_of(&site, &draft);
        let file = tree.get("kubernetes/flux/app/registry-secret.yaml").expect("a file");
        let open = decrypted(&program, file.text(), &Pair::published().identity);
        let login = open["stringData"][".dockerconfigjson"].as_str().expect("a text");
        let login: Value = serde_json::from_str(login).expect("JSON");
        assert_eq!(login["auths"]["ghcr.io"]["password"], hostile);
    }
}

/// Without the store the committed files stay, as long as they are what the site compiles to but for their values.
#[test]
fn without_the_store_committed_files_stay() {
    let text = support::example_text(EXAMPLE);
    let site = support::site(&text);
    let tree = tree_of(&site, &support::draft(&site));
    let without = |text: &str, standing: &Tree| {
        let site = support::site(text);
        let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
        let bytes = &tree.get("manifest.json").expect("a manifest").bytes;
        let manifest = trigger_gen::manifest::Manifest::read(bytes).expect("a manifest");
        let secrets = Secrets::withheld(&manifest, &names);
        trigger_gen::generate(&site, &secrets.keeping(support::standing(standing, &site)))
    };
    assert_eq!(without(&text, &tree), tree);
    let differing = |other: &Tree, standing: &Tree| -> Vec<String> {
        let files = encrypted(&site).files.into_iter();
        files
            .filter(|it| other.files.get(it) != standing.files.get(it))
            .map(|it| it.to_string())
            .collect()
    };
    let all = encrypted(&site).files.len();
    // Somebody else may read them: every file is another one.
    let other = text
        .replace("        - age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp\n", "");
    assert_ne!(other, text);
    assert_eq!(differing(&without(&other, &tree), &tree).len(), all);
    // One says something else in clear, or has another key: it does not stay.
    let file = "kubernetes/flux/app/secret.yaml";
    for (old, new) in [
        ("kind: Secret", "kind: secret"),
        ("  SESSION_SECRET: ", "  SESSION_SECRETS: "),
        ("type: Opaque", "type: Opaque # mine"),
        ("encrypted_regex: ^(data|stringData)$", "encrypted_regex: ^data$"),
        ("# Generated by", "# Made by"),
        ("type:str]", "type:str] "),
    ] {
        let mut edited = tree.clone();
        let path = trigger_gen::tree::OutPath::new(file).expect("a path");
        let it = edited.files.get_mut(&path).expect("a file");
        assert!(it.text().contains(old), "{old}");
        it.bytes = it.text().replacen(old, new, 1).into_bytes();
        assert_eq!(differing(&without(&text, &edited), &edited), [file], "{new}");
    }
}

/// The proofs that need the key find what the others cannot see.
#[test]
fn with_the_store_a_changed_file_is_found() {
    let site = support::example_site(EXAMPLE);
    let draft = support::draft(&site);
    let tree = tree_of(&site, &draft);
    let faults = |tree: &Tree, draft: &Draft| -> Vec<(&'static str, String)> {
        let context = Context { file_keys: Some(draft), ..Context::default() };
        let faults = check(tree, &context).into_iter();
        faults.filter(|it| it.proof != "manifest-hash").map(|it| (it.proof, it.path)).collect()
    };
    assert_eq!(faults(&tree, &draft), []);
    let file = "kubernetes/flux/app/secret.yaml";
    let found = ("unreadable-encrypted-file", file.to_owned());
    let path = trigger_gen::tree::OutPath::new(file).expect("a path");
    let edited = |change: &dyn Fn(&str) -> String| {
        let mut edited = tree.clone();
        let it = edited.files.get_mut(&path).expect("a file");
        let text = change(it.text());
        assert_ne!(text, it.text());
        it.bytes = text.into_bytes();
        edited
    };
    let line = |text: &str, name: &str| {
        text.lines().find(|it| it.trim_start().starts_with(name)).expect("a line").to_owned()
    };
    // A value of another file's; two values changed for each other; a line taken out; another name.
    let swapped = edited(&|text| {
        let (one, other) = (line(text, "SESSION_SECRET"), line(text, "ENCRYPTION_KEY"));
        let value = |it: &str| it.split_once(": ").expect("a value").1.to_owned();
        text.replace(&value(&one), "@")
            .replace(&value(&other), &value(&one))
            .replace('@', &value(&other))
    });
    let removed = edited(&|text| text.replace("type: Opaque\n", ""));
    let renamed = edited(&|text| text.replace("type: Opaque", "type: opaque"));
    for tree in [&swapped, &removed, &renamed] {
        assert_eq!(faults(tree, &draft), std::slice::from_ref(&found));
        assert!(check(tree, &Context::default()).iter().all(|it| it.proof != found.0));
    }
    // Another store.
    let other = Draft::new(site.name.as_str());
    let all = encrypted(&site).files.len();
    assert_eq!(faults(&tree, &other).len(), all);
}

#[test]
fn a_list_of_recipients_has_each_once_and_one_at_least() {
    let text = support::example_text(EXAMPLE);
    let published = Pair::published().recipient;
    let line = format!("        - {published}\n");
    let other = "        - age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp\n";
    assert!(text.contains(&line) && text.contains(other));
    let errors = |text: &str| -> Vec<String> {
        let said = support::analyse(text).1.diagnostics.into_iter();
        said.filter(|it| it.severity == Severity::Error).map(|it| it.message).collect()
    };
    let repeated = text.replace(other, &line);
    assert_eq!(errors(&repeated), ["this recipient is listed already"]);
    let empty = text.replace(&format!("      age:\n{line}{other}"), "      age: []\n");
    assert_eq!(errors(&empty), ["nobody could decrypt: the list is empty"]);
    let secret = text.replace(published.as_str(), "AGE-SECRET-KEY-1QQQQ");
    let (site, sink) = support::analyse(&secret);
    assert!(site.is_none());
    assert!(sink.diagnostics.iter().any(|it| it.message.contains("secret half")));
}
