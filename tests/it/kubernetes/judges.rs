//! kustomize builds every folder, and every object is what its kind says: custom ones by strict schemas, the others by Kubernetes'.

use super::substitution::after_flux;
use super::{built, folders, read, trees, values};
use crate::consumers::{root, run, scrubbed, tool};
use std::fs;
use std::path::Path;
use std::process::Output;

/// What kubeconform says of objects of kinds that Kubernetes itself does not know.
pub(super) fn conform(kubeconform: &Path, file: &Path) -> Output {
    let schemas = root().join("tests/kubernetes/schemas");
    let places = format!(
        "{}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
        schemas.display()
    );
    run(scrubbed(kubeconform).args(["-strict", "-summary", "-schema-location", &places]).arg(file))
}

pub(super) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Whether a kind is of an operator.
pub(super) fn is_custom(text: &str) -> bool {
    let api = read(text)["apiVersion"].as_str().expect("a version").to_owned();
    let group = api.split_once('/').map_or("", |(group, _)| group);
    group.contains('.') && !group.ends_with("k8s.io") || group == "gateway.networking.k8s.io"
}

/// What Flux decrypts has lost what SOPS says of it; the form of the values is the same.
fn decrypted(text: &str) -> String {
    let mut object = read(text);
    object.as_object_mut().expect("an object").remove("sops");
    serde_yaml::to_string(&object).expect("YAML")
}

#[test]
fn every_object_is_of_its_kind() {
    let judges = ["kustomize", "kubeconform", "kubernetes-validate"].map(tool);
    let [Some(kustomize), Some(kubeconform), Some(validate)] = judges else { return };
    let place = tempfile::tempdir().expect("a folder");
    let (mut custom, mut core) = (0, 0);
    for tree in trees() {
        let values = values(&tree);
        let (mut customs, mut cores) = (Vec::new(), Vec::new());
        for folder in folders(&tree.join("flux")) {
            for text in built(&kustomize, &folder) {
                let text = after_flux(&text, &values).expect("declared variables");
                if is_custom(&text) { customs.push(text) } else { cores.push(decrypted(&text)) }
            }
        }
        let file = place.path().join("custom.yaml");
        fs::write(&file, customs.join("---\n")).expect("written");
        let output = conform(&kubeconform, &file);
        assert!(output.status.success(), "{}: {}", tree.display(), said(&output));
        for (nth, text) in cores.iter().enumerate() {
            fs::write(place.path().join(format!("{nth}.yaml")), text).expect("written");
        }
        let files = (0..cores.len()).map(|nth| place.path().join(format!("{nth}.yaml")));
        let output = run(scrubbed(&validate).args(["--strict", "--no-warn"]).args(files));
        assert!(output.status.success(), "{}: {}", tree.display(), said(&output));
        (custom, core) = (custom + customs.len(), core + cores.len());
    }
    assert!(custom > 30 && core > 20, "{custom} custom and {core} core objects");
}

/// The judges would see it.
#[test]
fn a_wrong_key_is_refused() {
    let [Some(kubeconform), Some(validate)] = ["kubeconform", "kubernetes-validate"].map(tool)
    else {
        return;
    };
    let place = tempfile::tempdir().expect("a folder");
    let tree = root().join("out/home-k3s/kubernetes/flux");
    let file = place.path().join("wrong.yaml");
    let cluster = fs::read_to_string(tree.join("postgresql/cluster.yaml")).expect("a Cluster");
    for (from, to) in [("instances: 1", "instancez: 1"), ("\"300\"", "300")] {
        assert!(cluster.contains(from));
        fs::write(&file, cluster.replace(from, to)).expect("written");
        assert!(!conform(&kubeconform, &file).status.success(), "{to}");
    }
    let claim = fs::read_to_string(tree.join("redis/data-pvc.yaml")).expect("a claim");
    fs::write(&file, claim.replace("accessModes", "accessMode")).expect("written");
    let output = run(scrubbed(&validate).args(["--strict", "--no-warn"]).arg(&file));
    assert!(!output.status.success());
}

/// A change of the settings is a new ConfigMap, whose name the release has: the pod starts again.
#[test]
fn the_release_names_the_configmap_that_kustomize_makes() {
    let Some(kustomize) = tool("kustomize") else { return };
    let objects = built(&kustomize, &root().join("out/home-k3s/kubernetes/flux/clickhouse"));
    let objects: Vec<_> = objects.iter().map(|it| read(it)).collect();
    let of = |kind: &str| objects.iter().find(|it| it["kind"] == kind).expect("an object");
    let name = &of("ConfigMap")["metadata"]["name"];
    assert!(name.as_str().is_some_and(|it| it.len() > "home-k3s-clickhouse-config-".len()));
    for volume in ["config", "users"] {
        assert_eq!(&of("HelmRelease")["spec"]["values"]["persistence"][volume]["name"], name);
    }
}
