use super::*;

fn rule(kind: u32, prefix: Option<(&str, u32)>, name: &'static str, ports: (u32, u32)) -> NetRule {
    let (family, bits) = prefix.map_or((NetRule::NAME, 0), |(ip, _)| bits(ip.parse().unwrap()));
    NetRule {
        kind,
        family,
        first_port: ports.0,
        last_port: ports.1,
        prefix: prefix.map_or(0, |(_, len)| len),
        reserved: 0,
        high: (bits >> 64) as u64,
        low: bits as u64,
        name: name.as_ptr(),
        name_len: name.len() as u64,
    }
}

const EVERY: (u32, u32) = (0, 65535);

fn check(rules: &[NetRule], known: &Known, kind: u32, yes: &[&str], no: &[&str]) {
    for (addresses, want) in [(yes, true), (no, false)] {
        for address in addresses {
            let got = allows(rules, known, kind, &address.parse().unwrap());
            assert_eq!(got, want, "{address}");
        }
    }
}

#[test]
fn nothing_is_allowed_without_rules() {
    for kind in 0..8 {
        check(&[], &Known::NONE, kind, &[], &["127.0.0.1:80", "[::1]:80"]);
    }
    assert!(!allows_name(&[], b"localhost") && !allows_name(&[], b""));
}

#[test]
fn prefixes_and_ports_have_edges() {
    let rules = [
        rule(NetRule::CONNECT, Some(("10.1.0.0", 15)), "", (80, 90)),
        rule(NetRule::CONNECT, Some(("192.0.2.7", 32)), "", (1, 1)),
        rule(NetRule::CONNECT, Some(("2001:db8::", 33)), "", (443, 443)),
    ];
    let yes = [
        "10.0.0.0:80",
        "10.1.255.255:90",
        "192.0.2.7:1",
        "[2001:db8::1]:443",
        "[2001:db8:7fff:ffff:ffff:ffff:ffff:ffff]:443",
    ];
    let no = [
        "10.2.0.0:80",
        "9.255.255.255:80",
        "10.0.0.0:79",
        "10.0.0.0:91",
        "192.0.2.6:1",
        "192.0.2.7:0",
        "192.0.2.7:2",
        "[2001:db8:8000::]:443",
        "[2001:db7::]:443",
        "[::]:443",
    ];
    check(&rules, &Known::NONE, NetRule::CONNECT, &yes, &no);
    // What one right allows is nothing to another.
    check(&rules, &Known::NONE, NetRule::BIND, &[], &yes);
    check(&rules, &Known::NONE, NetRule::SEND, &[], &yes);
}

#[test]
fn one_family_is_not_the_other() {
    let four = [rule(NetRule::SEND, Some(("0.0.0.0", 0)), "", EVERY)];
    let six = [rule(NetRule::SEND, Some(("::", 0)), "", EVERY)];
    let plain = ["1.2.3.4:5", "[::1]:5", "[::ffff:1.2.3.4]:5"];
    // A mapped address is what it stands for: rules of IPv6 do not reach IPv4 hosts.
    check(
        &four,
        &Known::NONE,
        NetRule::SEND,
        &[plain[0], plain[2]],
        &[plain[1]],
    );
    check(
        &six,
        &Known::NONE,
        NetRule::SEND,
        &[plain[1]],
        &[plain[0], plain[2]],
    );
    let loopback = [rule(NetRule::SEND, Some(("::ffff:0:0", 96)), "", EVERY)];
    check(&loopback, &Known::NONE, NetRule::SEND, &[], &plain);
}

#[test]
fn names_open_what_looking_them_up_gave() {
    let rules = [
        rule(NetRule::CONNECT, None, "a.example", (443, 443)),
        rule(NetRule::SEND, None, "b.example", EVERY),
        rule(NetRule::LOOKUP, None, "c.example", EVERY),
    ];
    let names: [(&str, bool); 9] = [
        ("a.example", true),
        ("A.Example.", true),
        ("b.example", true),
        ("c.example", true),
        ("d.example", false),
        ("x.a.example", false),
        ("a.exampl", false),
        ("", false),
        (".", false),
    ];
    for (name, want) in names {
        assert_eq!(allows_name(&rules, name.as_bytes()), want, "{name}");
    }
    let mut known = Known::NONE;
    // The first entry is all zeros while nothing is known.
    check(&rules, &known, NetRule::CONNECT, &[], &["0.0.0.0:443"]);
    known.add(&rules, b"A.EXAMPLE.", "192.0.2.1".parse().unwrap());
    known.add(&rules, b"b.example", "192.0.2.2".parse().unwrap());
    known.add(&rules, b"c.example", "192.0.2.3".parse().unwrap());
    let no = ["192.0.2.1:80", "192.0.2.2:443", "192.0.2.3:443"];
    check(&rules, &known, NetRule::CONNECT, &["192.0.2.1:443"], &no);
    let no = ["192.0.2.1:443", "192.0.2.3:443"];
    check(&rules, &known, NetRule::SEND, &["192.0.2.2:9"], &no);
    check(&rules, &known, NetRule::BIND, &[], &["192.0.2.1:443"]);
    assert_eq!(known.count, 2);
}

#[test]
fn every_name_is_asked_for_only_by_a_rule_for_every_name() {
    let any = [rule(NetRule::LOOKUP, None, "", EVERY)];
    assert!(allows_name(&any, b"x.example") && allows_name(&any, b"localhost"));
    // It opens nothing.
    let mut known = Known::NONE;
    known.add(&any, b"x.example", "192.0.2.1".parse().unwrap());
    check(&any, &known, NetRule::CONNECT, &[], &["192.0.2.1:80"]);
    let bind = [rule(NetRule::BIND, Some(("::", 0)), "", EVERY)];
    assert!(!allows_name(&bind, b"x.example"));
}

#[test]
fn the_oldest_address_is_forgotten_first() {
    let rules = [rule(NetRule::CONNECT, None, "a.example", EVERY)];
    let mut known = Known::NONE;
    let address = |n: usize| IpAddr::from([10, 0, (n >> 8) as u8, n as u8]);
    for n in 0..MAX_GIVEN + 1 {
        known.add(&rules, b"a.example", address(n));
        // Known already.
        known.add(&rules, b"a.example", address(n));
    }
    assert!(!known.has(0, address(0)) && known.has(0, address(1)));
    assert!(known.has(0, address(MAX_GIVEN)));
}
