//! What can be said on the command line.

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Compiles one site.yaml into everything needed to self-host Trigger.dev v4.
///
/// It works offline: no network, no clock. The same site file and secret store give the same bytes.
#[derive(Debug, Parser)]
#[command(
    name = "trigger-gen",
    version,
    max_term_width = 100,
    propagate_version = true,
    subcommand_required = true
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
    /// Whether to use colour; `auto` asks the terminal, NO_COLOR, CLICOLOR_FORCE and TERM
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// The command, for reference pages and tests.
pub fn command() -> clap::Command {
    Arguments::command()
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Write a commented site.yaml that compiles as it is
    Init(Init),
    /// Compile sites, and write what they compile to
    Build(Build),
    /// Say what is wrong with a site, and write nothing
    Check(Check),
    /// Show what a build would change, line by line
    Diff(Diff),
    /// Prove that the files of an output folder fit each other and their release
    Verify(Verify),
    /// List artifacts, lints, proofs, releases or variables
    List(List),
    /// Explain a lint, a proof, a key of site.yaml, a variable or an artifact
    Explain(Explain),
    /// Print the JSON Schema of site.yaml
    Schema,
    /// List, make, set, import and rotate the secrets of a site
    Secrets(Secrets),
    /// Print a script that completes commands and flags in a shell
    Completions(Completions),
    /// Print a manual page: of the program, or of one command
    Man(Man),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Drawn for a person
    Human,
    /// One JSON document on standard output, as schema/diagnostics.schema.json has it
    Json,
    /// One SARIF 2.1.0 log on standard output, for code scanning and editors
    Sarif,
    /// Workflow commands on standard output, which GitHub shows beside the changed lines
    Github,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Folder to write into
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(super) folder: PathBuf,
    /// Name of the site
    #[arg(long, default_value = "my-site")]
    pub(super) name: String,
    /// Public host name of dashboard and API
    #[arg(long, default_value = "trigger.example.com")]
    pub(super) domain: String,
    /// Address of the first administrator
    #[arg(long, default_value = "you@example.com")]
    pub(super) admin: String,
}

#[derive(Debug, Args)]
pub(super) struct Build {
    /// Site files; `-` is standard input
    #[arg(required = true, value_name = "SITE")]
    pub(super) sites: Vec<PathBuf>,
    /// Folder in which each site has a folder of its name
    #[arg(short, long, default_value = "out", value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// Compare with what is there and write nothing; works without the secret store
    #[arg(long, conflicts_with_all = ["force", "new_site"])]
    pub(super) check: bool,
    /// Fail instead of making a secret
    #[arg(long)]
    pub(super) locked: bool,
    /// Overwrite files that were edited by hand
    #[arg(long)]
    pub(super) force: bool,
    /// Begin anew although the secret store does not fit the output. The old output is kept as
    /// `<name>.before-new-site`, of which one may stand
    #[arg(long)]
    pub(super) new_site: bool,
    /// Fail on warnings
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// Say nothing but what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// How to say what is found
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Site files; `-` is standard input
    #[arg(required = true, value_name = "SITE")]
    pub(super) sites: Vec<PathBuf>,
    /// Fail on warnings
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// Say nothing but what is wrong
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// How to say what is found
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// A site file; `-` is standard input
    #[arg(value_name = "SITE")]
    pub(super) site: PathBuf,
    /// Folder in which the site has a folder of its name
    #[arg(short, long, default_value = "out", value_name = "FOLDER")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The output folder of one site, or any folder with compose files and a `.env`
    #[arg(value_name = "FOLDER")]
    pub(super) folder: PathBuf,
    /// The secret store of the site: its secret files are compared with the manifest as well
    #[arg(long, value_name = "STORE")]
    pub(super) store: Option<PathBuf>,
    /// How to say what is found
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// What to list
    #[arg(value_enum)]
    pub(super) what: What,
    /// Whose variables: webapp, supervisor, postgres, … Default: webapp
    #[arg(value_name = "READER")]
    pub(super) reader: Option<String>,
    /// Variables that this release reads. Default: the newest whose code was read
    #[arg(long, value_name = "RELEASE")]
    pub(super) release: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    Artifacts,
    Lints,
    Proofs,
    Releases,
    Variables,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A name: `floating-image`, `docker.host.memory`, `ENCRYPTION_KEY`, `dotenv`; with --site also a line of
    /// the output: `docker/.env:12`
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// A site file; `-` is standard input. Says what follows from a key there, and from which keys a line
    #[arg(long, value_name = "SITE")]
    pub(super) site: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Secrets {
    #[command(subcommand)]
    pub(super) verb: SecretsVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum SecretsVerb {
    /// Name the secrets that a site needs, and whether the store has them; never their values
    List(SecretsSite),
    /// Make the secrets that are missing, as `build` does, and write nothing else
    Generate(SecretsGenerate),
    /// Put a secret into the store, read from standard input
    Set(SecretsSet),
    /// Make new values for secrets that trigger-gen made, and say what each means for the server
    Rotate(SecretsRotate),
    /// Take the secrets of a running installation from its .env into the store
    Import(SecretsImport),
}

#[derive(Debug, Args)]
pub(super) struct SecretsSite {
    /// A site file
    #[arg(default_value = "site.yaml", value_name = "SITE")]
    pub(super) site: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SecretsSet {
    /// The secret's name
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// A site file
    #[arg(default_value = "site.yaml", value_name = "SITE")]
    pub(super) site: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct SecretsGenerate {
    /// A site file
    #[arg(default_value = "site.yaml", value_name = "SITE")]
    pub(super) site: PathBuf,
    /// Folder in which the site has a folder of its name: what that was built with is not made again
    #[arg(short, long, default_value = "out", value_name = "FOLDER")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
#[command(override_usage = "trigger-gen secrets rotate [OPTIONS] <NAME>... [SITE]")]
pub(super) struct SecretsRotate {
    /// The names of the secrets. Behind them may stand a site file: the last argument is one if it ends in
    /// `.yaml` or `.yml`, is `-` or names a file. Default: site.yaml
    #[arg(required = true, value_name = "NAME")]
    pub(super) words: Vec<OsString>,
    /// Folder in which the site has a folder of its name, for the steps
    #[arg(short, long, default_value = "out", value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// Say what it would lead to, and write nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct SecretsImport {
    /// The `.env` of the installation; `-` is standard input
    #[arg(value_name = "ENV")]
    pub(super) env: PathBuf,
    /// A site file
    #[arg(default_value = "site.yaml", value_name = "SITE")]
    pub(super) site: PathBuf,
    /// Folder in which the site has a folder of its name: an output without store is taken over
    #[arg(short, long, default_value = "out", value_name = "FOLDER")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// A command: `build`, `secrets import`. Default: the program
    #[arg(value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}
