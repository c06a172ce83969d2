//! The servers behind the proxy, as a stand-in: it keeps exactly what arrives, and answers as far as the way there
//! depends on it - slow event streams, echoing websockets, upload addresses made from the headers.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a test waits for what must come, before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// One request that arrived.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// The port it came to.
    pub(super) port: u16,
    /// `GET`.
    pub(super) method: String,
    /// Byte for byte, each byte one character.
    pub(super) target: String,
    /// Names in small letters, in order.
    pub(super) headers: Vec<(String, String)>,
    /// How much of its body has come so far.
    pub(super) received: usize,
}

impl Arrival {
    /// Every value of a header.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|it| it.0 == name).map(|it| it.1.as_str()).collect()
    }

    /// The only value of a header.
    #[track_caller]
    pub(super) fn one(&self, name: &str) -> &str {
        match self.all(name).as_slice() {
            [value] => value,
            values => panic!("{name}: {values:?} in {self:?}"),
        }
    }
}

#[derive(Default)]
struct State {
    arrivals: Vec<Arrival>,
    released: bool,
    /// Whether an answer went on without being released.
    late: bool,
}

/// The stand-in, whose threads end with the process.
#[derive(Default, Clone)]
pub(super) struct Stub(Arc<(Mutex<State>, Condvar)>);

impl Stub {
    /// Listens on these ports of the loopback address of the machine that this thread is in.
    pub(super) fn listen(&self, ports: &[u16]) {
        for port in ports {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).expect("a free port");
            let (stub, port) = (self.clone(), *port);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let stub = stub.clone();
                    std::thread::spawn(move || stub.serve(port, stream));
                }
            });
        }
    }

    /// Everything that has arrived since it was last asked.
    pub(super) fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut self.state().arrivals)
    }

    /// The one request that has arrived since it was last asked.
    #[track_caller]
    pub(super) fn take_one(&self) -> Arrival {
        let mut arrivals = self.take();
        assert_eq!(arrivals.len(), 1, "{arrivals:?}");
        arrivals.remove(0)
    }

    /// Waits until something is true of what has arrived.
    #[track_caller]
    pub(super) fn wait_until(&self, what: &str, is: impl Fn(&[Arrival]) -> bool) {
        let waits = self.0.1.wait_timeout_while(self.state(), PATIENCE, |it| !is(&it.arrivals));
        let (state, waited) = waits.unwrap_or_else(PoisonError::into_inner);
        let arrivals = state.arrivals.clone();
        drop(state);
        assert!(!waited.timed_out(), "{what} did not happen: {arrivals:?}");
    }

    /// Lets every held answer go on, this one and those to come.
    pub(super) fn release(&self) {
        self.state().released = true;
        self.0.1.notify_all();
    }

    /// Holds answers again from here on.
    pub(super) fn withhold(&self) {
        let mut state = self.state();
        assert!(!state.late, "an answer was held until the stand-in lost patience");
        state.released = false;
        state.arrivals.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self) {
        let waits = self.0.1.wait_timeout_while(self.state(), PATIENCE, |it| !it.released);
        let (mut state, waited) = waits.unwrap_or_else(PoisonError::into_inner);
        state.late |= waited.timed_out();
    }

    /// Requests of one connection, one after another, until it ends.
    fn serve(&self, port: u16, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        let mut output = stream.try_clone().ok()?;
        let mut input = BufReader::new(stream);
        loop {
            let arrival = read_head(port, &mut input)?;
            let nth = {
                let mut state = self.state();
                state.arrivals.push(arrival.clone());
                state.arrivals.len() - 1
            };
            self.0.1.notify_all();
            if !arrival.all("upgrade").is_empty() {
                return upgrade(&arrival, &mut input, &mut output);
            }
            self.read_body(nth, &arrival, &mut input)?;
            self.answer(&arrival, &mut output)?;
        }
    }

    fn read_body(&self, nth: usize, arrival: &Arrival, input: &mut impl BufRead) -> Option<()> {
        let mut count = |length: usize| -> Option<()> {
            let mut left = length;
            while left > 0 {
                let read = input.fill_buf().ok().filter(|it| !it.is_empty())?.len().min(left);
                input.consume(read);
                left -= read;
                if let Some(it) = self.state().arrivals.get_mut(nth) {
                    it.received += read;
                }
                self.0.1.notify_all();
            }
            Some(())
        };
        if let [length] = arrival.all("content-length").as_slice() {
            return count(length.parse().ok()?);
        }
        if arrival.all("transfer-encoding").is_empty() {
            return Some(());
        }
        read_chunks(input, |input, length| {
            let mut piece = vec![0; length];
            input.read_exact(&mut piece).ok()?;
            if let Some(it) = self.state().arrivals.get_mut(nth) {
                it.received += length;
            }
            self.0.1.notify_all();
            Some(())
        })
    }

    fn answer(&self, arrival: &Arrival, output: &mut TcpStream) -> Option<()> {
        let asked = arrival.all("x-stub");
        if asked.contains(&"events") {
            return self.answer_events(output);
        }
        let (status, more) = match arrival.method.as_str() {
            "POST" if arrival.target.starts_with("/v2/") => {
                let scheme = arrival.all("x-forwarded-proto").first().copied().unwrap_or("http");
                let host = arrival.all("host").first().copied().unwrap_or_default();
                ("202 Accepted", format!("Location: {scheme}://{host}/v2/upload-1\r\n"))
            }
            _ => ("200 OK", String::new()),
        };
        let body = "{\"from\":\"the stand-in\"}\n";
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{FROM_APPLICATION}{more}\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        let body = if arrival.method == "HEAD" { "" } else { body };
        output.write_all(format!("{head}{body}").as_bytes()).ok()
    }

    /// The first event at once, the second when the test says so.
    fn answer_events(&self, output: &mut TcpStream) -> Option<()> {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                    Transfer-Encoding: chunked\r\n\r\n";
        output.write_all(head.as_bytes()).ok()?;
        output.write_all(b"d\r\ndata: first\n\n\r\n").ok()?;
        self.hold();
        output.write_all(b"e\r\ndata: second\n\n\r\n0\r\n\r\n").ok()
    }
}

/// Headers that the application sends with every answer.
const FROM_APPLICATION: &str = "Strict-Transport-Security: max-age=3153600000\r\n\
    X-Robots-Tag: noindex, nofollow\r\nX-Frame-Options: SAMEORIGIN\r\n\
    Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nX-Powered-By: Express\r\n";

fn read_head(port: u16, input: &mut impl BufRead) -> Option<Arrival> {
    let line = read_line(input).filter(|it| !it.is_empty())?;
    let (method, rest) = line.split_once(' ')?;
    let (target, _) = rest.rsplit_once(' ')?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(input)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let (method, target) = (method.to_owned(), target.to_owned());
    Some(Arrival { port, method, target, headers, received: 0 })
}

/// A line without its end, each byte one character.
pub(super) fn read_line(input: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line).ok().filter(|it| *it > 0)?;
    let text: String = line.iter().map(|it| char::from(*it)).collect();
    Some(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Every chunk of a body, the reader standing at its first byte.
pub(super) fn read_chunks<R: BufRead>(
    input: &mut R,
    mut take: impl FnMut(&mut R, usize) -> Option<()>,
) -> Option<()> {
    loop {
        let length = usize::from_str_radix(read_line(input)?.trim(), 16).ok()?;
        if length > 0 {
            take(input, length)?;
        }
        read_line(input)?;
        if length == 0 {
            return Some(());
        }
    }
}

/// A websocket whose every byte comes back; on any other path the application drops the connection.
fn upgrade(arrival: &Arrival, input: &mut impl BufRead, output: &mut TcpStream) -> Option<()> {
    if !arrival.target.starts_with("/socket.io/") || arrival.all("upgrade") != ["websocket"] {
        return None;
    }
    let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                Connection: Upgrade\r\n\r\n";
    output.write_all(head.as_bytes()).ok()?;
    loop {
        let bytes = input.fill_buf().ok().filter(|it| !it.is_empty())?.to_vec();
        input.consume(bytes.len());
        output.write_all(&bytes).ok()?;
    }
}
