//! What must be true of the arguments and cannot be declared beside them.

use super::args::{Arguments, SecretsRotate, SecretsVerb, Verb, command};
use super::site::is_stdin;
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Reads the arguments, or says how the program is used.
pub(super) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, clap::Error> {
    let arguments = Arguments::try_parse_from(arguments)?;
    match fault(&arguments.verb) {
        None => Ok(arguments),
        Some((verb, kind, why)) => {
            let mut command = command();
            command.build();
            let named = verb.iter().fold(&mut command, |command, name| {
                command.find_subcommand_mut(name).expect("the name of a command")
            });
            Err(named.error(kind, why))
        }
    }
}

type Fault = (&'static [&'static str], ErrorKind, &'static str);

fn fault(verb: &Verb) -> Option<Fault> {
    let twice = (ErrorKind::ArgumentConflict, "standard input can be read only once");
    let (name, (kind, why)): (&[&str], _) = match verb {
        Verb::Build(it) if count_stdin(&it.sites) > 1 => (&["build"], twice),
        Verb::Check(it) if count_stdin(&it.sites) > 1 => (&["check"], twice),
        Verb::Secrets(it) => match &it.verb {
            // The secret itself comes from there.
            SecretsVerb::Set(it) if is_stdin(&it.site) => (&["secrets", "set"], twice),
            SecretsVerb::Import(it) if is_stdin(&it.env) && is_stdin(&it.site) => {
                (&["secrets", "import"], twice)
            }
            SecretsVerb::Rotate(it) if it.names().is_empty() => (
                &["secrets", "rotate"],
                (ErrorKind::MissingRequiredArgument, "which secrets? Name at least one"),
            ),
            _ => return None,
        },
        _ => return None,
    };
    Some((name, kind, why))
}

fn count_stdin(paths: &[PathBuf]) -> usize {
    paths.iter().filter(|it| is_stdin(it)).count()
}

impl SecretsRotate {
    /// The names of the secrets.
    pub(super) fn names(&self) -> Vec<String> {
        let (names, _) = self.parts();
        names.iter().map(|it| it.to_string_lossy().into_owned()).collect()
    }

    /// The site file.
    pub(super) fn site(&self) -> &Path {
        self.parts().1
    }

    fn parts(&self) -> (&[OsString], &Path) {
        match self.words.split_last() {
            Some((last, names)) if is_site(Path::new(last)) => (names, Path::new(last)),
            _ => (&self.words, Path::new("site.yaml")),
        }
    }
}

fn is_site(path: &Path) -> bool {
    is_stdin(path)
        || path.extension().is_some_and(|it| it == "yaml" || it == "yml")
        || path.is_file()
}
