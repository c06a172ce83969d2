//! A heap size that the webapp does not take.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(NODE_OPTIONS_HEAP, "node-options-heap", Warning since "0.1.0", node_options_heap);

fn node_options_heap(site: &Site, report: &mut Report) {
    let Some(options) = extra::written(site, Reader::Webapp, env::NODE_OPTIONS) else { return };
    if options.value.replace('_', "-").contains("--max-old-space-size") {
        report.found(
            options.at,
            "the heap of the webapp is not set here: its entrypoint gives Node a size of its own",
            "write `docker.limits.webapp`; the heap is four fifths of it",
        );
    }
}
