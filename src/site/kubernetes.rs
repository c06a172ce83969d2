//! The site as objects of a cluster.

use super::Site;
use crate::release::chart::SIX_SECRETS;
use crate::release::{Version, env};
use crate::value::{
    AccessKeyId, AgeRecipient, BucketFolder, ByteSize, CpuAmount, Duration, GitopsPath, ImageRef,
    Middleware, Namespace, ObjectName, Origin, Schedule, SecretName, TlsSecretName, VariablePrefix,
};

/// The site as objects of a cluster under Flux.
#[derive(Debug, Clone)]
pub struct Kubernetes {
    /// The release of the official chart.
    pub chart: Version,
    /// Where everything but the pods of runs lives.
    pub namespace: Namespace,
    /// Whether that namespace is the site's alone.
    pub owns_namespace: bool,
    /// What the namespaces of the site let pods do, as their label has it.
    pub pod_security: &'static str,
    /// The pods of runs.
    pub runs: Runs,
    /// Where the tree stands.
    pub gitops: Gitops,
    /// How secrets arrive.
    pub secrets: SecretsInCluster,
    /// How the world reaches the webapp.
    pub ingress: Ingress,
    /// PostgreSQL, where it is bundled.
    pub postgres: Option<PostgresInCluster>,
    /// Redis, where it is bundled.
    pub redis: Option<RedisInCluster>,
    /// `ClickHouse`, where it is bundled.
    pub clickhouse: Option<ClickhouseInCluster>,
    /// The image of the object store, where it is bundled.
    pub object_store: Option<ImageRef>,
    /// Where the jobs of the other stores save them, if anywhere.
    pub backup: Option<BackupInCluster>,
    /// Sizes and classes.
    pub volumes: Volumes,
    /// Memory and processor time.
    pub resources: Resources,
    /// Pods of the webapp.
    pub replicas: u32,
    /// Whether stores are closed to all but their users.
    pub network_policies: bool,
    /// Whether Prometheus is told what to scrape.
    pub monitoring: bool,
}

/// The pods of runs.
#[derive(Debug, Clone)]
pub struct Runs {
    /// Where they live: with everything else, or in a namespace that is theirs alone.
    pub namespace: Namespace,
}

/// Where the tree stands in the repository that Flux reads.
#[derive(Debug, Clone)]
pub struct Gitops {
    /// The folder.
    pub path: GitopsPath,
    /// The GitRepository.
    pub repository: ObjectName,
    /// The namespace of the Kustomizations.
    pub flux_namespace: Namespace,
    /// The oldest minor version of Flux 2 that reads the tree.
    pub flux: u32,
    /// Kustomizations that come first.
    pub depends_on: Vec<ObjectName>,
    /// Whether decryption and substitution are patched in from above.
    pub inherits_decryption: bool,
}

/// How secrets arrive.
#[derive(Debug, Clone)]
pub enum SecretsInCluster {
    /// As variables that Flux fills in.
    Substitute {
        /// The Secret that holds them.
        from: ObjectName,
        /// How their names begin.
        prefix: VariablePrefix,
    },
    /// In the tree, encrypted in the format of SOPS.
    Sops {
        /// Who can decrypt them.
        recipients: Vec<AgeRecipient>,
        /// The Secret with the private half of the key of Flux.
        decryption: ObjectName,
    },
    /// Fetched by the External Secrets operator.
    External {
        /// The store.
        store: ObjectName,
        /// `SecretStore` or `ClusterSecretStore`.
        kind: &'static str,
        /// The entry with all of them.
        entry: ObjectName,
        /// How often.
        refresh: Duration,
    },
}

/// PostgreSQL under `CloudNativePG`.
#[derive(Debug, Clone)]
pub struct PostgresInCluster {
    /// How many.
    pub instances: u32,
    /// The operand.
    pub image: ImageRef,
    /// Most connections.
    pub max_connections: u32,
    /// Where backups go, if anywhere.
    pub backup: Option<BackupPlace>,
    /// Where the operator is.
    pub operator_namespace: Namespace,
    /// What stands between the webapp and PostgreSQL, if anything.
    pub pooler: Option<Pooler>,
}

/// `PgBouncer` in front of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Pooler {
    /// How many pods.
    pub instances: u32,
}

/// Backups of the stores by jobs in the cluster.
#[derive(Debug, Clone)]
pub struct BackupInCluster {
    /// Where they go, and when.
    pub place: BackupPlace,
    /// The image of the client that copies to the bucket.
    pub client: ImageRef,
}

/// A folder in a bucket, and when something is saved there.
#[derive(Debug, Clone)]
pub struct BackupPlace {
    /// Bucket and folder.
    pub destination: BucketFolder,
    /// The service; `None` is Amazon's.
    pub endpoint: Option<Origin>,
    /// The access key.
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret_access_key: SecretName,
    /// When.
    pub schedule: Schedule,
    /// How long they are kept.
    pub keep: Duration,
}

/// The bundled Redis.
#[derive(Debug, Clone)]
pub enum RedisInCluster {
    /// By image, through app-template.
    Image(ImageRef),
    /// By Bitnami's chart.
    Bitnami,
}

/// The bundled `ClickHouse`.
#[derive(Debug, Clone)]
pub enum ClickhouseInCluster {
    /// By image, through app-template.
    Image(ImageRef),
    /// The StatefulSet of the official chart.
    Chart,
}

/// Sizes and classes.
#[derive(Debug, Clone)]
pub struct Volumes {
    /// PostgreSQL.
    pub postgres: Volume,
    /// Redis.
    pub redis: Volume,
    /// `ClickHouse`.
    pub clickhouse: Volume,
    /// The object store.
    pub object_store: Volume,
    /// `s2 lite`.
    pub s2: Volume,
    /// Class of the volume with the worker token; `None` is the cluster's own.
    pub shared_class: Option<ObjectName>,
    /// Who may mount that one.
    pub shared_access: VolumeAccess,
}

/// One volume.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Its size.
    pub size: ByteSize,
    /// Its class; `None` is the cluster's own.
    pub class: Option<ObjectName>,
}

/// Who may mount a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VolumeAccess {
    /// Pods of one node.
    OneNode,
    /// Pods of all nodes.
    ManyNodes,
}

/// Memory and processor time.
#[derive(Debug, Clone)]
pub struct Resources {
    /// The webapp.
    pub webapp: Resource,
    /// The supervisor.
    pub supervisor: Resource,
    /// PostgreSQL.
    pub postgres: Resource,
    /// Each pod of the pooler.
    pub pooler: Resource,
    /// Redis.
    pub redis: Resource,
    /// `ClickHouse`.
    pub clickhouse: Resource,
    /// The object store.
    pub object_store: Resource,
}

/// What a part may take.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Memory: asked for, and not exceeded.
    pub memory: ByteSize,
    /// Processor time that it asks for.
    pub cpu: CpuAmount,
}

/// How the world reaches the webapp.
#[derive(Debug, Clone)]
pub enum Ingress {
    /// An Ingress of Traefik.
    Traefik {
        /// The class.
        class: ObjectName,
        /// The entry point.
        entry_point: ObjectName,
        /// The certificate.
        tls: IngressTls,
        /// What every request passes.
        middlewares: Vec<Middleware>,
    },
    /// A route of a Gateway.
    Gateway {
        /// The Gateway.
        name: ObjectName,
        /// Its namespace.
        namespace: Namespace,
        /// One listener of it.
        listener: Option<ObjectName>,
    },
}

/// Where the certificate comes from.
#[derive(Debug, Clone)]
pub enum IngressTls {
    /// Traefik has one.
    Default,
    /// A Secret that is there.
    Secret(TlsSecretName),
    /// cert-manager, by this ClusterIssuer.
    CertManager(ObjectName),
}

impl BackupPlace {
    /// Bucket and folder, without the scheme.
    pub fn path(&self) -> &str {
        let text = self.destination.as_str();
        text.strip_prefix("s3://").unwrap_or(text)
    }

    /// The bucket alone.
    pub fn bucket(&self) -> &str {
        self.path().split('/').next().unwrap_or_default()
    }
}

impl Kubernetes {
    /// Whether runs have a namespace of their own.
    pub fn has_runs_apart(&self) -> bool {
        self.runs.namespace != self.namespace
    }

    /// What stands between the webapp and PostgreSQL, if anything.
    pub fn pooler(&self) -> Option<&Pooler> {
        self.postgres.as_ref()?.pooler.as_ref()
    }

    /// Whether Redis is saved.
    pub fn saves_redis(&self) -> bool {
        self.backup.is_some() && self.redis.is_some()
    }

    /// Whether `ClickHouse` is saved. That of the official chart takes no settings, so it knows no bucket.
    pub fn saves_clickhouse(&self) -> bool {
        let is_ours = matches!(self.clickhouse, Some(ClickhouseInCluster::Image(_)));
        self.backup.is_some() && is_ours
    }

    /// Whether the object store is saved.
    pub fn saves_objects(&self) -> bool {
        self.backup.is_some() && self.object_store.is_some()
    }

    /// Whether any job saves a store.
    pub fn has_jobs(&self) -> bool {
        self.saves_redis() || self.saves_clickhouse() || self.saves_objects()
    }
}

impl Site {
    /// The site as objects of a cluster. Only what is compiled for one may ask.
    pub fn cluster(&self) -> &Kubernetes {
        self.kubernetes
            .as_ref()
            .expect("bug in trigger-gen: a site without `kubernetes` is asked for it")
    }

    /// How the chart calls its objects: the release, which is called like the site, unless that does not name the chart.
    pub fn chart_fullname(&self) -> String {
        let name = self.name.as_str();
        if name.contains("trigger") { name.to_owned() } else { format!("{name}-trigger") }
    }

    /// The secrets of a cluster that nobody supplies; the chart demands two that the application reads no more.
    pub fn generated_in_cluster(&self) -> Vec<&'static str> {
        let chart = self.cluster().chart;
        let two = [env::PROVIDER_SECRET, env::COORDINATOR_SECRET];
        let two = two.into_iter().filter(|_| chart >= SIX_SECRETS);
        self.generated_names().into_iter().chain(two).collect()
    }

    /// Whether the files of the cluster hold secrets, encrypted.
    pub fn encrypts(&self) -> bool {
        let secrets = self.kubernetes.as_ref().map(|it| &it.secrets);
        matches!(secrets, Some(SecretsInCluster::Sops { .. }))
    }

    /// Whether a secret of the store stands in the output: in a cluster they may arrive by another way.
    pub fn writes_secrets(&self) -> bool {
        self.docker.is_some() || self.encrypts()
    }
}
