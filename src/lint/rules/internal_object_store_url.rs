//! An object store that applications outside cannot reach.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::upgrade::NOTES;
use crate::site::{BundledObjectStore, ObjectStore, Site};

lint!(INTERNAL_OBJECT_STORE_URL, "internal-object-store-url", Warning since "0.1.0" of release, internal_object_store_url);

fn internal_object_store_url(site: &Site, report: &mut Report) {
    let offload = NOTES.iter().find(|note| note.id == "sdk-payload-offload");
    if offload.is_none_or(|note| site.release.version < note.at) {
        return;
    }
    let (at, what, key) = match &site.storage.object_store {
        ObjectStore::Bundled(BundledObjectStore { public_host: None, .. }) => (
            Place::Key("storage.object_store.bundled.public_host".into()),
            "the object store has no public name".to_owned(),
            format!("public_host: s3.{}", site.domain),
        ),
        ObjectStore::Bundled(_)
            if site.tailnet().is_some() && !site.network.expose.object_store =>
        {
            (
                Place::Value("storage.object_store.bundled.public_host".into()),
                "the object store answers the tailnet alone".to_owned(),
                "network: { expose: { object_store: true } }".to_owned(),
            )
        }
        ObjectStore::External(it) if !it.endpoint.host().contains('.') => (
            Place::Value("storage.object_store.external.endpoint".into()),
            format!("`{}` is a name of one network", it.endpoint),
            format!("endpoint: https://s3.{}", site.domain),
        ),
        _ => return,
    };
    let message = format!("{what}: applications outside cannot send payloads of 128 KiB and more");
    report
        .found(at, message, format!("name the store as they reach it: `{key}`"))
        .notes
        .push("SDK 4.5.0 and newer upload such payloads to the store themselves".into());
}
