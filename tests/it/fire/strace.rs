//! The real program under `strace`: which of its calls change files, and what becomes of it at one of them.

use super::scene::Hit;
use crate::consumers::tool;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Every system call that can change a file, its name or its facts. A name that this machine does not know is passed over.
const CHANGING: &[&str] = &[
    "chmod",
    "chown",
    "copy_file_range",
    "creat",
    "fallocate",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "fchown",
    "fchownat",
    "fdatasync",
    "fremovexattr",
    "fsetxattr",
    "fsync",
    "ftruncate",
    "futimesat",
    "lchown",
    "link",
    "linkat",
    "lremovexattr",
    "lsetxattr",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "open",
    "openat",
    "openat2",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "removexattr",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "sendfile",
    "setxattr",
    "symlink",
    "symlinkat",
    "sync_file_range",
    "truncate",
    "unlink",
    "unlinkat",
    "utime",
    "utimensat",
    "utimes",
    "write",
    "writev",
];

/// One call of a run, found again by counting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// Its name, as strace has it.
    pub(super) name: String,
    /// Which of the run's calls of that name it is, from 1.
    pub(super) nth: usize,
    /// What it is done to, without what differs from run to run.
    pub(super) what: String,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process dies on entering it: the call is not made.
    Kill,
    /// It is not made, and the program is told this.
    Refuse(&'static str),
    /// Neither it nor any later one of its name is made.
    RefuseFromHere(&'static str),
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// `None` for one that was killed.
    pub(super) code: Option<i32>,
    pub(super) err: String,
    /// The calls that the log names.
    pub(super) log: Vec<Call>,
}

/// The program, or `None`, said aloud, where it is missing; in CI that is a failure.
pub(super) fn strace() -> Option<PathBuf> {
    tool("strace")
}

/// Every call of a run that changes a file below `folder`, in order.
pub(super) fn calls(strace: &Path, folder: &Path, hit: &Hit) -> Vec<Call> {
    let names: Vec<String> = CHANGING.iter().map(|it| format!("?{it}")).collect();
    let ended = run(strace, folder, hit, &names.join(","), None);
    assert_eq!(ended.code, Some(0), "{}: {}", hit.arguments.join(" "), ended.err);
    ended.log.into_iter().filter(changes).collect()
}

/// A run that meets a fault at one call. The call is checked to be the one that was meant.
pub(super) fn meet(strace: &Path, folder: &Path, hit: &Hit, call: &Call, fault: Fault) -> Ended {
    let (what, when) = match fault {
        Fault::Kill => ("signal=KILL".to_owned(), call.nth.to_string()),
        Fault::Refuse(errno) => (format!("error={errno}"), call.nth.to_string()),
        Fault::RefuseFromHere(errno) => (format!("error={errno}"), format!("{}+", call.nth)),
    };
    let inject = format!("{}:{what}:when={when}", call.name);
    // A fault happens to a call that is traced.
    let always = hit.always.and_then(|it| it.split(':').next());
    let trace = [Some(call.name.as_str()), always].into_iter().flatten().collect::<Vec<_>>();
    let ended = run(strace, folder, hit, &trace.join(","), Some(&inject));
    let log: Vec<_> = ended.log.iter().filter(|it| it.name == call.name).collect();
    let met = log.get(call.nth - 1);
    assert_eq!(met.map(|it| &it.what), Some(&call.what), "the run took another way");
    if fault == Fault::Kill {
        assert_eq!(ended.code, None, "not killed at {call:?}: {}", ended.err);
        assert_eq!(log.len(), call.nth, "the call was made, and others after it");
    }
    ended
}

// Without `--seccomp-bpf`, under which strace 6.1 injects no signal and says nothing of it.
fn run(strace: &Path, folder: &Path, hit: &Hit, trace: &str, inject: Option<&str>) -> Ended {
    let log = folder.with_extension("strace");
    let mut command = Command::new(strace);
    command.args(["-f", "-y", "-qq", "-s", "0", "-e", &format!("trace={trace}"), "-o"]).arg(&log);
    command.args(["-e", "signal=none"]);
    // The call that always fails comes first: strace takes the last word on a name.
    for it in hit.always.iter().copied().chain(inject) {
        command.args(["-e", &format!("inject={it}")]);
    }
    command.arg(crate::cli::program()).args(hit.arguments);
    command.current_dir(folder).env_clear();
    command.stdin(hit.stdin(folder)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().expect("strace starts");
    let code = match output.status.signal() {
        Some(9) => None,
        signal => Some(output.status.code().unwrap_or_else(|| panic!("signal {signal:?}"))),
    };
    let text = fs::read_to_string(&log).expect("what strace saw");
    fs::remove_file(&log).expect("removed");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    Ended { code, err, log: read_log(&text, folder) }
}

fn read_log(text: &str, folder: &Path) -> Vec<Call> {
    let mut counts = BTreeMap::<String, usize>::new();
    let folder = fs::canonicalize(folder).expect("the folder").display().to_string();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let calls = lines.filter_map(|(_pid, line)| line.trim_start().split_once('('));
    calls
        .map(|(name, rest)| {
            let nth = counts.entry(name.to_owned()).or_default();
            *nth += 1;
            Call { name: name.to_owned(), nth: *nth, what: what(name, rest).replace(&folder, ".") }
        })
        .collect()
}

/// The arguments that name files and flags: not a content, a length, a time or a result.
fn what(name: &str, rest: &str) -> String {
    let cut = if name.contains("write") || name.starts_with("utim") { ',' } else { ')' };
    rest.split(cut).next().unwrap_or_default().to_owned()
}

/// Whether a call changes a file of the test: others write to a pipe, or open to read.
fn changes(call: &Call) -> bool {
    match call.name.as_str() {
        "open" | "openat" | "openat2" => {
            ["O_CREAT", "O_TRUNC", "O_WRONLY", "O_RDWR"].iter().any(|it| call.what.contains(it))
        }
        name if name.contains("write") => call.what.contains("<./"),
        _ => true,
    }
}
