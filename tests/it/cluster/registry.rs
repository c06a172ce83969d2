//! A registry that answers for the registries of charts: under their names, over TLS, reached by way of a proxy. So
//! the sources are read as they are emitted.

use super::git::headers;
use super::programs::{Running, free_port, must, program};
use crate::consumers::scrubbed;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The registries that the charts come from.
pub(super) const NAMES: &[&str] = &["ghcr.io", "registry-1.docker.io"];

/// The registry and the way to it.
pub(super) struct Registry {
    _server: Running,
    port: u16,
    proxy: u16,
    folder: PathBuf,
}

impl Registry {
    /// Starts one with its data below a folder.
    pub(super) fn start(below: &Path) -> Self {
        let folder = below.join("registry");
        fs::create_dir_all(&folder).expect("a folder");
        certify(&folder);
        let port = free_port();
        let configuration = format!(
            "version: 0.1\nlog: {{level: warn}}\nstorage: {{filesystem: {{rootdirectory: {0}/data}}}}\n\
             http: {{addr: \"127.0.0.1:{port}\", tls: {{certificate: {0}/cert.pem, key: {0}/key.pem}}}}\n",
            folder.display()
        );
        fs::write(folder.join("config.yml"), configuration).expect("a file");
        let mut server = Running::start("docker-registry", &folder, |command| {
            command.args(["serve", "config.yml"]);
        });
        server.wait_until(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let registry =
            Self { _server: server, port, proxy: proxy.local_addr().expect("it").port(), folder };
        std::thread::spawn(move || {
            for stream in proxy.incoming().flatten() {
                std::thread::spawn(move || forward(stream, port));
            }
        });
        registry
    }

    /// Shows a program the way to the registry, and no other way out.
    pub(super) fn show(&self, command: &mut Command) {
        let proxy = format!("http://127.0.0.1:{}", self.proxy);
        command.env("HTTPS_PROXY", &proxy).env("NO_PROXY", "127.0.0.1");
        command.env("SSL_CERT_FILE", self.folder.join("cert.pem"));
    }

    /// Packs the chart of a folder as a version, and publishes it at `oci://NAME/PATH`.
    pub(super) fn publish(&self, chart: &Path, path: &str, version: &str) {
        let mut package = self.helm();
        package.arg("package").arg(chart).args(["--version", version, "--destination"]);
        let packed = must(package.arg(&self.folder));
        let archive = packed.trim().rsplit(": ").next().expect("where it is").to_owned();
        let place = format!("oci://127.0.0.1:{}/{path}", self.port);
        let authority = self.folder.join("cert.pem");
        must(self.helm().arg("push").arg(archive).arg(place).arg("--ca-file").arg(authority));
    }

    fn helm(&self) -> Command {
        let mut command = scrubbed(&program("helm"));
        command.env("HOME", &self.folder);
        command
    }
}

fn certify(folder: &Path) {
    let names: Vec<String> = NAMES.iter().map(|it| format!("DNS:{it}")).collect();
    let names = format!("subjectAltName=IP:127.0.0.1,{}", names.join(","));
    let mut command = scrubbed(&program("openssl"));
    command.args([
        "req",
        "-x509",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=charts",
        "-addext",
        &names,
    ]);
    command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout"]);
    must(command.arg(folder.join("key.pem")).arg("-out").arg(folder.join("cert.pem")));
}

/// `CONNECT name:443`, and from then on whatever is said.
fn forward(client: TcpStream, port: u16) {
    let mut reader = BufReader::new(&client);
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() {
        return;
    }
    headers(&mut reader);
    let is_known = NAMES.iter().any(|it| first.starts_with(&format!("CONNECT {it}:443 ")));
    let (mut client, mut back) = (&client, &client);
    if !is_known {
        let _ = client.write_all(b"HTTP/1.1 403 not a registry of charts\r\n\r\n");
        return;
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return };
    if client.write_all(b"HTTP/1.1 200 connected\r\n\r\n").is_err() {
        return;
    }
    std::thread::scope(|scope| {
        let to_server = &server;
        scope.spawn(move || {
            let _ = std::io::copy(&mut client, &mut &*to_server);
            let _ = to_server.shutdown(std::net::Shutdown::Write);
        });
        let _ = std::io::copy(&mut &server, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Write);
    });
}
