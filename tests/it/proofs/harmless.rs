//! What looks like a fault and is none: no proof may speak of it.

use super::planted::planted;
use super::plants::Edit::{self, Remove, Replace, ReplaceAll, Set};
use super::plants::Plant;
use crate::support;
use trigger_gen::proof::{Context, check};

const ENV: &str = "docker/.env";
const WEBAPP: &str = "docker/webapp/docker-compose.yml";
const SITE_CONF: &str = "docker/nginx/site.conf";
const REGISTRY: &str = "docker/nginx/vhosts/registry.conf";
const WORKER: &str = "docker/worker/docker-compose.yml";

#[rustfmt::skip]
const HARMLESS: &[(&str, &[Edit])] = &[
    ("minimal-vps", &[Replace(WEBAPP, "wal_level=logical", "wal_level=logical\n      - -c\n      - max_replication_slots=5\n      - -c\n      - max_wal_senders=5")]),
    ("minimal-vps", &[Replace(WORKER, "LOG_LEVEL: warning", "LOG_LEVEL: err")]),
    ("minimal-vps", &[
        Replace(WEBAPP, "    name: minimal-vps-runner\n", "    name: minimal-vps-runner\n    driver: overlay\n    attachable: true\n"),
        Replace(WORKER, "    name: minimal-vps-runner\n", "    name: minimal-vps-runner\n    driver: overlay\n    attachable: true\n"),
    ]),
    ("minimal-vps", &[
        Replace(WORKER, "DOCKER_RUNNER_NETWORKS: minimal-vps-runner", "DOCKER_RUNNER_NETWORKS: minimal-vps-runner,minimal-vps-registry"),
        Replace(WORKER, "      IMAGES: \"1\"\n", "      IMAGES: \"1\"\n      NETWORKS: \"1\"\n"),
    ]),
    ("minimal-vps", &[
        Replace(WORKER, "      DOCKER_HOST:", "      RESOURCE_MONITOR_ENABLED: \"1\"\n      DOCKER_HOST:"),
        Replace(WORKER, "      IMAGES: \"1\"\n", "      IMAGES: \"true\"\n      INFO: \"1\"\n"),
    ]),
    ("minimal-vps", &[Replace(WORKER, "      DOCKER_HOST:", "      RESOURCE_MONITOR_ENABLED: \"0\"\n      DOCKER_HOST:")]),
    ("minimal-vps", &[Set(ENV, "DEPLOY_REGISTRY_HOST", "registry.example.com:5443"), Set(ENV, "DOCKER_REGISTRY_URL", "https://registry.example.com:5443"), Remove(REGISTRY), Replace(SITE_CONF, "include \"/opt/trigger-dev/nginx/vhosts/registry.conf\";\n", "")]),
    ("minimal-vps", &[Replace(WORKER, "\nnetworks:\n", "\n  coordinator:\n    image: registry.example.com/coordinator:1.2.3\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [runner]\nnetworks:\n")]),
    ("minimal-vps", &[Replace(WEBAPP, "127.0.0.1:5000:5000", "127.0.0.2:8030:5000"), Replace(SITE_CONF, "127.0.0.1:5000", "127.0.0.2:8030")]),
    ("minimal-vps", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    cap_add: [NET_BIND_SERVICE]\n    privileged: false\n    profiles: []\n    scale: 1\n")]),
    ("minimal-vps", &[Replace(WORKER, "- shared:/home/node/shared:ro", "- shared:/home/node/shared:ro\n      - /var/lib/extra:/extra:ro")]),
    ("minimal-vps", &[Replace(WORKER, "      IMAGES: \"1\"\n", "      IMAGES: \"1\"\n      EXEC: \"0\"\n")]),
    ("split-workers", &[Set(ENV, "SMTP_PORT", "465"), ReplaceAll(WEBAPP, "SMTP_SECURE: \"false\"", "SMTP_SECURE: \"true\"")]),
    ("split-workers", &[Set(ENV, "SMTP_PORT", "2525")]),
    ("split-workers", &[Set(ENV, "SMTP_PORT", "2525"), ReplaceAll(WEBAPP, "SMTP_SECURE: \"false\"", "SMTP_SECURE: \"true\"")]),
    ("split-workers", &[Replace(WEBAPP, "REALTIME_STREAMS_DEFAULT_VERSION: v2", "REALTIME_STREAMS_DEFAULT_VERSION: v1"), Replace(WEBAPP, "      REALTIME_STREAMS_S2_BASIN: example-streams\n", "")]),
    ("classic-vps", &[
        Replace(WEBAPP, "store/packets", "store/payloads"),
        Replace(WEBAPP, "image: quay.io/minio/minio:", "image: bitnamilegacy/minio:"),
        Replace(WEBAPP, "      MINIO_ROOT_USER:", "      MINIO_DEFAULT_BUCKETS: packets\n      MINIO_ROOT_USER:"),
    ]),
];

#[test]
fn what_is_harmless_is_no_fault() {
    for (example, edits) in HARMLESS {
        let plant = Plant { proof: "", also: &[], example, edits, keeps_manifest: false };
        let faults = check(&planted(&plant, support::tree(example)), &Context::default());
        assert!(faults.is_empty(), "{example} {edits:?}:\n{faults:#?}");
    }
}
