//! Networks: which exist, and who is on them.

use super::stack::Role;
use super::{Blame, Proof, Spot};
use crate::release::env;

pub(super) static UNKNOWN_RUNNER_NETWORK: Proof = Proof {
    name: "unknown-runner-network",
    summary: "`DOCKER_RUNNER_NETWORKS` lists networks by their real names, joined by commas alone.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::DOCKER_RUNNER_NETWORKS;
        for supervisor in stack.of_role(Role::Supervisor) {
            let Some(list) = supervisor.get(name) else { continue };
            if list.contains(char::is_whitespace) || list.split(',').any(str::is_empty) {
                report.fault(
                    stack.source(supervisor, name),
                    format!("`{name}` has a blank in it, which becomes part of a name"),
                    "join the names by commas alone: with a wrong one runs hang, and nothing is logged",
                );
                continue;
            }
            let files: Vec<_> =
                stack.files.iter().filter(|it| it.host == supervisor.host).collect();
            for wanted in list.split(',') {
                let declared = files
                    .iter()
                    .any(|it| it.networks.values().any(|network| network.real == wanted));
                let by_default = files.iter().any(|it| {
                    !it.networks.contains_key("default")
                        && format!("{}_default", it.default_project) == wanted
                });
                if !declared && !by_default {
                    report.fault(
                        stack.source(supervisor, name),
                        format!("`{wanted}` of `{name}` is the real name of no network"),
                        "write the `name:` of a declared network; without one compose puts the project before the key",
                    );
                }
            }
        }
    },
};

pub(super) static DATA_STORE_ON_RUNNER_NETWORK: Proof = Proof {
    name: "data-store-on-runner-network",
    summary: "No network that runs are on holds a data store or the docker socket proxy.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for supervisor in stack.of_role(Role::Supervisor) {
            for network in stack.runner_networks(supervisor) {
                let reached = stack.beside(supervisor).filter(|it| {
                    (it.role.is_data_store() || it.role == Role::SocketProxy) && it.is_on(network)
                });
                for service in reached {
                    report.fault(
                        stack.spot(service, "networks"),
                        format!("`{}` is on `{network}`, so the code of every run reaches it", service.name),
                        "give runs a network of their own, with webapp, supervisor, object store and s2",
                    );
                }
            }
        }
    },
};

pub(super) static OPEN_DATA_NETWORK: Proof = Proof {
    name: "open-data-network",
    summary: "Every network that a data store shares with another service is internal.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for file in &stack.files {
            for (key, network) in
                file.networks.iter().filter(|(_, it)| !it.internal && !it.external)
            {
                let members: Vec<_> = stack
                    .services
                    .iter()
                    .filter(|it| it.host == file.host && it.is_on(&network.real))
                    .collect();
                let store = members.iter().find(|it| it.role.is_data_store());
                if let (Some(store), true) = (store, members.len() > 1) {
                    report.fault(
                        Spot::file(&file.path),
                        format!("the network `{key}` holds `{}` and is not internal", store.name),
                        "say `internal: true`; for what must be published, give the store a further network of its own",
                    );
                }
            }
        }
    },
};

pub(super) static GUESSED_NETWORK_NAME: Proof = Proof {
    name: "guessed-network-name",
    summary: "No external network is named after the folder of another stack: where the project has another name, there is no such network.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for file in &stack.files {
            for (key, network) in file.networks.iter().filter(|(_, it)| it.external) {
                let guessed = stack.files.iter().any(|it| it.names_by_folder(&network.real));
                if guessed {
                    report.fault(
                        Spot::file(&file.path),
                        format!(
                            "`{key}` is `{}`, a name that another stack takes from its folder",
                            network.real
                        ),
                        "declare it with the same `name:` in both files",
                    );
                }
            }
        }
    },
};

pub(super) static UNATTACHABLE_RUNNER_NETWORK: Proof = Proof {
    name: "unattachable-runner-network",
    summary: "A network of runs that spans a swarm is attachable: otherwise no run gets onto it.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for supervisor in stack.of_role(Role::Supervisor) {
            let list = supervisor.get(env::DOCKER_RUNNER_NETWORKS).unwrap_or_default();
            for file in stack.files.iter().filter(|it| it.host == supervisor.host) {
                for (key, network) in &file.networks {
                    let is_overlay =
                        network.written.get("driver").is_some_and(|it| it == "overlay");
                    let attachable =
                        network.written.get("attachable").is_some_and(|it| *it == true);
                    let is_listed = list.split(',').any(|it| it == network.real);
                    if is_listed && is_overlay && !attachable {
                        report.fault(
                            Spot::file(&file.path),
                            format!("`{key}` is an overlay that takes no container from outside its stack"),
                            "say `attachable: true`",
                        );
                    }
                }
            }
        }
    },
};
