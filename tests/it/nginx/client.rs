//! A client that says exactly what a test writes, byte by byte: HTTP/1.1 on a bare connection or over TLS (by
//! `openssl s_client`).

use super::stub::read_line;
use crate::consumers::{scrubbed, tool};
use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::process::{Child, Stdio};

/// Longest life of a connection in seconds: a server that never answers fails the test.
const LIFE: &str = "60";

/// Where a connection goes to and comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way<'a> {
    /// The address of the server.
    pub(super) to: IpAddr,
    /// The address of the client.
    pub(super) from: IpAddr,
    /// The name that the client asks for in the handshake; nothing for no TLS at all.
    pub(super) name: Option<&'a str>,
}

/// A connection.
pub(super) struct Connection {
    output: Box<dyn Write>,
    input: Box<dyn BufRead>,
    program: Option<Child>,
}

/// An answer, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Names in small letters, in order.
    pub(super) headers: Vec<(String, String)>,
}

impl Head {
    /// Every value of a header.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect()
    }
}

impl Connection {
    /// Opens it.
    pub(super) fn open(way: Way<'_>) -> Self {
        match way.name {
            Some(name) => Self::open_tls(way, name),
            None => Self::open_bare(way.to, 80),
        }
    }

    /// Opens it without TLS, and from whatever address the system takes.
    pub(super) fn open_bare(to: IpAddr, port: u16) -> Self {
        let stream = TcpStream::connect((to, port)).expect("a connection");
        stream.set_nodelay(true).expect("a connection");
        let input = stream.try_clone().expect("a connection");
        Self { output: Box::new(stream), input: Box::new(BufReader::new(input)), program: None }
    }

    fn open_tls(way: Way<'_>, name: &str) -> Self {
        let mut command = scrubbed(&tool("timeout").expect("timeout"));
        command.arg(LIFE).arg(tool("openssl").expect("openssl"));
        command.args(["s_client", "-quiet", "-servername", name]);
        command.args(["-connect", &SocketAddr::new(way.to, 443).to_string()]);
        command.args(["-bind", &SocketAddr::new(way.from, 0).to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("openssl");
        let output = Box::new(child.stdin.take().expect("its input"));
        let input = Box::new(BufReader::new(child.stdout.take().expect("its output")));
        Self { output, input, program: Some(child) }
    }

    /// Sends bytes; whether the other side still takes them shows in what it answers.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        let sent = self.output.write_all(bytes).and_then(|()| self.output.flush());
        drop(sent);
    }

    /// The head of the next answer; `None` where the connection ended without one.
    pub(super) fn head(&mut self) -> Option<Head> {
        let line = read_line(&mut self.input)?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        while let Some((name, value)) = read_line(&mut self.input)?.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Some(Head { status, headers })
    }

    /// The next piece of a body that comes in chunks; nothing at its end.
    pub(super) fn chunk(&mut self) -> Option<Vec<u8>> {
        let length = usize::from_str_radix(read_line(&mut self.input)?.trim(), 16).ok()?;
        let piece = self.bytes(length)?;
        read_line(&mut self.input)?;
        (length > 0).then_some(piece)
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.input.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    /// The body that belongs to a head.
    pub(super) fn body(&mut self, head: &Head) -> Vec<u8> {
        if head.all("transfer-encoding") == ["chunked"] {
            return std::iter::from_fn(|| self.chunk()).flatten().collect();
        }
        let length = head.all("content-length").first().and_then(|it| it.parse().ok());
        length.and_then(|it| self.bytes(it)).unwrap_or_default()
    }

    /// Sends a request and reads its answer; nothing where the server hangs up.
    pub(super) fn ask(&mut self, request: &[u8]) -> Option<(Head, Vec<u8>)> {
        self.send(request);
        let head = self.head()?;
        let has_body = !request.starts_with(b"HEAD ");
        let body = if has_body { self.body(&head) } else { Vec::new() };
        Some((head, body))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(program) = &mut self.program {
            drop(program.kill());
            program.wait().expect("the end of openssl");
        }
    }
}

/// Requests of one client, on one connection for as long as the server keeps it.
pub(super) struct Session<'a> {
    way: Way<'a>,
    connection: Option<Connection>,
}

impl<'a> Session<'a> {
    /// Opens nothing yet.
    pub(super) fn new(way: Way<'a>) -> Self {
        Self { way, connection: None }
    }

    /// One request and the head of its answer; nothing where the server hangs up on a new connection too.
    pub(super) fn ask(&mut self, request: &[u8]) -> Option<Head> {
        let kept = self.connection.take();
        let answer = kept.and_then(|it| self.ask_on(it, request));
        answer.or_else(|| self.ask_on(Connection::open(self.way), request))
    }

    fn ask_on(&mut self, mut connection: Connection, request: &[u8]) -> Option<Head> {
        let (head, _) = connection.ask(request)?;
        if head.all("connection") != ["close"] {
            self.connection = Some(connection);
        }
        Some(head)
    }
}

/// A request without a body; `more` is further header lines, each with its end.
pub(super) fn request(method: &str, target: &str, host: &str, more: &str) -> Vec<u8> {
    let text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    // Each character below U+0100 is one byte, so that a test may say any byte.
    text.chars().map(|it| u8::try_from(u32::from(it)).expect("a byte")).collect()
}
