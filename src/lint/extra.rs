//! Variables that the author adds, as far as their values stand in the site file.

use crate::diag::{Place, Route};
use crate::release::Reader;
use crate::site::{ExtraValue, Site};

/// A variable with its value. One that is kept in the store is not looked at.
pub(super) struct Written<'a> {
    /// The value.
    pub(super) value: &'a str,
    /// Where it stands.
    pub(super) at: Place,
}

impl Written<'_> {
    /// Whether it says yes.
    pub(super) fn is_on(&self) -> bool {
        matches!(self.value, "1" | "true")
    }
}

/// The value that the author gives to a variable of the webapp or the supervisor.
pub(super) fn written<'a>(site: &'a Site, reader: Reader, name: &str) -> Option<Written<'a>> {
    let variables = match reader {
        Reader::Supervisor => &site.extra.supervisor,
        _ => &site.extra.webapp,
    };
    let (_, value) = variables.iter().find(|(it, _)| it.as_str() == name)?;
    let ExtraValue::Plain(value) = value else { return None };
    let at = Place::Value(Route::from("env").key(reader.name()).key(name));
    Some(Written { value, at })
}
