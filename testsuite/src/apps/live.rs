//! Cases with somebody at the other end: programs that are talked to while they run, servers, and the servers that those talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::process::{ChildStderr, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use wative_compiler::options::{NetHosts, NetRight, NetRule};

use super::{Case, list, text};
use crate::process::{self, Finished};
use crate::serve::Server;
use crate::serve::client::{Answer, read_bytes, send};
use crate::target::Target;

/// What the case may do on the network.
pub fn rules(case: &Case) -> Vec<NetRule> {
    let every = [
        NetHosts::Prefix(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        NetHosts::Prefix(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
    ];
    let mut rules = Vec::new();
    for need in list(&case.json["needs"]).map(text) {
        let rights: &[NetRight] = match need {
            "net" => &[NetRight::Connect, NetRight::Bind, NetRight::Send],
            "http" => &[NetRight::Connect],
            _ => continue,
        };
        for (right, hosts) in rights
            .iter()
            .flat_map(|&r| every.iter().map(move |h| (r, h)))
        {
            rules.push(NetRule {
                right,
                hosts: hosts.clone(),
                ports: 0..=u16::MAX,
            });
        }
        rules.push(NetRule {
            right: NetRight::LookUp,
            hosts: NetHosts::AnyName,
            ports: 0..=u16::MAX,
        });
    }
    rules
}

/// Starts the servers of a case: the variables that tell a program where they are.
pub fn servers(case: &Case) -> std::io::Result<Vec<String>> {
    let mut variables = Vec::new();
    for server in list(&case.json["servers"]) {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let name = text(&server["name"]).to_uppercase();
        variables.push(format!("HTTP_SERVER_{name}=127.0.0.1:{port}"));
        // Of one that is closed there is the port alone.
        if server["kind"].as_str() != Some("closed") {
            let endpoints = server["endpoints"].clone();
            thread::spawn(move || {
                for connection in listener.incoming().flatten() {
                    let endpoints = endpoints.clone();
                    // A client that goes away is not the server's concern.
                    thread::spawn(move || answer(connection, &endpoints).ok());
                }
            });
        }
    }
    Ok(variables)
}

/// A request as a server has it.
struct Request {
    method: String,
    path: String,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    trailers: Vec<(String, String)>,
}

/// Lines of fields, until an empty one.
fn fields(reader: &mut impl BufRead) -> std::io::Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => fields.push((name.to_lowercase(), value.trim().to_string())),
            None => return Ok(fields),
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_string);
    let (method, path) = (words.next(), words.next());
    let fields = fields(reader)?;
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted);
    let (mut body, mut trailers) = (Vec::new(), Vec::new());
    if field("transfer-encoding").is_some() {
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            if size == 0 {
                trailers = self::fields(reader)?;
                break;
            }
            let start = body.len();
            body.resize(start + size, 0);
            reader.read_exact(&mut body[start..])?;
            reader.read_line(&mut String::new())?;
        }
    } else if let Some((_, length)) = field("content-length") {
        body.resize(length.parse().map_err(std::io::Error::other)?, 0);
        reader.read_exact(&mut body)?;
    }
    Ok(Request {
        method: method.unwrap_or_default(),
        path: path.unwrap_or_default(),
        fields,
        body,
        trailers,
    })
}

/// Answers one request as the endpoints say.
fn answer(mut connection: TcpStream, endpoints: &Value) -> std::io::Result<()> {
    let request = read_request(&mut BufReader::new(connection.try_clone()?))?;
    let endpoint = list(endpoints).find(|endpoint| {
        text(&endpoint["method"]) == request.method && text(&endpoint["path"]) == request.path
    });
    let (mut status, mut fields, mut body) = (200, Vec::new(), Vec::new());
    let mut chunks = None;
    match endpoint.map(|endpoint| (endpoint["mode"].as_str(), &endpoint["response"])) {
        None => status = 404,
        Some((Some("echo-body"), _)) => body = request.body,
        Some((Some("echo-headers"), _)) => {
            fields.push(("x-request-method".to_string(), request.method));
            fields.push(("x-request-path".to_string(), request.path));
            let echoed = request.fields.into_iter();
            fields.extend(echoed.map(|(name, value)| (format!("x-echo-{name}"), value)));
            let trailers = request.trailers.into_iter();
            fields.extend(trailers.map(|(name, value)| (format!("x-trailer-{name}"), value)));
        }
        Some((_, response)) => {
            status = response["status"].as_u64().unwrap_or(200);
            for (name, value) in response["headers"].as_object().into_iter().flatten() {
                fields.push((name.clone(), text(value).to_string()));
            }
            body = text(&response["body"]).as_bytes().to_vec();
            chunks = response["chunks"]
                .is_array()
                .then(|| (&response["chunks"], &response["trailers"]));
        }
    }
    let mut out = format!("HTTP/1.1 {status} \r\nconnection: close\r\n");
    for (name, value) in fields {
        out += &format!("{name}: {value}\r\n");
    }
    match chunks {
        None => {
            out += &format!("content-length: {}\r\n\r\n", body.len());
            connection.write_all(out.as_bytes())?;
            connection.write_all(&body)
        }
        Some((chunks, trailers)) => {
            out += "transfer-encoding: chunked\r\n\r\n";
            for chunk in list(chunks).map(text) {
                out += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
            }
            out += "0\r\n";
            for (name, value) in trailers.as_object().into_iter().flatten() {
                out += &format!("{name}: {}\r\n", text(value));
            }
            connection.write_all((out + "\r\n").as_bytes())
        }
    }
}

/// Runs a server and sends it the requests of a case: what it did wrong.
pub fn serve(case: &Case, target: &Target, executable: &[u8]) -> Result<Vec<String>, String> {
    let server = Server::start(target, executable)?;
    let mut complaints = Vec::new();
    for request in list(&case.json["requests"]) {
        for _ in 0..request["times"].as_u64().unwrap_or(1) {
            complaints.extend(ask(server.port, request).err());
        }
    }
    match server.stop()? {
        0 => {}
        status => complaints.push(format!("the server ended with {status}")),
    }
    Ok(complaints)
}

/// Sends a request and looks at the answer.
fn ask(port: u16, request: &Value) -> Result<(), String> {
    let (method, path) = (
        request["method"].as_str().unwrap_or("GET"),
        text(&request["path"]),
    );
    let body = match request["body_fill"].as_array() {
        Some(fill) => {
            let number = |i: usize| fill.get(i).and_then(Value::as_u64).unwrap_or(0);
            vec![number(0) as u8; number(1) as usize]
        }
        None => text(&request["body"]).as_bytes().to_vec(),
    };
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    if method != "GET" || !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        head += &format!("{name}: {}\r\n", text(value));
    }
    head += "Connection: close\r\n\r\n";
    let connection = send(port, &[head.as_bytes(), &body].concat())?;
    let answer = Answer::parse(&read_bytes(connection)?)?;
    let expect = &request["expect"];
    let wrong = |what: &str| {
        Err(format!(
            "{method} {path}: {what}, {} {}",
            answer.status,
            super::tail(&answer.body, 200)
        ))
    };
    if expect["status"]
        .as_u64()
        .is_some_and(|status| status != u64::from(answer.status))
    {
        return wrong("status");
    }
    for (name, value) in expect["headers"].as_object().into_iter().flatten() {
        if answer.field(name) != value.as_str() {
            return wrong(name);
        }
    }
    let wants = |name: &str, got: &[u8]| {
        let wanted = expect[name].as_str();
        wanted.is_none_or(|wanted| wanted.as_bytes() == got)
    };
    if !wants("body", &answer.body) || !wants("body_sha256", super::hash(&answer.body).as_bytes()) {
        return wrong("body");
    }
    Ok(())
}

/// What is done with a program that runs.
struct Talk {
    stdout: ChildStdout,
    stderr: ChildStderr,
    connection: Option<TcpStream>,
}

/// Runs a program and does with it what the case says, one after the other: how it ended, and what went wrong.
pub fn operate(
    case: &Case,
    mut command: Command,
    limit: Duration,
) -> std::io::Result<(Finished, Vec<String>)> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = process::spawn(command.stderr(Stdio::piped()))?;
    let stdin = child.stdin.take();
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (stdin, child.stdout.take(), child.stderr.take())
    else {
        return Err(std::io::Error::other("no pipes"));
    };
    let mut talk = Talk {
        stdout,
        stderr,
        connection: None,
    };
    let mut complaints = Vec::new();
    for operation in list(&case.json["ops"]) {
        let words: Vec<&str> = list(operation).map(text).collect();
        let done = match words[..] {
            ["write", bytes] => stdin.write_all(bytes.as_bytes()),
            _ => talk.operation(&words),
        };
        if let Err(error) = done {
            complaints.push(format!("{words:?}: {error}"));
        }
    }
    drop((stdin, talk.connection));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    talk.stdout.read_to_end(&mut out)?;
    talk.stderr.read_to_end(&mut err)?;
    let mut finished = process::wait(child, limit)?;
    (finished.stdout, finished.stderr) = (out, err);
    Ok((finished, complaints))
}

impl Talk {
    fn operation(&mut self, words: &[&str]) -> std::io::Result<()> {
        let other = std::io::Error::other;
        match words {
            ["read", from, wanted] => {
                let mut bytes = vec![0; wanted.len()];
                match *from {
                    "stdout" => self.stdout.read_exact(&mut bytes)?,
                    _ => self.stderr.read_exact(&mut bytes)?,
                }
                same(&bytes, wanted)
            }
            ["connect"] => {
                let mut line = Vec::new();
                while line.last() != Some(&b'\n') {
                    let mut byte = [0];
                    self.stdout.read_exact(&mut byte)?;
                    line.extend(byte);
                }
                let address = String::from_utf8_lossy(&line);
                let connection = TcpStream::connect(address.trim())?;
                connection.set_read_timeout(Some(Duration::from_secs(30)))?;
                self.connection = Some(connection);
                Ok(())
            }
            ["send", bytes] => {
                let connection = self.connection.as_mut();
                let connection = connection.ok_or_else(|| other("no connection"))?;
                connection.write_all(bytes.as_bytes())
            }
            ["recv", wanted] => {
                let connection = self.connection.as_mut();
                let connection = connection.ok_or_else(|| other("no connection"))?;
                let mut bytes = vec![0; wanted.len()];
                connection.read_exact(&mut bytes)?;
                same(&bytes, wanted)
            }
            _ => Err(other("an operation that nobody knows")),
        }
    }
}

fn same(bytes: &[u8], wanted: &str) -> std::io::Result<()> {
    match bytes == wanted.as_bytes() {
        true => Ok(()),
        false => Err(std::io::Error::other(format!(
            "{:?}",
            String::from_utf8_lossy(bytes)
        ))),
    }
}
