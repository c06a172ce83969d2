//! Does each check of `verify` and `doctor` pass where all is well, and fail where its one thing is not?
//!
//! The scripts are the emitted ones. The machine is made of programs of the test's own on the `PATH`, which answer as
//! the real ones were seen to (`machine`); a row of `broken` changes one answer.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

mod ask;
mod broken;
mod commands;
mod files;
mod machine;
mod well;

use machine::Machine;
use serde_json::Value;
use std::collections::BTreeMap;

/// What `verify --json` says: status and detail of each check.
fn said(machine: &Machine, arguments: &[&str]) -> (i32, BTreeMap<String, (String, String)>) {
    let (code, stdout, stderr, _) = machine.run(arguments);
    let list: Value =
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}\n{stderr}"));
    let word = |it: &Value, key: &str| it[key].as_str().expect(key).to_owned();
    let rows = list.as_array().expect("a list").iter();
    let checks = rows.map(|it| (word(it, "id"), (word(it, "status"), word(it, "detail"))));
    (code, checks.collect())
}
