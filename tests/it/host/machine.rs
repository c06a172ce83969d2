//! A machine of namespaces: its own network, processes, mounts, `/etc`, `/run` and `/root`.

use crate::consumers::tool;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// Addresses of the server and of the one who comes from outside.
pub(super) const SERVER: [&str; 2] = ["203.0.113.1", "2001:db8::1"];
pub(super) const CLIENT: [&str; 2] = ["203.0.113.2", "2001:db8::2"];

/// What is made within the new namespaces, before anything else happens there. `$1` is a folder of the test.
const SET_UP: &str = r#"set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /root
mount -t tmpfs tmpfs /opt
mount -t tmpfs tmpfs /srv
mkdir -p "$1/upper" "$1/work" "$1/var" "$1/var-work"
mount -t overlay overlay -o "lowerdir=/var,upperdir=$1/var,workdir=$1/var-work" /var
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc
ip link set lo up
echo ready
exec sleep infinity"#;

/// A machine; all its processes end with the value.
pub(super) struct Machine {
    holder: Child,
    /// The first process in its namespaces, as it is called outside of them.
    pid: u32,
    /// A folder that the test and the machine both see.
    pub(super) folder: tempfile::TempDir,
}

impl Drop for Machine {
    fn drop(&mut self) {
        // `--kill-child` ends the first process of the namespace, and the kernel all others of it.
        self.holder.kill().expect("a process to end");
        self.holder.wait().expect("its end");
    }
}

/// The programs that every machine needs; without root, or one of them, the test says so and ends.
pub(super) fn possible(programs: &[&str]) -> bool {
    if !rustix::process::geteuid().is_root() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "namespaces need root");
        writeln!(std::io::stderr(), "skipped: namespaces need root").expect("stderr");
        return false;
    }
    ["unshare", "nsenter", "ip", "nft", "busybox"]
        .iter()
        .chain(programs)
        .all(|it| tool(it).is_some())
}

impl Machine {
    /// A machine without any connection.
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut holder = Command::new("unshare")
            .args(["--mount", "--propagation=private", "--net", "--pid", "--fork", "--mount-proc"])
            .args(["--kill-child=KILL", "bash", "-c", SET_UP, "-"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare");
        let mut line = String::new();
        let stdout = holder.stdout.as_mut().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n", "the namespaces could not be made");
        let children = format!("/proc/{0}/task/{0}/children", holder.id());
        let children = std::fs::read_to_string(children).expect("its children");
        let pid = children.trim().parse().expect("one child");
        Self { holder, pid, folder }
    }

    /// Two machines with a cable between them: the server, and one outside.
    pub(super) fn pair() -> (Self, Self) {
        let (server, client) = (Self::start(), Self::start());
        server.cable("eth0", &client);
        for (machine, [v4, v6]) in [(&server, SERVER), (&client, CLIENT)] {
            machine.must(&format!(
                "ip addr add {v4}/24 dev eth0; ip addr add {v6}/64 dev eth0 nodad; ip link set eth0 up"
            ));
        }
        (server, client)
    }

    /// A cable to another machine; its ends have the same name.
    pub(super) fn cable(&self, name: &str, other: &Self) {
        // With the pids of this side: only the network of the machine.
        let status = Command::new("nsenter")
            .args(["-t", &self.pid.to_string(), "-n", "ip", "link", "add", name, "type", "veth"])
            .args(["peer", "name", name, "netns", &other.pid.to_string()])
            .status()
            .expect("nsenter");
        assert!(status.success(), "no cable");
    }

    /// A command within it, with nothing of this process's environment but where programs are.
    pub(super) fn command(&self, script: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["-t", &self.pid.to_string(), "-m", "-n", "-p", "--", "bash", "-c", script])
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", "/root")
            .env("DOCKER_HOST", self.docker_socket())
            .current_dir("/");
        command
    }

    fn docker_socket(&self) -> String {
        format!("unix://{}", self.path("docker.sock").display())
    }

    /// A path in the shared folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a script says and how it ends.
    pub(super) fn run(&self, script: &str) -> Output {
        self.command(script).stdin(Stdio::null()).output().expect("nsenter")
    }

    /// The output of a script that must work.
    #[track_caller]
    pub(super) fn must(&self, script: &str) -> String {
        let output = self.run(&format!("set -e; {script}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}\n{said}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Starts a program that goes on until the machine ends.
    pub(super) fn spawn(&self, script: &str) -> Child {
        let mut command = self.command(script);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("nsenter")
    }

    /// Listens at a port on every address, IPv4 and IPv6, says `name` to whoever comes, and then what it hears.
    pub(super) fn listen(&self, port: u16, name: &str) {
        let script = format!("exec busybox nc -ll -p {port} -e /bin/sh -c 'echo {name}; exec cat'");
        drop(self.spawn(&script));
        self.must(&format!("until ss -Hltn sport = :{port} | grep -q .; do sleep 0.05; done"));
    }

    /// A connection to a port that stays open.
    pub(super) fn connect(&self, address: &str, port: u16) -> Connection {
        let mut program = self.spawn(&format!("exec busybox nc {address} {port}"));
        let to = program.stdin.take().expect("its input");
        let from = BufReader::new(program.stdout.take().expect("its output"));
        Connection { program, to, from }
    }

    /// At which of these addresses and ports UDP reaches the machine: it answers that nobody listens there.
    pub(super) fn reaches_by_udp(&self, places: &[(&str, u16)]) -> Vec<bool> {
        let ask = "timeout 4 bash -c 'exec 3<>/dev/udp/'$1/$2'; echo >&3; head -c 1 <&3' 2>&1 | grep -c refused || true";
        self.ask_all(places, ask).iter().map(|it| it == "1").collect()
    }

    /// What answers at each address and port; `-` where nothing does.
    pub(super) fn answers(&self, places: &[(&str, u16)]) -> Vec<String> {
        let ask = "timeout 4 bash -c 'exec 3<>/dev/tcp/'$1/$2' && read -r line <&3 && echo \"$line\"' 2>/dev/null || echo -";
        self.ask_all(places, ask)
    }

    /// What a script says of each address `$1` and port `$2`, all at once.
    fn ask_all(&self, places: &[(&str, u16)], ask: &str) -> Vec<String> {
        let asks: String = places
            .iter()
            .enumerate()
            .map(|(nth, (address, port))| format!("ask {address} {port} >\"$d/{nth}\" & "))
            .collect();
        let reads: String = (0..places.len()).map(|nth| format!("cat \"$d/{nth}\"; ")).collect();
        let said = self.must(&format!(
            "ask() {{ {ask}; }}
             d=$(mktemp -d -p {}); {asks} wait; {reads}",
            self.folder.path().display()
        ));
        said.lines().map(str::to_owned).collect()
    }
}

/// A connection of TCP.
pub(super) struct Connection {
    program: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Connection {
    /// The next line that comes.
    pub(super) fn hears(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the connection");
        line.trim_end().to_owned()
    }

    /// What comes back for a word.
    pub(super) fn asks(&mut self, word: &str) -> String {
        writeln!(self.to, "{word}").expect("the connection");
        self.hears()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // It may have ended already, with the machine.
        let _ = self.program.kill();
        self.program.wait().expect("its end");
    }
}

/// Puts a program of the test in front of the real one.
pub(super) fn fake(folder: &Path, name: &str, body: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/bash\n{body}\n")).expect("a program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("its mode");
}
