//! Whether a text says a value, found while it is read: no second value is made.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Reads what must be this value, its mappings in this order. Ends with an error at the first difference.
pub(super) struct Same<'v>(pub(super) &'v Value);

impl Same<'_> {
    fn held<E: Error>(is_so: bool) -> Result<(), E> {
        if is_so { Ok(()) } else { Err(E::custom("another value")) }
    }
}

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Same<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was meant")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Self::held(self.0.is_null())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Self::held(self.0.is_null())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, read: bool) -> Result<(), E> {
        Self::held(self.0.as_bool() == Some(read))
    }

    fn visit_i64<E: Error>(self, read: i64) -> Result<(), E> {
        Self::held(self.0.as_i64() == Some(read))
    }

    fn visit_u64<E: Error>(self, read: u64) -> Result<(), E> {
        Self::held(self.0.as_u64() == Some(read))
    }

    fn visit_f64<E: Error>(self, read: f64) -> Result<(), E> {
        Self::held(self.0.is_f64() && self.0.as_f64() == Some(read))
    }

    fn visit_str<E: Error>(self, read: &str) -> Result<(), E> {
        Self::held(self.0.as_str() == Some(read))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        for item in self.0.as_array().ok_or_else(|| A::Error::custom("a list"))? {
            Self::held(access.next_element_seed(Same(item))?.is_some())?;
        }
        Self::held(access.next_element::<IgnoredAny>()?.is_none())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        for (key, value) in self.0.as_object().ok_or_else(|| A::Error::custom("a mapping"))? {
            Self::held(access.next_key_seed(Word(key))?.is_some())?;
            access.next_value_seed(Same(value))?;
        }
        Self::held(access.next_key::<IgnoredAny>()?.is_none())
    }
}

/// The key of a mapping, which is a text even where it looks like something else.
struct Word<'v>(&'v str);

impl<'de> DeserializeSeed<'de> for Word<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Word<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key that was meant")
    }

    fn visit_str<E: Error>(self, read: &str) -> Result<(), E> {
        Same::held(self.0 == read)
    }
}
