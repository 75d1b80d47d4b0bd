use super::*;
use std::io::Write;
use std::os::fd::AsRawFd;

fn read(text: &str) -> Resolver {
    let mut resolver = Resolver::NONE;
    resolver.read_configuration(text.as_bytes());
    resolver
}

fn servers(text: &str) -> Vec<String> {
    let resolver = read(text);
    resolver.servers().iter().map(|s| s.to_string()).collect()
}

fn domains(text: &str) -> Vec<String> {
    let resolver = read(text);
    let domains = resolver.domains();
    domains
        .map(|d| String::from_utf8(d.to_vec()).unwrap())
        .collect()
}

#[test]
fn servers_are_those_of_the_file() {
    assert_eq!(servers(""), ["127.0.0.1:53"]);
    let text = "# comment\nnameserver 192.0.2.1 # the first\n\tnameserver   2001:db8::1\nnameserver [127.0.0.1]:5353\nnameserver 192.0.2.9\n";
    let want = ["192.0.2.1:53", "[2001:db8::1]:53", "127.0.0.1:5353"];
    assert_eq!(servers(text), want);
    assert_eq!(servers("nameserver fe80::1%3"), ["[fe80::1%3]:53"]);
    let bad = "nameserver\nnameserver x\nnameserver 1.2.3\nnameserver fe80::1%eth0\nnameserver [::1\nnameserver [::1]:0\nnameserver [::1]53\nNAMESERVER 192.0.2.1\n\u{0}\n";
    assert_eq!(servers(bad), ["127.0.0.1:53"]);
}

#[test]
fn the_last_search_counts() {
    assert!(domains("").is_empty());
    assert_eq!(
        domains("domain a.example\nsearch b.example. c"),
        ["b.example", "c"]
    );
    assert_eq!(
        domains("search 1 2 3 4 5 6 7"),
        ["1", "2", "3", "4", "5", "6"]
    );
    let long = "x".repeat(300);
    assert_eq!(domains(&format!("search a {long} b")), ["a", "b"]);
    assert!(domains("search .").is_empty());
}

#[test]
fn options_have_limits() {
    let of = |text| {
        let resolver = read(text);
        (resolver.dots, resolver.timeout, resolver.attempts)
    };
    assert_eq!(of(""), (1, 5, 2));
    assert_eq!(of("options ndots:3 timeout:1 attempts:4 rotate"), (3, 1, 4));
    assert_eq!(
        of("options ndots:99 timeout:0\noptions attempts:999"),
        (15, 1, 5)
    );
    assert_eq!(of("options ndots:-1 timeout: attempts:x"), (1, 5, 2));
}

fn hosts(text: &[u8], name: &str, buffer: usize) -> Vec<String> {
    let path = std::env::temp_dir().join(format!(
        "wative-hosts-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(text).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut found = Vec::new();
    let mut buffer = vec![0; buffer];
    each_host(file.as_raw_fd(), &mut buffer, name.as_bytes(), &mut |ip| {
        found.push(ip.to_string());
    });
    found
}

#[test]
fn hosts_are_found_in_whatever_pieces_the_file_is_read() {
    let text = b"# 192.0.2.9 a\n192.0.2.1 a.example A\n2001:db8::1\ta # one more\nbad a\n192.0.2.2\n192.0.2.3 ab b.\n192.0.2.4 a";
    for buffer in [40, 41, 64, 4096] {
        assert_eq!(
            hosts(text, "a", buffer),
            ["192.0.2.1", "2001:db8::1", "192.0.2.4"],
            "{buffer}"
        );
        assert_eq!(hosts(text, "b", buffer), ["192.0.2.3"]);
        assert!(hosts(text, "c", buffer).is_empty());
    }
    // A line that is too long is left out as a whole.
    let mut text = b"192.0.2.1 ".to_vec();
    text.extend([b'x'; 100]);
    text.extend(b" 192.0.2.2 a\n192.0.2.3 a\n");
    assert_eq!(hosts(&text, "a", 64), ["192.0.2.3"]);
    assert!(hosts(b"\n\n\0\xff 192.0.2.1 a\n", "a", 64).is_empty());
    assert!(hosts(b"", "a", 64).is_empty());
}

#[test]
fn some_names_need_nobody() {
    let own = |name| {
        let mut found = Vec::new();
        each_own(name, &mut |ip| found.push(ip.to_string()));
        found
    };
    assert_eq!(own("192.0.2.1"), ["192.0.2.1"]);
    assert_eq!(own("::1"), ["::1"]);
    assert_eq!(own("[2001:db8::1]"), ["2001:db8::1"]);
    assert_eq!(own("localhost"), ["::1", "127.0.0.1"]);
    assert_eq!(own("x.LocalHost"), ["::1", "127.0.0.1"]);
    for name in [
        "localhost.example",
        "xlocalhost",
        "",
        "1.2.3",
        "[127.0.0.1]",
        "[::1",
    ] {
        assert!(own(name).is_empty(), "{name}");
    }
}
