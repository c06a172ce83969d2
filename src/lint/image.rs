//! The images that a site runs, and what their tags say.

use crate::diag::Place;
use crate::release::{ServerVersion, images};
use crate::site::{Clickhouse, Kubernetes, Realtime, RedisInCluster, Site};
use crate::value::ImageRef;
use std::sync::OnceLock;

/// An image that the site runs.
pub(super) struct Used<'a> {
    /// The service, as `docker.images` calls it, or `electric`.
    pub(super) service: &'static str,
    /// The reference.
    pub(super) image: &'a ImageRef,
    /// The key that decides it.
    pub(super) at: Place,
    /// The image that the stack is written for; `None` where the author brings the only one.
    pub(super) known: Option<&'static str>,
}

/// Every image that the site runs or would run, but for the release's own two where the author names no others.
pub(super) fn used(site: &Site) -> Vec<Used<'_>> {
    // An image chosen for a container that the site does not have was refused before.
    let chosen = site.docker.iter().flat_map(|it| it.images.all());
    let mut used: Vec<Used<'_>> = chosen.filter_map(|(key, image)| one(site, key, image)).collect();
    used.extend(site.kubernetes.iter().flat_map(|it| in_cluster(site, it)));
    if let Realtime::Electric { image } = &site.storage.realtime {
        let at = Place::Value("storage.realtime.electric.image".into());
        used.push(Used { service: "electric", image, at, known: None });
    }
    used
}

fn one<'a>(site: &Site, service: &'static str, image: &'a ImageRef) -> Option<Used<'a>> {
    let minio = image.as_str() == images::MINIO.reference;
    let at = match service {
        // Chosen together with the server, and reported with it.
        "object_store_client" if image.as_str() == images::MINIO_CLIENT.reference => return None,
        "object_store" if minio => "storage.object_store.bundled.kind".into(),
        _ => format!("docker.images.{service}"),
    };
    let at = Place::Value(at.as_str().into());
    Some(Used { service, image, at, known: known(site, service) })
}

/// The images that the author chooses for the cluster; what is pinned for it is named with the key that does so.
fn in_cluster<'a>(site: &'a Site, it: &'a Kubernetes) -> Vec<Used<'a>> {
    let mut used = Vec::new();
    let mut add = |service, image, at: &str, known| {
        used.push(Used { service, image, at: Place::Value(at.into()), known });
    };
    if let Some(postgres) = &it.postgres {
        let known = images::CNPG_POSTGRES.name();
        add("cnpg_postgres", &postgres.image, "kubernetes.postgres.image", Some(known));
    }
    if let Some(RedisInCluster::Image(image)) = &it.redis {
        add("redis", image, "kubernetes.redis.image.reference", Some(images::REDIS.name()));
    }
    if let Some(RedisInCluster::Bitnami) = &it.redis {
        add("redis", bitnami_redis(), "kubernetes.redis", None);
    }
    if it.has_jobs() {
        let client = it.backup.iter().map(|it| &it.client);
        let known = Some(images::MINIO_CLIENT.name());
        client.for_each(|it| add("object_store_client", it, "kubernetes.backup.client", known));
    }
    // Beside `docker` it is the same image, and was said there.
    if let Some(image) = it.object_store.as_ref().filter(|_| site.docker.is_none()) {
        let known = known(site, "object_store");
        add("object_store", image, "storage.object_store.bundled.kind", known);
    }
    used
}

/// The image that Bitnami's chart is given.
fn bitnami_redis() -> &'static ImageRef {
    static IMAGE: OnceLock<ImageRef> = OnceLock::new();
    let (name, tag) = crate::release::chart::BITNAMI_REDIS_IMAGE;
    IMAGE.get_or_init(|| ImageRef::known(&format!("{name}:{tag}")))
}

fn known(site: &Site, service: &str) -> Option<&'static str> {
    Some(match service {
        "webapp" => site.release.webapp,
        "supervisor" => site.release.supervisor,
        "object_store" if site.has_minio() => images::MINIO.name(),
        _ => images::IMAGES.iter().find(|it| it.service == service)?.name(),
    })
}

/// The last part of an image's name, which a copy in another registry shares.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The numbers that a tag begins with: 17 and 11 for `17.11-trixie`, 4, 5 and 12 for `v4.5.12`.
pub(super) fn numbers(image: &ImageRef) -> Vec<u32> {
    let tag = image.tag().unwrap_or_default();
    let numbered = tag.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    let mut numbers = Vec::new();
    for part in numbered.split(['.', '-', '_']) {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let Ok(number) = part[..end].parse() else { break };
        numbers.push(number);
        if end < part.len() {
            break;
        }
    }
    numbers
}

/// The version of the site's `ClickHouse`, where it is said, and the key that says it.
pub(super) fn clickhouse(site: &Site) -> Option<(ServerVersion, Place)> {
    if let Clickhouse::External(it) = &site.storage.clickhouse {
        let (major, minor) = it.version.major_minor();
        let at = Place::Value("storage.clickhouse.external.version".into());
        return Some((ServerVersion(major, minor), at));
    }
    let docker = site.docker.as_ref()?;
    let [major, minor, ..] = *numbers(&docker.images.clickhouse) else { return None };
    let version = ServerVersion(u16::try_from(major).ok()?, u16::try_from(minor).ok()?);
    Some((version, Place::Value("docker.images.clickhouse".into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_begins_with_numbers() {
        for (tag, found) in [
            ("v4.5.12", &[4, 5, 12][..]),
            ("17.11-trixie", &[17, 11]),
            ("17-alpine3.20", &[17]),
            ("RELEASE.2025-09-07T16-13-09Z", &[2025, 9, 7]),
            ("v4-beta", &[4]),
            ("latest", &[]),
            ("99999999999", &[]),
        ] {
            assert_eq!(numbers(&ImageRef::known(&format!("a/b:{tag}"))), found, "{tag}");
        }
    }
}
