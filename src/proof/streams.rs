//! Streams v2.

use super::stack::{Role, Service, Stack, Url, joined};
use super::{Blame, Proof, Report};
use crate::release::env;
use serde_json::Value;

pub(super) static S2_BASIN_MISMATCH: Proof = Proof {
    name: "s2-basin-mismatch",
    summary: "The basin that the webapp names is one that the s2 service begins with.",
    blame: Blame::Compiler,
    check,
};

fn check(stack: &Stack<'_>, report: &mut Report<'_>) {
    let (basin, endpoint) = (env::REALTIME_STREAMS_S2_BASIN, env::REALTIME_STREAMS_S2_ENDPOINT);
    for webapp in stack.of_role(Role::Webapp) {
        let url = webapp.get(endpoint).and_then(Url::parse);
        let Some(server) = url.and_then(|it| stack.server_of(webapp, &it)) else { continue };
        let Some(basins) = basins(stack, server) else { continue };
        if !basins.iter().any(|it| Some(it.as_str()) == webapp.get(basin)) {
            report.fault(
                stack.source(webapp, basin),
                format!("`{basin}` names a basin that `{}` does not begin with", server.name),
                "make it the `name` of a basin in the file that `--init-file` names",
            );
        }
    }
}

/// The basins of the file that a server begins with; `None` where that file is made elsewhere.
fn basins(stack: &Stack<'_>, server: &Service) -> Option<Vec<String>> {
    if server.role != Role::S2 {
        return None;
    }
    let target = server.setting("init-file")?;
    let mount = server.mounts.iter().find(|it| it.is_bind && it.target == target)?;
    let file = &stack.file(server).path;
    let path = joined(file.rsplit_once('/').map_or("", |(folder, _)| folder), &mount.source)?;
    let document: Value = serde_json::from_slice(&stack.tree.get(&path)?.bytes).ok()?;
    let name = |it: &Value| it.get("name").and_then(Value::as_str).map(str::to_owned);
    Some(document.get("basins")?.as_array()?.iter().filter_map(name).collect())
}

pub(super) static STREAMS_V2_WITHOUT_S2: Proof = Proof {
    name: "streams-v2-without-s2",
    summary: "A webapp whose streams are v2 is told a basin of S2.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let (version, basin) =
            (env::REALTIME_STREAMS_DEFAULT_VERSION, env::REALTIME_STREAMS_S2_BASIN);
        for webapp in stack.of_role(Role::Webapp) {
            let lacks = !webapp.environment.contains_key(basin);
            if webapp.get(version) == Some("v2") && lacks {
                report.fault(
                    stack.spot(webapp, version),
                    format!("`{version}` is `v2`, and there is no `{basin}`"),
                    format!("set `{basin}`, or leave `{version}` out"),
                );
            }
        }
    },
};
