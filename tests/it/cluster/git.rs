//! A Git server as Flux reads one: the smart protocol over HTTP, with Git's own program behind.

use super::programs::{must, program};
use crate::consumers::scrubbed;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Files by path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A repository and its server, which ends with the test.
pub(super) struct Git {
    folder: PathBuf,
    port: u16,
}

impl Git {
    /// An empty repository below a folder.
    pub(super) fn start(below: &Path) -> Self {
        let folder = below.join("git");
        fs::create_dir_all(folder.join("site")).expect("a folder");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let git = Self { port: listener.local_addr().expect("an address").port(), folder };
        must(git.command().args(["init", "--quiet", "--initial-branch=main"]));
        let served = git.folder.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let folder = served.clone();
                std::thread::spawn(move || answer(&stream, &folder));
            }
        });
        git
    }

    /// Where Flux finds it.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/site/.git", self.port)
    }

    /// Commits these files and no others; says the revision as Flux calls it.
    pub(super) fn commit(&self, files: &Files) -> String {
        let work = self.folder.join("site");
        for entry in fs::read_dir(&work).expect("the work tree") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with(".git") {
                fs::remove_dir_all(&path).expect("a folder to go");
            } else if path.is_file() {
                fs::remove_file(&path).expect("a file to go");
            }
        }
        for (path, bytes) in files {
            let path = work.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }
        must(self.command().args(["add", "--all"]));
        must(self.command().args(["commit", "--quiet", "--allow-empty", "--message=the tree"]));
        let head = must(self.command().args(["rev-parse", "HEAD"]));
        format!("main@sha1:{}", head.trim())
    }

    /// A clone for a person who commits to it, and pushes what Flux then reads.
    pub(super) fn clone_to(&self, folder: &Path) {
        must(self.command().args(["config", "receive.denyCurrentBranch", "updateInstead"]));
        let site = self.folder.join("site");
        must(scrubbed(&program("git")).args(["clone", "--quiet"]).arg(site).arg(folder));
        for (key, value) in [("user.name", "test"), ("user.email", "test@example.com")] {
            must(scrubbed(&program("git")).arg("-C").arg(folder).args(["config", key, value]));
        }
    }

    fn command(&self) -> Command {
        let mut command = scrubbed(&program("git"));
        command.arg("-C").arg(self.folder.join("site")).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "test");
            command.env(format!("GIT_{role}_EMAIL"), "test@example.com");
        }
        command
    }
}

/// One request, one connection.
fn answer(stream: &TcpStream, folder: &Path) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or_default() == 0 {
        return;
    }
    let headers = headers(&mut reader);
    let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).expect("the whole request");
    let mut words = first.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut backend = scrubbed(&program("git"));
    backend.arg("http-backend").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    backend.env("GIT_PROJECT_ROOT", folder).env("GIT_HTTP_EXPORT_ALL", "1");
    backend.env("REQUEST_METHOD", method).env("PATH_INFO", path).env("QUERY_STRING", query);
    backend.env("CONTENT_LENGTH", body.len().to_string());
    for (variable, name) in [
        ("CONTENT_TYPE", "content-type"),
        ("HTTP_CONTENT_ENCODING", "content-encoding"),
        ("GIT_PROTOCOL", "git-protocol"),
    ] {
        backend.env(variable, header(name));
    }
    let mut child = backend.spawn().expect("git");
    child.stdin.take().expect("its input").write_all(&body).expect("its input");
    let said = child.wait_with_output().expect("git").stdout;
    // The answer of a CGI program, but for its first line, is that of HTTP.
    let status = match said.strip_prefix(b"Status: ") {
        Some(rest) => String::from_utf8_lossy(&rest[..3]).into_owned(),
        None => "200".to_owned(),
    };
    let mut stream = stream;
    let head = format!("HTTP/1.1 {status} answer\r\nConnection: close\r\n");
    // Who hangs up does not want the rest.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&said));
}

/// The headers up to the empty line, with names in small letters.
pub(super) fn headers(reader: &mut impl std::io::BufRead) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        let read = reader.read_line(&mut line).unwrap_or_default();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None if read == 0 || line.trim_end().is_empty() => return headers,
            None => continue,
        };
    }
}
