//! The keys that a compose file may have and the form of what stands below each, as compose-go 2.14 (Compose 5.6)
//! reads them: it refuses any other.

use super::compose_values as texts;

/// The form of a value. What a text with a `$` says is known only on the server, so any such text fits.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Any value.
    Anything,
    /// Any text.
    Text,
    /// A text of which more is asked: what it is, and how to tell.
    Word(&'static str, fn(&str) -> bool),
    /// One of some texts.
    OneOf(&'static [&'static str]),
    /// Yes or no, or a text that says so.
    Truth,
    /// Yes or no alone.
    Flag,
    /// A whole number between two others, or a text that is one.
    Whole(i64, i64),
    /// A number, or a text that is one.
    Number,
    /// An amount of memory: a number or a text.
    Size,
    /// A text, a number, yes or no, or nothing.
    Scalar,
    /// Nothing, or what has another form.
    Maybe(&'static Form),
    /// What has either form.
    Either(&'static Form, &'static Form),
    /// A list of what has another form.
    List(&'static Form),
    /// A list of texts, no two of them alike.
    Distinct,
    /// A list of texts, the first of which is one of some.
    Headed(&'static [&'static str]),
    /// A mapping from anything to what has another form.
    Map(&'static Form),
    /// The same with keys of Latin letters, digits, `.`, `_` and `-`.
    Named(&'static Form),
    /// A mapping with known keys, each with its form, and those that it must have.
    Keys(&'static [(&'static str, Form)], &'static [&'static str]),
}

#[rustfmt::skip]
use Form::{
    Anything, Distinct, Either, Flag, Headed, Keys, List, Map, Maybe, Named, Number, OneOf, Scalar, Size, Text, Truth, Whole,
    Word,
};

const TEXTS: Form = List(&Text);
const TEXT_OR_TEXTS: Form = Either(&Text, &TEXTS);
const COMMAND: Form = Maybe(&TEXT_OR_TEXTS);
const PAIRS: Form = Either(&Map(&Scalar), &TEXTS);
const OPTIONS: Form = Map(&Either(&Text, &Number));
const DURATION: Form = Word("a duration such as `10s`", texts::is_duration);
const SIZE_TEXT: Form = Word("an amount of memory such as `512m`, as text", texts::is_size);
const COUNT: Form = Whole(0, i64::MAX);
const WHOLE: Form = Whole(i64::MIN, i64::MAX);
#[rustfmt::skip]
const CONTAINER: Form =
    Word("a name of at least two Latin letters, digits, `.`, `_` and `-`", texts::is_container_name);
#[rustfmt::skip]
const PROJECT: Form =
    Word("a name of small Latin letters, digits, `_` and `-`", texts::is_project_name);
const PULL: Form = Word("a policy such as `missing` or `always`", texts::is_pull_policy);
const RESTART: Form = Word("`no`, `always`, `unless-stopped` or `on-failure`", texts::is_restart);
const ADDRESS: Form = Word("an address such as `127.0.0.1`", texts::is_address);
const PUBLISHED: Form = Either(&Whole(0, 65535), &Word("a port", texts::is_published));
const EXTERNAL: Form = Either(&Truth, &Keys(&[("name", Text)], &[]));
#[rustfmt::skip]
const EXTRA_HOSTS: Form = Either(
    &Map(&TEXT_OR_TEXTS),
    &List(&Word("`host=address`", texts::is_extra_host)),
);
#[rustfmt::skip]
const GIVEN: Form = List(&Either(
    &Text,
    &Keys(&[("source", Text), ("target", Text), ("uid", Text), ("gid", Text), ("mode", Either(&Number, &Text))], &[]),
));
#[rustfmt::skip]
const ULIMITS: Form =
    Map(&Either(&WHOLE, &Keys(&[("soft", WHOLE), ("hard", WHOLE)], &["soft", "hard"])));

#[rustfmt::skip]
const DEPENDENCY: Form = Keys(
    &[
        ("condition", OneOf(&["service_started", "service_healthy", "service_completed_successfully"])),
        ("required", Truth),
        ("restart", Truth),
    ],
    &["condition"],
);

#[rustfmt::skip]
const PORT: Form = Either(
    &Either(&Whole(1, 65535), &Word("`address:port:port`", texts::is_port)),
    &Keys(
        &[
            ("name", Text), ("mode", Text), ("host_ip", ADDRESS), ("target", Whole(1, 65535)),
            ("published", PUBLISHED), ("protocol", Text), ("app_protocol", Text),
        ],
        &["target"],
    ),
);

#[rustfmt::skip]
const MOUNT: Form = Either(
    &Word("`source:target` or `source:target:options`", texts::is_mount),
    &Keys(
        &[
            ("type", OneOf(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"])),
            ("source", Text), ("target", Text), ("read_only", Truth), ("consistency", Text),
            ("bind", Keys(
                &[
                    ("propagation", Text), ("create_host_path", Truth), ("selinux", OneOf(&["z", "Z"])),
                    ("recursive", OneOf(&["enabled", "disabled", "writable", "readonly"])),
                ],
                &[],
            )),
            ("volume", Keys(&[("labels", PAIRS), ("nocopy", Truth), ("subpath", Text)], &[])),
            ("tmpfs", Keys(&[("size", Size), ("mode", Either(&Number, &Text))], &[])),
            ("image", Keys(&[("subpath", Text)], &[])),
        ],
        &["type", "target"],
    ),
);

#[rustfmt::skip]
const BUILD: Form = Keys(
    &[
        ("context", Text), ("dockerfile", Text), ("dockerfile_inline", Text), ("entitlements", TEXTS), ("args", PAIRS),
        ("ssh", PAIRS), ("labels", PAIRS), ("cache_from", TEXTS), ("cache_to", TEXTS), ("no_cache", Truth),
        ("no_cache_filter", TEXT_OR_TEXTS), ("additional_contexts", PAIRS), ("network", Text), ("provenance", Scalar),
        ("sbom", Scalar), ("pull", Truth), ("target", Text), ("shm_size", Size), ("extra_hosts", EXTRA_HOSTS),
        ("isolation", Text), ("privileged", Truth), ("secrets", GIVEN), ("tags", TEXTS), ("ulimits", ULIMITS),
        ("platforms", TEXTS),
    ],
    &[],
);

#[rustfmt::skip]
const ROLLOUT: Form = Keys(
    &[
        ("parallelism", WHOLE), ("delay", DURATION), ("failure_action", Text), ("monitor", DURATION),
        ("max_failure_ratio", Number), ("order", OneOf(&["start-first", "stop-first"])),
    ],
    &[],
);

#[rustfmt::skip]
const RESOURCES: Form = Keys(
    &[
        ("limits", Keys(&[("cpus", Number), ("memory", SIZE_TEXT), ("pids", WHOLE)], &[])),
        ("reservations", Keys(
            &[("cpus", Number), ("memory", SIZE_TEXT), ("generic_resources", Anything), ("devices", Anything)],
            &[],
        )),
    ],
    &[],
);

#[rustfmt::skip]
const DEPLOY: Form = Keys(
    &[
        ("mode", Text), ("endpoint_mode", Text), ("replicas", COUNT), ("labels", PAIRS), ("rollback_config", ROLLOUT),
        ("update_config", ROLLOUT), ("resources", RESOURCES),
        ("restart_policy", Keys(
            &[("condition", Text), ("delay", DURATION), ("max_attempts", WHOLE), ("window", DURATION)],
            &[],
        )),
        ("placement", Keys(
            &[("constraints", TEXTS), ("preferences", List(&Anything)), ("max_replicas_per_node", WHOLE)],
            &[],
        )),
    ],
    &[],
);

#[rustfmt::skip]
const ATTACHMENT: Form = Keys(
    &[
        ("aliases", Distinct), ("interface_name", Text), ("ipv4_address", Text), ("ipv6_address", Text),
        ("link_local_ips", Distinct), ("mac_address", Text), ("driver_opts", OPTIONS), ("priority", Number),
        ("gw_priority", Number),
    ],
    &[],
);

/// Those of a health check.
#[rustfmt::skip]
pub const HEALTHCHECK: &[(&str, Form)] = &[
    ("disable", Truth), ("interval", DURATION), ("retries", Number), ("start_interval", DURATION),
    ("start_period", DURATION), ("test", Either(&Text, &Headed(&["CMD", "CMD-SHELL", "NONE"]))), ("timeout", DURATION),
];

/// Those of a network.
#[rustfmt::skip]
pub const NETWORK: &[(&str, Form)] = &[
    ("attachable", Truth), ("driver", Text), ("driver_opts", OPTIONS), ("enable_ipv4", Truth), ("enable_ipv6", Truth),
    ("external", EXTERNAL), ("internal", Truth),
    ("ipam", Keys(&[("driver", Text), ("config", List(&Map(&Anything))), ("options", Map(&Text))], &[])),
    ("labels", PAIRS), ("name", Text),
];

/// Those of a volume.
#[rustfmt::skip]
pub const VOLUME: &[(&str, Form)] =
    &[("driver", Text), ("driver_opts", OPTIONS), ("external", EXTERNAL), ("labels", PAIRS), ("name", Text)];

/// Those of a secret or a config.
#[rustfmt::skip]
const KEPT: Form = Keys(
    &[
        ("name", Text), ("content", Text), ("environment", Text), ("file", Text), ("external", EXTERNAL),
        ("labels", PAIRS), ("driver", Text), ("driver_opts", OPTIONS), ("template_driver", Text),
    ],
    &[],
);

/// Those of the document.
#[rustfmt::skip]
pub const DOCUMENT: &[(&str, Form)] = &[
    ("configs", Named(&KEPT)), ("include", List(&Either(&Text, &Map(&Anything)))), ("models", Map(&Anything)),
    ("name", PROJECT), ("networks", Named(&Maybe(&Keys(NETWORK, &[])))), ("secrets", Named(&KEPT)),
    ("services", Named(&Keys(SERVICE, &[]))), ("version", Text), ("volumes", Named(&Maybe(&Keys(VOLUME, &[])))),
];

/// Those of a service.
#[rustfmt::skip]
pub const SERVICE: &[(&str, Form)] = &[
    ("annotations", PAIRS), ("attach", Truth), ("blkio_config", Map(&Anything)), ("build", Either(&Text, &BUILD)),
    ("cap_add", TEXTS), ("cap_drop", TEXTS), ("cgroup", OneOf(&["host", "private"])), ("cgroup_parent", Text),
    ("command", COMMAND), ("configs", GIVEN), ("container_name", CONTAINER), ("cpu_count", COUNT),
    ("cpu_percent", Whole(0, 100)), ("cpu_period", Number), ("cpu_quota", Number), ("cpu_rt_period", Scalar),
    ("cpu_rt_runtime", Scalar), ("cpu_shares", Number), ("cpus", Number), ("cpuset", Text),
    ("credential_spec", Map(&Text)), ("depends_on", Either(&Distinct, &Named(&DEPENDENCY))),
    ("deploy", Maybe(&DEPLOY)), ("develop", Anything), ("device_cgroup_rules", Distinct),
    ("devices", List(&Either(&Text, &Keys(&[("source", Text), ("target", Text), ("permissions", Text)], &["source"])))),
    ("dns", TEXT_OR_TEXTS), ("dns_opt", TEXTS), ("dns_search", TEXT_OR_TEXTS), ("domainname", Text),
    ("entrypoint", COMMAND),
    ("env_file", Either(&Text, &List(&Either(
        &Text,
        &Keys(&[("path", Text), ("format", Text), ("required", Truth)], &["path"]),
    )))),
    ("environment", PAIRS), ("expose", List(&Either(&Text, &Number))),
    ("extends", Either(&Text, &Keys(&[("service", Text), ("file", Text)], &["service"]))), ("external_links", TEXTS),
    ("extra_hosts", EXTRA_HOSTS), ("gpus", Either(&OneOf(&["all"]), &List(&Map(&Anything)))),
    ("group_add", List(&Either(&Text, &Number))), ("healthcheck", Keys(HEALTHCHECK, &[])), ("hostname", Text),
    ("image", Text), ("init", Truth), ("ipc", Text), ("isolation", Text), ("label_file", TEXT_OR_TEXTS),
    ("labels", PAIRS), ("links", TEXTS),
    ("logging", Keys(&[("driver", Text), ("options", Map(&Maybe(&Either(&Text, &Number))))], &[])),
    ("mac_address", Text), ("mem_limit", Size), ("mem_reservation", Size), ("mem_swappiness", Number),
    ("memswap_limit", Size), ("models", Anything), ("network_mode", Text),
    ("networks", Either(&Distinct, &Named(&Maybe(&ATTACHMENT)))), ("oom_kill_disable", Truth),
    ("oom_score_adj", Whole(-1000, 1000)), ("pid", Text), ("pids_limit", Number), ("platform", Text),
    ("ports", List(&PORT)), ("post_start", List(&Map(&Anything))), ("pre_start", List(&Map(&Anything))),
    ("pre_stop", List(&Map(&Anything))), ("privileged", Truth), ("profiles", Distinct), ("provider", Map(&Anything)),
    ("pull_policy", PULL), ("pull_refresh_after", Text), ("read_only", Truth), ("restart", RESTART), ("runtime", Text),
    ("scale", COUNT), ("secrets", GIVEN), ("security_opt", Distinct), ("shm_size", Size), ("stdin_open", Truth),
    ("stop_grace_period", DURATION), ("stop_signal", Text), ("storage_opt", Map(&Anything)), ("sysctls", PAIRS),
    ("tmpfs", TEXT_OR_TEXTS), ("tty", Truth), ("ulimits", ULIMITS), ("use_api_socket", Flag), ("user", Text),
    ("userns_mode", Text), ("uts", Text), ("volumes", List(&MOUNT)), ("volumes_from", TEXTS), ("working_dir", Text),
];
