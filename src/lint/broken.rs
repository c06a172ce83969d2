//! The parts of a site that are placeholders, because what the author wrote there is an error.

use crate::diag::{Place, Route, Severity, Sink};

/// Where the errors stand that were found before any lint ran.
pub(super) struct Broken {
    routes: Vec<Route>,
    any: bool,
}

impl Broken {
    pub(super) fn of(sink: &Sink) -> Self {
        let errors = || sink.diagnostics.iter().filter(|it| it.severity == Severity::Error);
        Self {
            routes: errors().filter_map(|it| route(&it.at)).cloned().collect(),
            any: errors().next().is_some(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }

    /// Whether an error stands at the place, above it or below it.
    pub(super) fn covers(&self, place: &Place) -> bool {
        route(place).is_some_and(|at| self.touches(at))
    }

    /// Whether the release is a placeholder.
    pub(super) fn hides_release(&self) -> bool {
        self.touches(&Route::from("release"))
    }

    fn touches(&self, at: &Route) -> bool {
        self.routes.iter().any(|it| it.0.starts_with(&at.0) || at.0.starts_with(&it.0))
    }
}

fn route(place: &Place) -> Option<&Route> {
    match place {
        Place::Key(route) | Place::Value(route) => Some(route),
        Place::Span(_) | Place::Elsewhere(_) => None,
    }
}
