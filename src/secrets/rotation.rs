//! What a new value of each generated secret means for an installation that runs: one row each.

use crate::release::env;

/// One generated secret, and what another value of it leads to.
#[derive(Debug)]
pub struct Rotation {
    /// Its name in the store.
    pub name: &'static str,
    /// Who has it, and what another value does to them, as sentences.
    pub effect: &'static str,
    /// How long the old value is good for anything.
    pub old: &'static str,
    /// Whether it may change, and how a server takes the new value.
    pub way: Way,
    /// The same for a cluster; nothing where no cluster has it, or where it must not change.
    pub in_cluster: Option<InCluster>,
}

/// What another value of a secret means in a cluster.
#[derive(Debug)]
pub struct InCluster {
    /// Who has it there, and what another value does to them, as sentences.
    pub effect: &'static str,
    /// What reads it only when it starts.
    pub restarts: &'static [Component],
}

/// What runs in a cluster, in the order in which it is started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// The bundled Redis.
    Redis,
    /// The bundled `ClickHouse`.
    Clickhouse,
    /// The bundled object store.
    ObjectStore,
    /// The webapp.
    Webapp,
    /// The supervisor.
    Supervisor,
    /// Electric, where there is one.
    Electric,
}

/// Whether a secret may change.
#[derive(Debug)]
pub enum Way {
    /// It may: build, copy, and `trigger-ctl.sh rotate NAME`.
    Rotate {
        /// What that command does before anything is started, as a clause. It comes before those of other secrets.
        before: Option<&'static str>,
        /// What it does as soon as the server runs with the new value.
        after: Option<&'static str>,
        /// On every machine that deploys, when everything runs with the new value.
        on_clients: &'static [Step],
        /// Whether the hosts that only run tasks have it, too.
        on_workers: bool,
    },
    /// It may, and no server has it.
    InCluster,
    /// It must not: why, and what to do where it is known to others.
    Never {
        /// The reason, as a clause.
        why: &'static str,
        /// The way out, as an imperative.
        instead: &'static str,
    },
}

/// Something to be done by hand. No value stands in it, nor in the arguments of any program.
#[derive(Debug)]
pub struct Step {
    /// What it is, as an imperative.
    pub what: &'static str,
    /// The command, with `{registry}` and `{user}`. It ends with a failure if it did not do what it should.
    pub command: &'static str,
}

/// Nothing besides: a build, and a start of the stack with it.
const BUILD_AND_START: Way =
    Way::Rotate { before: None, after: None, on_clients: &[], on_workers: false };

const SIGNED_OUT: &str = "The webapp signs its sessions with it: everybody is signed out and signs in again. The tokens of an \
     hour with which running tasks report their usage are refused. API keys and personal access tokens stay.";

const DEAD_LINKS: &str = "The webapp seals the links with it that it mails: those that were mailed and not used yet, half an hour's \
     worth, lead nowhere, and whoever has one asks for another. Nobody is signed out.";

const UNREAD: &str = "The official chart demands it, and the application reads it no more: another value changes nothing.";

/// One of two that the official chart demands and nothing reads.
const fn unread(name: &'static str) -> Rotation {
    Rotation {
        name,
        effect: UNREAD,
        old: "worthless: nothing reads it.",
        way: Way::InCluster,
        in_cluster: Some(InCluster { effect: UNREAD, restarts: &[] }),
    }
}

/// Every secret that trigger-gen makes, in the order of a site.
pub static ROTATIONS: &[Rotation] = &[
    Rotation {
        name: env::SESSION_SECRET,
        effect: SIGNED_OUT,
        old: "worthless as soon as the webapp has started with the new one.",
        way: BUILD_AND_START,
        in_cluster: Some(InCluster { effect: SIGNED_OUT, restarts: &[Component::Webapp] }),
    },
    Rotation {
        name: env::MAGIC_LINK_SECRET,
        effect: DEAD_LINKS,
        old: "worthless as soon as the webapp has started with the new one.",
        way: BUILD_AND_START,
        in_cluster: Some(InCluster { effect: DEAD_LINKS, restarts: &[Component::Webapp] }),
    },
    Rotation {
        name: env::ENCRYPTION_KEY,
        effect: "The webapp encrypts with it what users store: environment variables and tokens.",
        old: "needed for ever: nothing else reads what it encrypted.",
        way: Way::Never {
            why: "upstream has no way to encrypt anew, and with another key every environment variable that users stored \
                  is unreadable",
            instead: "if others know it, change what is encrypted with it, at whoever issued it, and keep the key",
        },
        in_cluster: None,
    },
    Rotation {
        name: env::MANAGED_WORKER_SECRET,
        effect: "The webapp and every supervisor have it, and must have the same: a supervisor with another ends with \
                 `Invalid or missing worker token`, and Docker starts it again until both agree. No run is started meanwhile. \
                 The webapp logs in clear what such a supervisor presents, so it gets the new value first: only the old \
                 one, worthless by then, can reach its log.",
        old: "worthless as soon as the webapp has started with the new one.",
        way: Way::Rotate { before: None, after: None, on_clients: &[], on_workers: true },
        in_cluster: Some(InCluster {
            effect: "The webapp and the supervisor have it, and must have the same: a supervisor with another ends, and is \
                     started again until both agree. No run is started meanwhile. The webapp logs in clear what such a \
                     supervisor presents, so it is started anew first.",
            restarts: &[Component::Webapp, Component::Supervisor],
        }),
    },
    Rotation {
        name: env::POSTGRES_PASSWORD,
        effect: "PostgreSQL takes it from `.env` only when its volume is new, so the password of the role is changed within \
                 the database, or the webapp ends with `P1000: Authentication failed`. Webapp and migrations connect \
                 with it, and so does whoever uses a published port.",
        old: "worthless once the role is changed. Changing it takes no password: inside its container, PostgreSQL trusts \
              whoever comes through the socket.",
        way: Way::Rotate {
            before: Some("changes the password of the role in the database first"),
            after: None,
            on_clients: &[],
            on_workers: false,
        },
        in_cluster: Some(InCluster {
            effect: "CloudNativePG changes the password of the role as soon as the Secret is another one. The webapp connects \
                     with it, and so does Electric where there is one: until they are started anew, no new connection of \
                     theirs is let in.",
            restarts: &[Component::Webapp, Component::Electric],
        }),
    },
    Rotation {
        name: env::REDIS_PASSWORD,
        effect: "Redis takes it at every start, so Redis and webapp are started anew together; what is queued is kept on \
                 the volume. Whoever uses a published port needs the new one.",
        old: "worthless as soon as Redis has started with the new one.",
        way: BUILD_AND_START,
        in_cluster: Some(InCluster {
            effect: "Redis takes it when it starts, and the webapp connects with it: both are started anew, one at once after \
                     the other. What is queued is kept on the volume.",
            restarts: &[Component::Redis, Component::Webapp],
        }),
    },
    Rotation {
        name: env::CLICKHOUSE_PASSWORD,
        effect: "ClickHouse takes it at every start, so ClickHouse and webapp are started anew together; the data is not \
                 touched. Whoever uses a published port needs the new one.",
        old: "worthless as soon as ClickHouse has started with the new one.",
        way: BUILD_AND_START,
        in_cluster: Some(InCluster {
            effect: "ClickHouse takes it when it starts, and the webapp connects with it: both are started anew, one at once \
                     after the other. The data is not touched.",
            restarts: &[Component::Clickhouse, Component::Webapp],
        }),
    },
    Rotation {
        name: env::OBJECT_STORE_SECRET_ACCESS_KEY,
        effect: "The object store takes it at every start, and the webapp signs with it the addresses under which runs and \
                 your applications send and fetch large payloads: addresses that it signed with the old one are refused \
                 from then on. What is stored is not touched.",
        old: "worthless as soon as the object store has started with the new one.",
        way: BUILD_AND_START,
        in_cluster: Some(InCluster {
            effect: "The object store takes it when it starts, and the webapp signs with it the addresses under which runs and \
                     your applications send and fetch large payloads: addresses that it signed with the old one are refused \
                     from then on. What is stored is not touched.",
            restarts: &[Component::ObjectStore, Component::Webapp],
        }),
    },
    Rotation {
        name: env::DOCKER_REGISTRY_PASSWORD,
        effect: "The registry compares with its hash in `auth.htpasswd`, which the build writes anew; every supervisor pulls \
                 with it, and every machine that deploys pushes with it. Images stay where they are.",
        old: "worthless as soon as the registry has started with the new file.",
        way: Way::Rotate {
            before: None,
            after: Some("makes the registry anew, to which Docker sees no change"),
            on_clients: &[Step {
                what: "sign in again; the password that is asked for is DOCKER_REGISTRY_PASSWORD in `.env` on the server",
                command: "docker login {registry} --username {user}",
            }],
            on_workers: true,
        },
        in_cluster: None,
    },
    unread(env::PROVIDER_SECRET),
    unread(env::COORDINATOR_SECRET),
    Rotation {
        name: FINGERPRINT_KEY,
        effect: "It is no secret of a server, and never leaves the store. With it trigger-gen makes the fingerprints in \
                 `manifest.json` and `.env.redacted`.",
        old: "needed as long as there is an output that was built with it.",
        way: Way::Never {
            why: "with another one, no build could tell any more whether ENCRYPTION_KEY is the one that the output was built \
                  with",
            instead: "if others know it, they can test guesses with it: change what you supplied and can be guessed; \
                      what trigger-gen makes cannot",
        },
        in_cluster: None,
    },
];

/// The key of fingerprints, by the name that it is made under.
pub(super) const FINGERPRINT_KEY: &str = "FINGERPRINT_KEY";

/// The row of a secret.
pub fn rotation(name: &str) -> Option<&'static Rotation> {
    ROTATIONS.iter().find(|it| it.name == name)
}

/// The page of a secret that trigger-gen makes, for `explain`.
pub fn explain(name: &str) -> Option<String> {
    let row = rotation(name)?;
    let rest = match &row.way {
        Way::Never { why, instead } => format!("It is not rotated: {why}. The way out: {instead}."),
        Way::Rotate { .. } | Way::InCluster => format!(
            "`trigger-gen secrets rotate {name} SITE` makes another and names the steps. The old value: {}",
            row.old
        ),
    };
    let (effect, rest) = (wrapped(row.effect, ""), wrapped(&rest, ""));
    Some(format!("{name} (secret that trigger-gen makes)\n\n{effect}\n{rest}"))
}

/// A text in lines of at most a hundred characters, each with an indentation and an end.
pub fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::from(indent);
    let mut width = indent.len();
    for (nth, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if nth > 0 && width + 1 + length > 100 {
            out.push_str(&format!("\n{indent}"));
            width = indent.len();
        } else if nth > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out.push('\n');
    out
}
