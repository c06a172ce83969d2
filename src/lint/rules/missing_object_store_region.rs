//! An object store that signs for a region, without the region.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{ObjectStore, Site};

lint!(MISSING_OBJECT_STORE_REGION, "missing-object-store-region", Warning since "0.1.0", missing_object_store_region);

/// Domains whose stores want a region, each with one that could be meant.
const WANT_A_REGION: &[(&str, &str)] =
    &[(".amazonaws.com", "eu-central-1"), (".cloudflarestorage.com", "auto")];

fn missing_object_store_region(site: &Site, report: &mut Report) {
    let ObjectStore::External(store) = &site.storage.object_store else { return };
    let host = store.endpoint.host().to_lowercase();
    let wanted = WANT_A_REGION.iter().find(|(domain, _)| host.ends_with(domain));
    if let Some((_, region)) = wanted.filter(|_| store.region.is_none()) {
        report.found(
            Place::Value("storage.object_store.external.endpoint".into()),
            format!("`{host}` signs requests for a region, and none is named"),
            format!("add the region of the bucket, for example `region: {region}`"),
        );
    }
}
