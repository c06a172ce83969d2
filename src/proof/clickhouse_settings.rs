//! The settings that are mounted into ClickHouse.

use super::stack::{Element, Role, Service, Stack, elements};
use super::{Blame, Proof, Spot};

/// Folders of the image: server settings work in the first alone, profile settings in the second alone.
const SERVER: &str = "/config.d";
const USERS: &str = "/users.d";

/// What Bitnami's image calls the folder of server settings.
const BITNAMI_SERVER: &str = "/etc/conf.d";

/// Whether a file at this place of the container is read as server settings.
fn is_for_server(target: &str) -> bool {
    target.contains(SERVER) || target.contains(BITNAMI_SERVER)
}

/// Every file of settings with its elements and where it is mounted.
fn settings<'s>(stack: &'s Stack<'_>, server: &'s Service) -> Vec<(String, &'s str, Vec<Element>)> {
    let mounts = server.mounts.iter().filter(|it| it.is_bind && it.target.ends_with(".xml"));
    mounts
        .filter_map(|mount| {
            let path = stack.mounted(server, &mount.source)?;
            let found = elements(stack.tree.get(&path)?.text())?;
            Some((path, mount.target.as_str(), found))
        })
        .collect()
}

/// Whether an element stands directly below the root.
fn is_top(element: &Element, name: &str) -> bool {
    element.path.split('/').skip(1).eq([name])
}

pub(super) static MISPLACED_CLICKHOUSE_SETTING: Proof = Proof {
    name: "misplaced-clickhouse-setting",
    summary: "Profile settings of ClickHouse are mounted into `users.d` and server settings into `config.d`, file by file.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Clickhouse) {
            for (path, target, found) in settings(stack, server) {
                let in_profile = |it: &Element| is_top(it, "profiles") || is_top(it, "quotas");
                let profiles = found.iter().any(in_profile);
                let others = found.iter().any(|it| {
                    it.path.matches('/').count() == 1 && !in_profile(it) && !is_top(it, "users")
                });
                if is_for_server(target) && profiles || target.contains(USERS) && others {
                    report.fault(
                        Spot::file(&path),
                        format!("holds settings that do nothing in {target}"),
                        "profile settings belong into `users.d`, all others into `config.d`",
                    );
                }
            }
            for mount in server.mounts.iter().filter(|it| it.is_bind) {
                if mount.target.trim_end_matches('/').ends_with(SERVER) {
                    report.fault(
                        stack.spot(server, "volumes"),
                        format!(
                            "a folder is mounted over {}, which hides what the image keeps there",
                            mount.target
                        ),
                        "mount the files one by one",
                    );
                }
            }
        }
    },
};

/// The tables in which ClickHouse writes most about itself, in the order of their growth.
const LOGS: [&str; 6] =
    ["trace_log", "text_log", "metric_log", "asynchronous_metric_log", "query_log", "part_log"];

pub(super) static UNBOUNDED_SYSTEM_LOGS: Proof = Proof {
    name: "unbounded-system-logs",
    summary: "The tables in which ClickHouse writes about itself are switched off or end by themselves.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Clickhouse) {
            let files = settings(stack, server);
            let in_server: Vec<&Element> = files
                .iter()
                .filter(|(_, target, _)| is_for_server(target))
                .flat_map(|(_, _, found)| found)
                .collect();
            let is_bounded = |table: &str| {
                let ends = format!("/{table}/ttl");
                in_server
                    .iter()
                    .any(|it| (is_top(it, table) && it.removes) || it.path.ends_with(&ends))
            };
            let unbounded: Vec<&str> = LOGS.into_iter().filter(|it| !is_bounded(it)).collect();
            if !unbounded.is_empty() {
                report.fault(
                    stack.spot(server, "volumes"),
                    format!("`{}` keeps {} for ever", server.name, unbounded.join(", ")),
                    "mount a file into `config.d` that removes each table or gives it a `ttl`",
                );
            }
        }
    },
};
