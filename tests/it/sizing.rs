//! How the memory of a server is divided: one picture for each size of the table.

use crate::support;
use std::fmt::Write as _;
use trigger_gen::site::{Site, WEBAPP_FLOOR};

fn site(memory: &str) -> Site {
    support::site(&format!(
        "version: 1\nname: sized\nrelease: 4.5.12\ndomain: trigger.example.com\n\
         access: {{ admins: [ops@example.com] }}\ndocker: {{ host: {{ memory: {memory} }} }}\n"
    ))
}

fn picture(site: &Site) -> String {
    let (sizes, memory) = (&site.docker().sizes, site.docker().memory);
    let reserve = sizes.reserve(memory);
    let mut out = format!("{memory} host\n");
    for (name, size) in sizes.each() {
        writeln!(out, "  {name:<13} {:>6} MiB", size.in_mib()).expect("text");
    }
    writeln!(out, "  {:<13} {:>6} MiB", "system", reserve.system.in_mib()).expect("text");
    writeln!(out, "  {:<13} {:>6} MiB, {} at once", "runs", reserve.left(), reserve.runs())
        .expect("text");
    out
}

#[test]
fn sizes_by_host() {
    let pictures: String =
        ["4GiB", "8GiB", "16GiB", "32GiB"].map(|memory| picture(&site(memory))).join("\n");
    insta::assert_snapshot!(pictures);
}

#[test]
fn every_host_of_the_table_is_enough_and_is_used_up() {
    for memory in ["4GiB", "5GiB", "8GiB", "12GiB", "16GiB", "24GiB", "32GiB", "64GiB"] {
        let site = site(memory);
        let reserve = site.docker().sizes.reserve(site.docker().memory);
        assert!(reserve.runs() >= 1, "{memory} leaves no room for a run");
        let all = reserve.containers.in_mib() + reserve.system.in_mib();
        assert!(
            all + 512 * u64::from(site.limits.environment_concurrency)
                <= site.docker().memory.in_mib(),
            "{memory}"
        );
        assert!(site.docker().sizes.webapp >= WEBAPP_FLOOR, "{memory}");
    }
}
