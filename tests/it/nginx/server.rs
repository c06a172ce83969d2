//! nginx as a server of the site has it: Debian's own main configuration, what is emitted where it says it belongs,
//! certificates made for the test, and the stand-in behind it.

use super::client::{Connection, Head, Session, Way, request};
use super::machine::Machine;
use super::stub::{Arrival, Stub};
use crate::consumers::{root, run, scrubbed, tool};
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

/// Every nginx that `scripts/tools` brings: of Ubuntu 22.04, though with OpenSSL 1.1 instead of 3.0; with OpenSSL 3.0 as
/// in Debian 12; with OpenSSL 3.5 as in Debian 13.
pub(super) const OLDEST: &str = "nginx-1.18";
pub(super) const OLD: &str = "nginx-1.22";
pub(super) const NEW: &str = "nginx-1.26";

/// Addresses of the server beside those that its site names.
pub(super) const PUBLIC: &str = "203.0.113.10";
pub(super) const PUBLIC_IPV6: &str = "2001:db8::10";

/// Addresses of clients: anywhere in the world, on the tailnet, in a container of the server.
pub(super) const OUTSIDER: &str = "198.51.100.7";
pub(super) const OUTSIDER_IPV6: &str = "2001:db8:1::7";
pub(super) const PEER: &str = "100.64.7.7";
pub(super) const PEER_IPV6: &str = "fd7a:115c:a1e0::7";
pub(super) const CONTAINER: &str = "172.18.0.5";

/// Files of a server, by their path there.
pub(super) type Files = Vec<(String, String)>;

/// A machine with an nginx and its files, which may not run yet.
pub(super) struct Server {
    pub(super) machine: Machine,
    pub(super) stub: Stub,
    program: PathBuf,
}

impl Server {
    /// The machine with its files; `None` where a program or a namespace is missing, which is said.
    pub(super) fn with(nginx: &str, files: &Files, tailnet: &[IpAddr]) -> Option<Self> {
        let program = fs::canonicalize(tool(nginx)?).expect("a path");
        let mut addresses: Vec<IpAddr> =
            [PUBLIC, PUBLIC_IPV6, OUTSIDER, OUTSIDER_IPV6, PEER, PEER_IPV6, CONTAINER]
                .map(address)
                .to_vec();
        addresses.extend(tailnet);
        let machine = Machine::boot(&addresses)?;
        for folder in ["/var/log/nginx", "/var/lib/nginx", "/var/www"] {
            fs::create_dir_all(machine.path(folder)).expect("a folder");
        }
        let main = root().join(".tools").join(nginx).join("etc/nginx");
        copy(&main, &machine.path("/etc/nginx"));
        for (path, text) in files {
            machine.write(path, text);
        }
        Some(Self { machine, stub: Stub::default(), program })
    }

    /// Puts a certificate and its key wherever the files name one.
    pub(super) fn certify(&self, files: &Files) {
        let (certificate, key) = certificate();
        for (_, text) in files {
            for path in arguments(text, "ssl_certificate") {
                self.machine.write(&path, certificate);
            }
            for path in arguments(text, "ssl_certificate_key") {
                self.machine.write(&path, key);
            }
        }
    }

    /// What nginx says of its configuration.
    pub(super) fn check(&self) -> Output {
        self.machine.run(&self.program, &["-t"])
    }

    /// Starts nginx and the stand-in. nginx goes into the background once it listens.
    #[track_caller]
    pub(super) fn start(&self, ports: &[u16]) {
        self.machine.inside(|| self.stub.listen(ports));
        let output = self.machine.run(&self.program, &[]);
        let log = self.log("error.log");
        assert!(output.status.success(), "{}{log}", String::from_utf8_lossy(&output.stderr));
    }

    /// A log of nginx.
    pub(super) fn log(&self, name: &str) -> String {
        fs::read_to_string(self.machine.path("/var/log/nginx").join(name)).unwrap_or_default()
    }

    /// What a client sees of one request on a connection of its own, and what arrives behind. To be called inside.
    pub(super) fn see(&self, way: Way<'_>, request: &[u8]) -> Seen {
        let answer = Connection::open(way).ask(request);
        Seen { head: answer.map(|it| it.0), arrived: self.stub.take() }
    }

    /// The same on a connection that is kept.
    pub(super) fn see_in(
        &self,
        session: &mut Session<'_>,
        method: &str,
        target: &str,
        host: &str,
    ) -> Seen {
        let head = session.ask(&request(method, target, host, ""));
        Seen { head, arrived: self.stub.take() }
    }

    /// The same for a plain GET.
    pub(super) fn get(&self, way: Way<'_>, host: &str, target: &str) -> Seen {
        self.see(way, &request("GET", target, host, ""))
    }
}

/// What became of a request.
#[derive(Debug)]
pub(super) struct Seen {
    /// The answer; `None` where the server hung up.
    pub(super) head: Option<Head>,
    /// What arrived behind.
    pub(super) arrived: Vec<Arrival>,
}

impl Seen {
    /// The status; 0 where the server hung up.
    pub(super) fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |it| it.status)
    }
}

/// An address, which must be one.
pub(super) fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What stands behind each use of a directive.
pub(super) fn arguments(text: &str, directive: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let found = lines.filter_map(|it| it.strip_prefix(directive)?.strip_prefix(' '));
    found.map(|it| it.trim().trim_end_matches(';').trim_matches('"').to_owned()).collect()
}

/// A certificate for any name and its key, made once.
fn certificate() -> (&'static str, &'static str) {
    static MADE: OnceLock<(String, String)> = OnceLock::new();
    let (certificate, key) = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        let mut command = scrubbed(&tool("openssl").expect("openssl"));
        command.args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=test"]);
        command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
        command.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
        let output = run(&mut command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let read = |it| fs::read_to_string(it).expect("a file of openssl");
        (read(certificate), read(key))
    });
    (certificate, key)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
