//! A machine with the bundle of a site on it, and `trigger-ctl.sh` with the programs that would leave the namespaces
//! (systemd, packages, kernel settings) replaced by ones that write down how they are called.

use super::Bundle;
use super::machine::{Machine, fake, possible};
use crate::consumers::tool;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use trigger_gen::site::Os;

pub(super) struct Server {
    pub(super) machine: Machine,
    /// The install root, seen from outside.
    pub(super) root: PathBuf,
    /// The install root, seen from the server.
    at: String,
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) said: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), said: text(output.stderr) }
    }
}

/// `systemctl`: starting the firewall's unit does what the unit says; docker does not run.
const SYSTEMCTL: &str = r#"echo "systemctl $*" >>"${0%/*}/log"
unit=/etc/systemd/system/trigger-firewall.service
case "$*" in
  '-q is-active docker') exit 3 ;;
  'restart trigger-firewall.service') $(sed -n 's/^ExecStart=//p' "$unit") ;;
  '-q disable --now trigger-firewall.service') $(sed -n 's/^ExecStop=-//p' "$unit") ;;
esac"#;

impl Server {
    /// A server with a site's bundle; `None` where it cannot be made here.
    pub(super) fn with(site: &str) -> Option<Self> {
        possible(&["sshd", "fail2ban-client", "nginx-1.22"])
            .then(|| Self::on(Machine::start(), &Bundle::of(site)))
    }

    /// A machine with a bundle and the system that it is for, whose root may log in with a key.
    pub(super) fn on(machine: Machine, bundle: &Bundle) -> Self {
        let (root, at) = (machine.path("install root"), bundle.root.clone());
        bundle.write(&root);
        machine.must(&format!("mkdir -p '{at}'; mount --bind '{}' '{at}'", root.display()));
        let (release, nginx) = system(bundle.os);
        machine.must(&format!("rm -f /etc/os-release; printf '{release}' >/etc/os-release"));
        let bin = machine.path("bin");
        fake(&bin, "systemctl", SYSTEMCTL);
        for program in ["apt-get", "sysctl"] {
            fake(&bin, program, &format!(r#"echo "{program} $*" >>"${{0%/*}}/log""#));
        }
        fake(&bin, "dpkg-query", "echo installed");
        // Where the package's own files would be.
        let nginx = tool(nginx).expect("asked for before");
        fake(&bin, "nginx", &format!("exec '{}' \"$@\"", nginx.display()));
        machine.must(
            "mkdir -p /var/lib/nginx /var/log/nginx /etc/nginx/conf.d /etc/nginx/sites-enabled
             rm -f /etc/nginx/sites-enabled/*
             echo 'events {} http { include /etc/nginx/conf.d/*.conf; include /etc/nginx/sites-enabled/*; }' \
               >/etc/nginx/nginx.conf",
        );
        machine.must(
            "mkdir -m 700 /root/.ssh; echo 'ssh-ed25519 AAAA a key' >/root/.ssh/authorized_keys",
        );
        Self { machine, root, at }
    }

    /// The bundle of another site takes the place of the one that is there.
    pub(super) fn bring(&self, site: &str) {
        std::fs::remove_dir_all(self.root.join("host")).expect("the old files");
        Bundle::of(site).write(&self.root);
    }

    /// Throw-away certificates, where those of the site will be.
    pub(super) fn certify(&self) {
        self.machine.must(&format!(
            r#"cd /run; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 \
              -subj /CN=x -keyout certificate_key -out certificate 2>/dev/null
            cat '{}'/nginx/vhosts/*.conf | sed -nE 's/^ *ssl_(certificate|certificate_key) "(.*)";$/\1 \2/p' |
              while read -r kind path; do mkdir -p "${{path%/*}}"; cp "$kind" "$path"; done"#,
            self.at
        ));
    }

    /// A call of `trigger-ctl.sh`, on no connection of ssh.
    pub(super) fn call(&self, words: &str) -> Command {
        let script = format!("exec '{}'/trigger-ctl.sh {words}", self.at);
        let mut command = self.machine.command(&script);
        command.env("TRIGGER_CTL_PATH", self.machine.path("bin"));
        command
    }

    pub(super) fn trigger(&self, words: &str) -> Ended {
        self.call(words).output().expect("trigger-ctl.sh").into()
    }

    #[track_caller]
    pub(super) fn install(&self) -> Ended {
        let ended = self.trigger("install --yes");
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        ended
    }

    /// How the replaced programs were called so far.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.machine.path("bin/log")).unwrap_or_default()
    }

    /// Every file below `/etc` that is not as on the machine around it, with what it holds.
    pub(super) fn changed(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let upper = self.machine.path("upper");
        let mut files = Vec::new();
        collect(&upper, &upper, &mut files);
        files.sort();
        files
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.machine.run(&format!("[ -e '{path}' ]")).status.success()
    }

    /// The rules in force; empty without any.
    pub(super) fn rules(&self) -> String {
        self.machine.must("nft list ruleset")
    }
}

/// What a system says of itself, and the nginx of its form that is here.
fn system(os: Os) -> (&'static str, &'static str) {
    match os {
        Os::Debian12 => ("ID=debian\nVERSION_ID=12\n", "nginx-1.22"),
        Os::Debian13 => ("ID=debian\nVERSION_ID=13\n", "nginx-1.26"),
        Os::Ubuntu2204 => ("ID=ubuntu\nVERSION_ID=22.04\n", "nginx-1.18"),
        Os::Ubuntu2404 => ("ID=ubuntu\nVERSION_ID=24.04\n", "nginx-1.22"),
    }
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.push((path.strip_prefix(root).expect("below").to_owned(), bytes));
        }
    }
}
