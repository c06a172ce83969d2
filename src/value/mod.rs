//! The narrow types of the spec: each accepts what can be meant and refuses the rest with a reason.
//!
//! Invariant: a value of these types is valid. There is no way to make one but through [`Scalar`].

mod backup;
mod cluster;
mod deploy;
mod email;
mod image;
mod name;
mod net;
mod range;
mod size;
mod tailnet;
mod text;

pub use backup::{AccessKeyId, AgeRecipient, RcloneRemote, ResticRepository, Schedule};
pub use cluster::{
    BucketFolder, CpuAmount, GitopsPath, Middleware, Namespace, ObjectName, TlsSecretName,
    VariablePrefix,
};
pub use deploy::{Branch, ProjectRef, RepoFolder};
pub(crate) use email::anchored;
pub use email::{ContactEmail, EmailAddress, EmailPattern, Mailbox};
pub use image::ImageRef;
pub use name::{BucketName, EnvName, Label, LintName, Region, RegistryNamespace, SecretName};
pub use net::{Domain, Host, Origin, Port, RegistryHost, SiteDomain};
pub use range::AddressRange;
pub use size::{ByteSize, Duration, MIB};
pub use tailnet::{TailnetIpv4, TailnetIpv6};
pub use text::{FilePath, InstallRoot, ReleaseTag, ServerTag, StorePath, Text, TimeZone};

/// Why a text is not a value of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, in the author's words.
    pub why: String,
    /// What was probably meant.
    pub instead: Option<String>,
}

impl Refusal {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), instead: None }
    }

    pub(crate) fn instead(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }
}

/// A value written as text.
pub trait Scalar: Sized {
    /// What is expected, with article: `a host name`.
    const WHAT: &'static str;
    /// A value that can be pasted.
    const EXAMPLE: &'static str;
    /// The form that the schema tells editors, as a regular expression.
    const PATTERN: &'static str;

    /// Accepts the text or says why not.
    fn from_text(text: &str) -> Result<Self, Refusal>;
}

/// Declares a type that holds a checked text, with its schema.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident is $what:literal like $example:literal matching $pattern:literal by $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The value as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl $crate::value::Scalar for $name {
            const WHAT: &'static str = $what;
            const EXAMPLE: &'static str = $example;
            const PATTERN: &'static str = $pattern;

            fn from_text(text: &str) -> Result<Self, $crate::value::Refusal> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        $crate::value::text_schema!($name, $what);
    };
}

/// Gives a [`Scalar`] its JSON Schema.
macro_rules! text_schema {
    ($name:ident, $what:literal) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use $crate::value::Scalar;
                schemars::json_schema!({
                    "type": "string",
                    "description": concat!("Write ", $what, "."),
                    "pattern": Self::PATTERN,
                    "examples": [Self::EXAMPLE],
                })
            }
        }
    };
}

pub(crate) use {checked_text, text_schema};

/// The first character that no free text may hold, named so that it can be found in an editor.
pub(crate) fn forbidden_character(text: &str) -> Option<String> {
    let found = text.char_indices().find(|(_, c)| c.is_control() || is_invisible_direction(*c))?;
    let column = text[..found.0].chars().count() + 1;
    Some(format!(
        "character {column} is U+{:04X}, which cannot be seen and is not allowed",
        u32::from(found.1)
    ))
}

/// The marks that make text read in another order than it is stored, and the byte order mark.
fn is_invisible_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example_holds<T: Scalar>() {
        assert!(T::from_text(T::EXAMPLE).is_ok(), "{}", T::EXAMPLE);
    }

    #[test]
    fn every_example_is_a_value_of_its_type() {
        example_holds::<Branch>();
        example_holds::<AddressRange>();
        example_holds::<AccessKeyId>();
        example_holds::<AgeRecipient>();
        example_holds::<BucketFolder>();
        example_holds::<BucketName>();
        example_holds::<CpuAmount>();
        example_holds::<GitopsPath>();
        example_holds::<Middleware>();
        example_holds::<Namespace>();
        example_holds::<ObjectName>();
        example_holds::<SiteDomain>();
        example_holds::<TlsSecretName>();
        example_holds::<VariablePrefix>();
        example_holds::<ByteSize>();
        example_holds::<ContactEmail>();
        example_holds::<Domain>();
        example_holds::<Duration>();
        example_holds::<EmailAddress>();
        example_holds::<EmailPattern>();
        example_holds::<EnvName>();
        example_holds::<FilePath>();
        example_holds::<Host>();
        example_holds::<ImageRef>();
        example_holds::<InstallRoot>();
        example_holds::<Label>();
        example_holds::<LintName>();
        example_holds::<Mailbox>();
        example_holds::<Origin>();
        example_holds::<ProjectRef>();
        example_holds::<RcloneRemote>();
        example_holds::<Region>();
        example_holds::<RegistryHost>();
        example_holds::<RegistryNamespace>();
        example_holds::<ReleaseTag>();
        example_holds::<RepoFolder>();
        example_holds::<ResticRepository>();
        example_holds::<Schedule>();
        example_holds::<SecretName>();
        example_holds::<ServerTag>();
        example_holds::<StorePath>();
        example_holds::<TailnetIpv4>();
        example_holds::<TailnetIpv6>();
        example_holds::<Text>();
        example_holds::<TimeZone>();
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        for bad in ["a\0", "a\nb", "a\u{202e}b", "\u{feff}a", "a\u{85}b"] {
            assert!(forbidden_character(bad).is_some(), "{bad:?}");
        }
        assert_eq!(forbidden_character("ünï \"$\\#%' 日本"), None);
    }
}
