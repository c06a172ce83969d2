//! `kubernetes`: the same site as objects of a cluster that Flux keeps as a repository says.

use super::env::SecretRef;
use super::read::{choice, section};
use crate::value::{
    AccessKeyId, AgeRecipient, BucketFolder, ByteSize, CpuAmount, Duration, GitopsPath, ImageRef,
    Middleware, Namespace, ObjectName, Origin, Schedule, TlsSecretName, VariablePrefix,
};

section! {
    /// Compile for a Kubernetes cluster under Flux. `storage` says which stores are bundled: those run in the cluster.
    Kubernetes {
        /// Namespace of everything but what `runs` puts elsewhere. Default: one of its own, called like the site.
        optional namespace: Namespace,
        /// What the namespaces that are the site's own let pods do. Default: baseline.
        optional pod_security: PodSecurity,
        /// Where the pods of runs live, in which users' code is.
        optional runs: Runs,
        /// Where the tree stands in the repository that Flux reads.
        required gitops: Gitops,
        /// How secrets reach the cluster.
        required secrets: ClusterSecrets,
        /// How the world reaches the webapp.
        required ingress: Ingress,
        /// The bundled PostgreSQL, which CloudNativePG runs.
        optional postgres: ClusterPostgres,
        /// The bundled Redis. Default: the official image.
        optional redis: ClusterRedis,
        /// The bundled ClickHouse. Default: `official`.
        optional clickhouse: ClusterClickhouse,
        /// Backups of every bundled store to a bucket, by jobs in the cluster.
        optional backup: ClusterBackup,
        /// Class of every volume that names none. Default: the cluster's own.
        optional storage_class: ObjectName,
        /// Sizes and classes of single volumes.
        optional volumes: ClusterVolumes,
        /// Memory and processor time of single parts.
        optional resources: ClusterResources,
        /// How many pods of the webapp. More than one need a shared volume that all nodes write. Default: 1.
        optional replicas: u32,
        /// Whether stores are closed to all but their users, the supervisor to all but runs, and pods of runs in a
        /// namespace of their own to everybody. Default: true.
        optional network_policies: bool,
        /// Whether Prometheus is told of what can be scraped, which takes its operator's kinds. Default: false.
        optional monitoring: bool,
    }
}

choice! {
    /// What the namespace lets pods do.
    PodSecurity {
        words {
            /// Everything.
            Privileged = "privileged",
            /// What is not known to lead out of a container. The pods of the site and of its runs pass it.
            Baseline = "baseline",
        }
    }
}

section! {
    /// The pods of runs.
    Runs {
        /// Their namespace, which the tree makes, apart from secrets and stores. From release 4.4.6. When it changes, pods that
        /// are there stay, and nobody but you removes them. Default: that of the site.
        optional namespace: Namespace,
    }
}

section! {
    /// Where the tree stands in the repository that Flux reads.
    Gitops {
        /// The folder into which `kubernetes/flux` of the output is copied.
        required path: GitopsPath,
        /// Name of the GitRepository of Flux that holds it. Default: `flux-system`.
        optional repository: ObjectName,
        /// Namespace of the Kustomizations and of that repository. Default: `flux-system`.
        optional flux_namespace: Namespace,
        /// Oldest minor version of Flux that the tree is for. Default: "2.8".
        optional flux: FluxFloor,
        /// Kustomizations of yours that have to be ready first, in the same namespace.
        optional depends_on: Vec<ObjectName>,
        /// Whether a Kustomization above patches decryption and substitution into all others: they are left out then.
        /// Default: false.
        optional inherits_decryption: bool,
    }
}

choice! {
    /// A minor version of Flux.
    FluxFloor {
        words {
            /// The first in which all kinds have their present versions.
            Flux26 = "2.6",
            /// Watches Secrets that are substituted from.
            Flux27 = "2.7",
            /// With Helm 4.
            Flux28 = "2.8",
            /// A missing variable is an error.
            Flux29 = "2.9",
        }
    }
}

choice! {
    /// How secrets reach the cluster.
    ClusterSecrets {
        keys {
            /// Flux fills them in from a Secret of the cluster: the tree holds variables alone.
            Substitute = "substitute": Substitute,
            /// The tree holds them, encrypted for age keys: Flux decrypts them with one.
            Sops = "sops": SopsSecrets,
            /// The External Secrets operator fetches them: the tree holds none.
            ExternalSecrets = "external_secrets": ExternalSecrets,
        }
    }
}

section! {
    /// Secrets as variables that Flux fills in.
    Substitute {
        /// The Secret with the variables, in the namespace of Flux. Default: `cluster-secrets`.
        optional from: ObjectName,
        /// How the names of the variables begin. Default: `SECRET_TRIGGER_`.
        optional prefix: VariablePrefix,
    }
}

section! {
    /// Secrets in the tree, encrypted in the format of SOPS.
    SopsSecrets {
        /// The public halves of the age keys that can decrypt them: that of Flux, and one that is kept elsewhere.
        required age: Vec<AgeRecipient>,
        /// Secret with the private half of Flux, below a key that ends with `.agekey`, in the namespace of Flux. Default: `sops-age`.
        optional decryption: ObjectName,
    }
}

section! {
    /// Secrets that the External Secrets operator fetches.
    ExternalSecrets {
        /// The store to ask.
        required store: ObjectName,
        /// Whether that is a SecretStore of the namespace or a ClusterSecretStore. Default: cluster.
        optional scope: StoreScope,
        /// The entry whose properties are the secrets. Default: the site's name.
        optional entry: ObjectName,
        /// How often it is asked. Default: 1h.
        optional refresh: Duration,
    }
}

choice! {
    /// Where a store of secrets is declared.
    StoreScope {
        words {
            /// For the whole cluster.
            Cluster = "cluster",
            /// In the namespace of the site, and in that of its runs where a Secret goes there.
            Namespace = "namespace",
        }
    }
}

section! {
    /// PostgreSQL under CloudNativePG.
    ClusterPostgres {
        /// How many instances. With more than one, a failover loses the place of the run list in the log. Default: 1.
        optional instances: u32,
        /// An operand image of CloudNativePG of another version. Default: pinned.
        optional image: ImageRef,
        /// Most connections. Default: 300.
        optional max_connections: u32,
        /// Backups of the base and of the log by the Barman plugin. Default: below `kubernetes.backup`, where that is given.
        optional backup: PostgresBackup,
        /// Namespace of the operator, which has to reach the instances. Default: `cnpg-system`.
        optional operator_namespace: Namespace,
        /// PgBouncer between the webapp and PostgreSQL, from release 4.5.4. Migrations and replication cannot pass it and go
        /// around it, so it helps only where many pods of the webapp open more connections than PostgreSQL takes. Default: none.
        optional pooler: PostgresPooler,
    }
}

section! {
    /// PgBouncer, which CloudNativePG runs, with a connection of PostgreSQL for each transaction.
    PostgresPooler {
        /// How many pods. Default: 1.
        optional instances: u32,
    }
}

section! {
    /// Backups of PostgreSQL to a bucket, by the Barman plugin of CloudNativePG.
    PostgresBackup {
        /// Bucket and folder.
        required destination: BucketFolder,
        /// The service, unless it is Amazon's.
        optional endpoint: Origin,
        /// The access key.
        required access_key_id: AccessKeyId,
        /// Its secret.
        required secret_access_key: SecretRef,
        /// When a base backup is made. Default: `30 2 * * *`.
        optional schedule: Schedule,
        /// How long backups are kept, in whole days. Default: 30d.
        optional keep: Duration,
    }
}

section! {
    /// Backups of the bundled stores to a bucket: Redis, ClickHouse with the table of its migrations, and the object store by a
    /// job each; PostgreSQL by the Barman plugin, unless `kubernetes.postgres.backup` names a place of its own.
    ClusterBackup {
        /// Bucket and folder. Each store has a folder of its own in it.
        required destination: BucketFolder,
        /// The service, unless it is Amazon's.
        optional endpoint: Origin,
        /// The access key. It has to read, write, list and delete there.
        required access_key_id: AccessKeyId,
        /// Its secret.
        required secret_access_key: SecretRef,
        /// When the jobs start, in the site's `timezone`. The Barman plugin reads it in the time of its operator. Default:
        /// `30 2 * * *`.
        optional schedule: Schedule,
        /// How long backups are kept, in whole days. What is in the copy of the object store is never removed. Default: 30d.
        optional keep: Duration,
        /// An image with MinIO's client `mc` and a shell. Default: pinned.
        optional client: ImageRef,
    }
}

choice! {
    /// The bundled Redis.
    ClusterRedis {
        words {
            /// Bitnami's chart with images of its frozen archive.
            Bitnami = "bitnami",
        }
        keys {
            /// An image that speaks the protocol of Redis 7, through the app-template chart.
            Image = "image": RedisImage,
        }
    }
}

section! {
    /// Redis or Valkey by image.
    RedisImage {
        /// Redis 7, or Valkey 8. Default: pinned Redis.
        optional reference: ImageRef,
    }
}

choice! {
    /// The bundled ClickHouse.
    ClusterClickhouse {
        words {
            /// The official image through the app-template chart, apart from the chart of Trigger.dev.
            Official = "official",
            /// The StatefulSet of the chart of Trigger.dev, from chart 4.5.10.
            Chart = "chart",
        }
    }
}

section! {
    /// Sizes and classes of volumes.
    ClusterVolumes {
        /// PostgreSQL. Default: 20GiB.
        optional postgres: ClusterVolume,
        /// Redis. Default: 5GiB.
        optional redis: ClusterVolume,
        /// ClickHouse. Default: 20GiB.
        optional clickhouse: ClusterVolume,
        /// The object store. Default: 20GiB.
        optional object_store: ClusterVolume,
        /// The bundled s2. Default: 5GiB.
        optional s2: ClusterVolume,
        /// What the webapp hands the worker token over with.
        optional shared: SharedVolume,
    }
}

section! {
    /// One volume.
    ClusterVolume {
        /// Its size.
        optional size: ByteSize,
        /// Its class. Default: `kubernetes.storage_class`.
        optional class: ObjectName,
    }
}

section! {
    /// The volume of a few bytes that all pods of the webapp mount.
    SharedVolume {
        /// Its class. Default: `kubernetes.storage_class`.
        optional class: ObjectName,
        /// Whether pods on several nodes may mount it. Default: one_node.
        optional access: VolumeAccess,
    }
}

choice! {
    /// Who may mount a volume.
    VolumeAccess {
        words {
            /// Pods of one node: ReadWriteOnce.
            OneNode = "one_node",
            /// Pods of all nodes: ReadWriteMany.
            ManyNodes = "many_nodes",
        }
    }
}

section! {
    /// Memory and processor time of single parts.
    ClusterResources {
        /// The webapp; at least 1280MiB. Node's heap is four fifths of it. Default: 2GiB.
        optional webapp: Resource,
        /// The supervisor. Default: 256MiB.
        optional supervisor: Resource,
        /// PostgreSQL. Default: 1GiB.
        optional postgres: Resource,
        /// Each pod of the pooler. Default: 128MiB.
        optional pooler: Resource,
        /// Redis. Default: 512MiB.
        optional redis: Resource,
        /// ClickHouse. Its server limit is four fifths of it. Default: 4GiB.
        optional clickhouse: Resource,
        /// The object store. Default: 256MiB.
        optional object_store: Resource,
    }
}

section! {
    /// What a part may take.
    Resource {
        /// Its memory: asked for, and not exceeded.
        optional memory: ByteSize,
        /// Processor time that it asks for; it may take more.
        optional cpu: CpuAmount,
    }
}

choice! {
    /// How the world reaches the webapp.
    Ingress {
        keys {
            /// An Ingress of Traefik.
            Traefik = "traefik": Traefik,
            /// A route of a Gateway.
            Gateway = "gateway": Gateway,
        }
    }
}

section! {
    /// An Ingress of Traefik.
    Traefik {
        /// The class. Default: `traefik`.
        optional class: ObjectName,
        /// The entry point. Default: `websecure`.
        optional entry_point: ObjectName,
        /// Where the certificate comes from.
        required tls: IngressTls,
        /// Middlewares that every request passes.
        optional middlewares: Vec<Middleware>,
    }
}

choice! {
    /// Where the certificate comes from.
    IngressTls {
        words {
            /// Traefik's own default certificate is right for the host.
            Default = "default",
        }
        keys {
            /// A Secret that the namespace has already, such as a wildcard certificate.
            Secret = "secret": TlsSecretName,
            /// cert-manager makes one, by this ClusterIssuer.
            CertManager = "cert_manager": ObjectName,
        }
    }
}

section! {
    /// A route of a Gateway, which ends TLS.
    Gateway {
        /// The Gateway.
        required name: ObjectName,
        /// Its namespace.
        required namespace: Namespace,
        /// The listener of it that answers HTTPS. Default: every listener for the host.
        optional listener: ObjectName,
    }
}
