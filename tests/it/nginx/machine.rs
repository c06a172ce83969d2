//! A machine of a test's own: namespaces for network, mounts and processes, with the addresses that a site names, and
//! a root folder in which `/etc`, `/opt`, `/run`, `/srv` and `/var` are its own. So what is emitted runs as it stands,
//! without one address or path rewritten. Whatever runs in the machine ends with it.

use crate::consumers::{run, scrubbed, tool};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::IpAddr;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// Folders that are the machine's own; every other one is the system's.
const OWN: &[&str] = &["etc", "opt", "run", "srv", "var"];

/// What nginx asks of the system: who the worker is.
const COPIED: &[&str] = &["passwd", "group", "nsswitch.conf"];

/// Ends with its input: when the test is gone, however, so is everything in the machine.
const BOOT: &str = r#"set -eu
root=$1 tools=$2
shift 2
ip link set lo up
for address; do
  case $address in
    *:*) ip address add "$address/128" dev lo nodad ;;
    *) ip address add "$address/32" dev lo ;;
  esac
done
for entry in /*; do
  if [ -e "$root$entry" ]; then
    continue
  elif [ -L "$entry" ]; then
    cp -P "$entry" "$root$entry"
  elif [ -d "$entry" ]; then
    mkdir "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done
if [ ! -e "$root$tools" ]; then
  mkdir -p "$root$tools"
  mount --rbind "$tools" "$root$tools"
fi
echo ready
exec cat
"#;

/// The machine, until it is dropped.
pub(super) struct Machine {
    holder: Child,
    root: TempDir,
}

impl Machine {
    /// A machine with these addresses; `None` where the system gives no namespaces, which is said by name.
    pub(super) fn boot(addresses: &[IpAddr]) -> Option<Self> {
        let unshare = tool("unshare")?;
        for program in ["chroot", "ip", "mount", "nsenter"] {
            tool(program)?;
        }
        let root = tempfile::tempdir().expect("a temporary folder");
        for folder in OWN {
            fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        for file in COPIED {
            let to = root.path().join("etc").join(file);
            fs::copy(Path::new("/etc").join(file), to).expect("a file of the system");
        }
        let tools = fs::canonicalize(crate::consumers::root().join(".tools")).expect("the tools");
        let mut command = scrubbed(&unshare);
        command.args(["--net", "--mount", "--pid", "--fork", "--kill-child"]);
        command.args(["sh", "-c", BOOT, "sh"]).arg(root.path()).arg(&tools);
        command.args(addresses.iter().map(ToString::to_string));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut holder = command.spawn().expect("unshare");
        let mut said = String::new();
        let output = holder.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut said).expect("text");
        if said == "ready\n" {
            return Some(Self { holder, root });
        }
        let output = holder.wait_with_output().expect("its end");
        let message = format!(
            "no network namespace is to be had here, which takes root: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
        writeln!(std::io::stderr(), "skipped: {message}").expect("stderr");
        None
    }

    /// Where a path of the machine stands outside it.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    /// Writes a file of the machine.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// A program of the machine.
    pub(super) fn command(&self, program: &Path) -> Command {
        let namespaces = format!("/proc/{}/ns", self.holder.id());
        let mut command = scrubbed(&tool("nsenter").expect("nsenter"));
        command.arg(format!("--net={namespaces}/net"));
        command.arg(format!("--mount={namespaces}/mnt"));
        command.arg(format!("--pid={namespaces}/pid_for_children"));
        // Not `--root` of nsenter, which looks the folder up before it enters the mounts.
        command.arg("chroot").arg(self.root.path()).arg(program);
        command
    }

    /// Runs a program of the machine to its end.
    pub(super) fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        run(self.command(program).args(arguments))
    }

    /// Does something with the network of the machine; threads and programs started by it have that too.
    pub(super) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let network = format!("/proc/{}/ns/net", self.holder.id());
        let network = fs::File::open(network).expect("the network");
        let enter = || {
            let kind = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(network.as_fd(), kind).expect("the machine's network");
            work()
        };
        match std::thread::scope(|scope| scope.spawn(enter).join()) {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        self.holder.wait().expect("the end of the machine");
    }
}
