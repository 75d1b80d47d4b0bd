//! A server that keeps values under keys over HTTP, as those do that Bazel, sccache and ccache use: `GET` and `PUT` of URL/KEY.
//!
//! It is asked twice in a compilation at most, and whatever it does costs no more than [`CONNECT`] and [`REQUEST`] each time. There is no TLS in the command.

use std::io::Read;
use std::net::{TcpStream, ToSocketAddrs};
use std::str::FromStr;
use std::time::Duration;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// How long a request may take, its value included, in seconds. What takes longer is compiled sooner.
const REQUEST: u64 = 20;

/// Most bytes of a value that is read: 1 GiB.
const MOST_BYTES: u64 = 1 << 30;

/// A server, and where it keeps values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// `http://HOST[:PORT][/PATH]`, without a slash at its end.
    url: String,
    host: String,
    port: u16,
}

impl FromStr for Server {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(("http", rest)) = text.split_once("://") else {
            return Err("only http:// is possible; a proxy on this machine can add TLS".to_owned());
        };
        if rest.contains(['@', '?', '#'])
            || rest.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return Err("expected http://HOST[:PORT][/PATH] and nothing more".to_owned());
        }
        let authority = rest.split('/').next().unwrap_or_default();
        // Colons within brackets are those of an address.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (authority, Some(80)),
        };
        match port {
            Some(port) if !host.is_empty() => Ok(Server {
                url: text.trim_end_matches('/').to_owned(),
                host: host.trim_matches(['[', ']']).to_owned(),
                port,
            }),
            _ => Err("expected http://HOST[:PORT][/PATH], with a port of 16 bits".to_owned()),
        }
    }
}

impl Server {
    /// The value of a key, if there is one.
    ///
    /// # Errors
    ///
    /// What keeps it from answering.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        self.connect()?;
        let response = minreq::get(self.place(key))
            .with_timeout(REQUEST)
            .with_follow_redirects(false)
            .send_lazy()
            .map_err(|error| self.describe(&error))?;
        match response.status_code {
            200 => {}
            404 => return Ok(None),
            status => return Err(self.describe(&format!("status {status}"))),
        }
        let mut bytes = Vec::new();
        let read = response.take(MOST_BYTES).read_to_end(&mut bytes);
        read.map_err(|error| self.describe(&error))?;
        Ok(Some(bytes))
    }

    /// Gives a key a value.
    ///
    /// # Errors
    ///
    /// As [`Server::get`].
    pub fn put(&self, key: &str, value: &[u8]) -> Result<(), String> {
        self.connect()?;
        let response = minreq::put(self.place(key))
            .with_header("Content-Type", "application/octet-stream")
            .with_body(value)
            .with_timeout(REQUEST)
            .with_follow_redirects(false)
            .send_lazy()
            .map_err(|error| self.describe(&error))?;
        match response.status_code {
            200..300 => Ok(()),
            status => Err(self.describe(&format!("status {status}"))),
        }
    }

    /// Sees whether there is a server at all, which is known sooner than its answer.
    fn connect(&self) -> Result<(), String> {
        let addresses = (self.host.as_str(), self.port).to_socket_addrs();
        let mut last = None;
        for address in addresses.map_err(|error| self.describe(&error))? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(_) => return Ok(()),
                Err(error) => last = Some(error),
            }
        }
        let reason = last.map_or_else(|| "it has no address".to_owned(), |it| it.to_string());
        Err(self.describe(&reason))
    }

    fn place(&self, key: &str) -> String {
        format!("{}/{key}", self.url)
    }

    fn describe(&self, reason: &dyn std::fmt::Display) -> String {
        format!("{}: {reason}", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let parse = |text: &str| text.parse().map(|it: Server| (it.url, it.host, it.port));
        let is = |text: &str, url: &str, host: &str, port: u16| {
            assert_eq!(parse(text), Ok((url.to_owned(), host.to_owned(), port)));
        };
        is("http://cache", "http://cache", "cache", 80);
        is(
            "http://cache:8080/ac/",
            "http://cache:8080/ac",
            "cache",
            8080,
        );
        is("http://10.0.0.1/a/b", "http://10.0.0.1/a/b", "10.0.0.1", 80);
        is("http://[::1]:81", "http://[::1]:81", "::1", 81);
        is("http://[::1]/x", "http://[::1]/x", "::1", 80);
        for bad in [
            "https://cache",
            "ftp://cache",
            "http://",
            "http:///x",
            "http://cache:x",
            "http://cache:65536",
            "http://me@cache",
            "http://cache/?x",
            "http://cache/#x",
            "http://a b",
            "http://cache\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
