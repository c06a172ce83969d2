//! Every example at every release with a chart that reads Secrets, against the table of that chart.

use crate::support;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use trigger_gen::release::chart::{READS_SECRETS, WHOLE_NAMES};
use trigger_gen::release::chart_contract::wrong_values;
use trigger_gen::release::chart_values::{CHART_VALUES, CHARTS};
use trigger_gen::release::{RELEASES, Release, Version};

/// The example at a release; what that release lacks is said.
fn at(example: &str, release: &Release) -> String {
    let text = support::example_text(example)
        .replace("release: 4.5.12", &format!("release: {}", release.version));
    let mut storage = String::new();
    if !release.native_realtime() {
        storage += "  realtime: { electric: { image: mirror.example.com/electric:1.2.4 } }\n";
    }
    if !release.s2 && !text.contains("\n  streams:") {
        storage += "  streams: v1\n";
    }
    let allow = [
        "below-security-floor",
        "chart-below-floor",
        "dsn-in-logs",
        "seccomp-locked-runtime",
        "needless-electric",
        "clickhouse-too-new",
    ];
    let allow: String =
        allow.iter().map(|it| format!("  - {{ lint: {it}, because: the test }}\n")).collect();
    text.replace("\nstorage:\n", &format!("\nstorage:\n{storage}"))
        .replace("\nallow:\n", &format!("\nallow:\n{allow}"))
}

#[test]
fn every_value_is_read_by_every_chart() {
    let mut trees = 0;
    for release in RELEASES {
        let Some(chart) = release.chart.filter(|it| *it >= READS_SECRETS) else { continue };
        assert!(CHARTS.contains(&chart));
        for example in ["home-k3s", "full"] {
            let mut text = at(example, release);
            if example == "full" && release.version < Version(4, 5, 12) {
                text = text.replace("  expose:\n    webhooks: true\n", "");
            }
            if chart < WHOLE_NAMES {
                text = text.replace("  runs:\n    namespace: jobs-runs\n", "");
            }
            let tree = support::tree_of(&text);
            let values = tree.get("kubernetes/values.yaml").expect("values").text();
            let values: Value = trigger_gen::yaml::read_value(values).expect("YAML");
            assert_eq!(wrong_values(chart, &values), [], "{example} at {}", release.version);
            let source =
                tree.get("kubernetes/flux/app/oci-repository.yaml").expect("a source").text();
            assert!(source.contains(&format!("tag: \"{chart}\"\n")), "{source}");
            trees += 1;
        }
    }
    assert!(trees >= 2 * 14, "{trees}");
}

#[test]
fn the_table_is_what_its_facts_say() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/chart-values");
    let output = Command::new("python3")
        .arg("-B")
        .arg(script)
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(CHART_VALUES.is_sorted_by(|a, b| a.path < b.path));
    for release in RELEASES {
        assert!(release.chart.is_none_or(|it| CHARTS.contains(&it)), "{}", release.version);
    }
}
