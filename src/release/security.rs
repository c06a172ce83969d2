//! Holes of upstream by the release that closed them, and secrets that everybody knows.

use super::Version;

/// A release below which something is wrong that a site should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The first release without it.
    pub version: Version,
    /// How loudly to say it.
    pub level: Level,
    /// What is wrong below, as a clause.
    pub reason: &'static str,
}

/// How loudly a floor is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Say it.
    Info,
    /// Warn.
    Warning,
    /// Refuse.
    Error,
}

/// The oldest release that a new site may name without an excuse.
pub const SECURITY_FLOOR: Floor = Floor {
    version: Version(4, 5, 6),
    level: Level::Error,
    reason: "published default secrets let strangers forge a login, and a request to realtime can read every organization",
};

/// The first release whose `POST /api/v1/query` keeps organizations apart.
pub const QUERY_FLOOR: Version = Version(4, 7, 3);

/// Every floor, lowest first.
pub static FLOORS: &[Floor] = &[
    SECURITY_FLOOR,
    Floor {
        version: Version(4, 5, 8),
        level: Level::Warning,
        reason: "the webapp prints the ClickHouse password into its log at every start",
    },
    Floor {
        version: Version(4, 5, 12),
        level: Level::Warning,
        reason: "holes that 4.5.12 closed are open; it is the last security release whose code was read",
    },
    Floor {
        version: QUERY_FLOOR,
        level: Level::Warning,
        reason: "`POST /api/v1/query` lets any environment key read the runs of every organization",
    },
    Floor {
        version: Version(4, 8, 5),
        level: Level::Info,
        reason: "both images carry a Node with known faults in HTTP/2 and TLS",
    },
];

/// A published hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its public name.
    pub id: &'static str,
    /// The first release that has it; `None` where every v4 release has.
    pub introduced: Option<Version>,
    /// The first release without it; `None` where none is named.
    pub fixed: Option<Version>,
    /// Where no fix is named: the last release known to have it.
    pub last_known: Option<Version>,
    /// What it lets somebody do, as a clause.
    pub what: &'static str,
    /// What helps without an upgrade; empty where nothing is known.
    pub mitigation: &'static str,
}

const fn fixed(id: &'static str, version: Version, what: &'static str) -> Advisory {
    Advisory { id, introduced: None, fixed: Some(version), last_known: None, what, mitigation: "" }
}

/// Holes that were found published by November 2026, by the release that closed them; not all there are.
pub static ADVISORIES: &[Advisory] = &[
    fixed(
        "CVE-2026-114091",
        Version(4, 5, 0),
        "replaying a run by its id through the API shows another tenant's payload",
    ),
    fixed(
        "CVE-2026-114092",
        Version(4, 5, 0),
        "the dashboard replays runs without asking who is there",
    ),
    fixed(
        "CVE-2026-114080",
        Version(4, 5, 2),
        "webhook URLs of alert channels reach internal addresses",
    ),
    fixed(
        "CVE-2026-114089",
        Version(4, 5, 2),
        "a link to the CLI's authorization page takes over the account that opens it",
    ),
    fixed(
        "GHSA-9q4r-4842-93vw",
        Version(4, 5, 6),
        "a window function's name in `POST /api/v1/query` injects SQL across tenants",
    ),
    fixed(
        "CVE-2026-114077",
        Version(4, 5, 6),
        "deployments of another environment can be taken over",
    ),
    fixed(
        "CVE-2026-114084",
        Version(4, 5, 6),
        "`tags` of a realtime subscription inject SQL that reads every organization's runs",
    ),
    fixed(
        "CVE-2026-114087",
        Version(4, 5, 6),
        "published default secrets forge magic links and open the data stores to task code",
    ),
    fixed(
        "CVE-2026-114074",
        Version(4, 5, 10),
        "the webhook address filter leaves 198.18.0.0/15 reachable",
    ),
    fixed(
        "CVE-2026-114071",
        Version(4, 5, 12),
        "waitpoints of development environments can be completed by others",
    ),
    fixed("CVE-2026-114072", Version(4, 5, 12), "the Slack callback can be forged across sites"),
    fixed("CVE-2026-114075", Version(4, 5, 12), "a restricted token can create alert channels"),
    fixed(
        "CVE-2026-114069",
        Version(4, 6, 0),
        "a restricted key reads the environment's root API key",
    ),
    Advisory {
        introduced: Some(Version(4, 5, 0)),
        ..fixed(
            "CVE-2026-114070",
            Version(4, 6, 0),
            "the dashboard agent leaves a user's token in records that others read",
        )
    },
    Advisory {
        introduced: Some(Version(4, 5, 0)),
        ..fixed(
            "CVE-2026-114067",
            Version(4, 6, 2),
            "public session tokens obtain upload URLs for the object store",
        )
    },
    fixed(
        "CVE-2026-114082",
        Version(4, 6, 2),
        "session input hands out stream credentials of the whole environment",
    ),
    fixed(
        "CVE-2026-114066",
        Version(4, 7, 0),
        "a batch can block runs of others by naming them as parents",
    ),
    Advisory {
        mitigation: "refuse `POST /api/v1/query` at the proxy",
        ..fixed(
            "GHSA-m79r-84cc-xwg9",
            QUERY_FLOOR,
            "a table name in braces in `POST /api/v1/query` lets any environment key or public token read the runs of every organization",
        )
    },
    Advisory {
        id: "CVE-2026-114085",
        introduced: None,
        fixed: None,
        last_known: Some(Version(4, 7, 6)),
        what: "the supervisor's port 8020 gives whoever reaches it and knows a run the variables and tokens of that run",
        mitigation: "never publish port 8020, and keep other containers off the runner network; in a cluster, keep `kubernetes.network_policies`",
    },
];

/// The holes that a release is known to have. One for which no fix is named counts up to the last release that
/// is known to have it.
pub fn advisories_open_at(version: Version) -> impl Iterator<Item = &'static Advisory> {
    ADVISORIES.iter().filter(move |advisory| {
        advisory.introduced.is_none_or(|introduced| introduced <= version)
            && match advisory.fixed {
                Some(fixed) => version < fixed,
                None => advisory.last_known.is_none_or(|last| version <= last),
            }
    })
}

/// A secret that upstream, or a guide to it, once published; known here by its hash alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedDefault {
    /// SHA-256 of the value, in lower-case hex.
    pub sha256: &'static str,
    /// Where it was the default, for the message.
    pub of: &'static str,
    /// The release from which the webapp itself refuses it for its four secrets.
    pub refused_from: Option<Version>,
}

const REFUSED: Option<Version> = Some(Version(4, 5, 6));

/// Published values that no secret of a site may have.
pub static PUBLISHED_DEFAULTS: &[PublishedDefault] = &[
    PublishedDefault {
        sha256: "2066042ebf8cbb962155f0084db23a35ee9f3425ace2096d2a13dfbcd9511649",
        of: "MANAGED_WORKER_SECRET",
        refused_from: REFUSED,
    },
    PublishedDefault {
        sha256: "6b191a3d668fb1868e425fa9bc69359e19b1a0c7721be7aec917970d6a096fff",
        of: "one of the four secrets of the webapp",
        refused_from: REFUSED,
    },
    PublishedDefault {
        sha256: "dabbb25c0991299da4dbec6c141ec275167ec12e5d0f74a5a8fba2522911e6f6",
        of: "one of the four secrets of the webapp",
        refused_from: REFUSED,
    },
    PublishedDefault {
        sha256: "550e73c61eb7d1bdc3e6e8019b61708964d9300d70dbf58b595bdb9415f6ceb0",
        of: "one of the four secrets of the webapp",
        refused_from: REFUSED,
    },
    PublishedDefault {
        sha256: "8c4e8c2c7927d31c006a99547ad0d762fded484d337d210a0ccc64a86abb9b8b",
        of: "one of the four secrets of the webapp",
        refused_from: REFUSED,
    },
    PublishedDefault {
        sha256: "a942b37ccfaf5a813b1432caa209a43b9d144e47ad0de1549c289c253e556cd5",
        of: "POSTGRES_PASSWORD",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        of: "CLICKHOUSE_PASSWORD",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "08c97d78e862dd2c69c521863af0b0643f938187f9453e72d77d13f3a272afde",
        of: "MINIO_ROOT_PASSWORD",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "f10c35a714846ccb18a06becc201bb7678629b90eca8084117516013f1429e16",
        of: "DOCKER_REGISTRY_PASSWORD",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "e65f74547fff782068bf662c47916a35446bb720776a3fc22b07482b82c95552",
        of: "PROVIDER_SECRET",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "23140165af11cf5ded5a8777be3021f746d2bf9b4b27721cdd94b046cb80501c",
        of: "COORDINATOR_SECRET",
        refused_from: None,
    },
    PublishedDefault {
        sha256: "ad9858116e63b0c5a4d7dc7f50f034c7247e56838dae22c1832712ffde48e694",
        of: "MINIO_ROOT_PASSWORD",
        refused_from: None,
    },
];

/// The hash of every secret that upstream once published.
pub fn published_hashes() -> impl Iterator<Item = &'static str> {
    PUBLISHED_DEFAULTS.iter().map(|published| published.sha256)
}

/// The published secret with this hash (lower-case hex), if it is one.
#[must_use]
pub fn published_default(sha256: &str) -> Option<&'static PublishedDefault> {
    PUBLISHED_DEFAULTS.iter().find(|published| published.sha256 == sha256)
}
