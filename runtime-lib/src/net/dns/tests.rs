use super::*;

const ID: u16 = 0x1234;

/// A message in parts: words of the head, then bytes.
fn message(flags: u16, counts: [u16; 4], rest: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [ID, flags, counts[0], counts[1], counts[2], counts[3]] {
        bytes.extend(word.to_be_bytes());
    }
    rest.iter().for_each(|part| bytes.extend(*part));
    bytes
}

fn name(text: &str) -> Name {
    Name::new(text.as_bytes(), b"").unwrap()
}

fn question(text: &str, kind: Kind) -> Vec<u8> {
    let mut bytes = name(text).as_bytes().to_vec();
    bytes.extend(kind.number().to_be_bytes());
    bytes.extend([0, 1]);
    bytes
}

fn record(owner: &[u8], kind: u16, class: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = owner.to_vec();
    bytes.extend(kind.to_be_bytes());
    bytes.extend(class.to_be_bytes());
    bytes.extend([0, 0, 0, 60]);
    bytes.extend((data.len() as u16).to_be_bytes());
    bytes.extend(data);
    bytes
}

fn read(bytes: &[u8], text: &str, kind: Kind) -> (Answer, Vec<String>) {
    let mut found = Vec::new();
    let answer = read_answer(bytes, ID, &name(text), kind, &mut |ip| {
        found.push(ip.to_string());
    });
    (answer, found)
}

#[test]
fn names_have_limits() {
    assert_eq!(name("a.Bc").as_bytes(), b"\x01a\x02bc\x00");
    let with = Name::new(b"host", b"sub.example").unwrap();
    assert_eq!(with.as_bytes(), b"\x04host\x03sub\x07example\x00");
    let long = [b'x'; 64];
    assert!(Name::new(&long[..63], b"").is_some());
    assert!(Name::new(&long, b"").is_none());
    for bad in ["", ".", "a..b", ".a", "a."] {
        assert!(
            bad.is_empty() || Name::new(bad.as_bytes(), b"").is_none(),
            "{bad}"
        );
    }
    assert_eq!(
        Name::new(b"", b"").unwrap().as_bytes(),
        Name::ROOT.as_bytes()
    );
    let many = vec!["a"; 127].join(".");
    assert_eq!(name(&many).as_bytes().len(), 255);
    let more = vec!["a"; 128].join(".");
    assert!(Name::new(more.as_bytes(), b"").is_none());
}

#[test]
fn questions_are_well_formed() {
    let mut buffer = [0; MAX_QUESTION];
    let len = write_question(&mut buffer, ID, &name("a.example"), Kind::Aaaa);
    let want = message(0x0100, [1, 0, 0, 0], &[&question("a.example", Kind::Aaaa)]);
    assert_eq!(buffer[..len], want);
    let longest = name(&vec!["a"; 127].join("."));
    assert_eq!(
        write_question(&mut buffer, ID, &longest, Kind::A),
        MAX_QUESTION
    );
}

#[test]
fn addresses_are_found_behind_other_names() {
    // The question's name is at 12; `www` leads to `b.example`, where the addresses are, in an order that servers may choose.
    let asked = question("www.example", Kind::A);
    let records = [
        record(b"\x01b\xc0\x10", 1, 1, &[192, 0, 2, 1]),
        record(b"\xc0\x0c", 5, 1, b"\x01c\xc0\x10"),
        record(b"\x01C\xc0\x10", 5, 1, b"\x01b\x07example\x00"),
        record(b"\x01b\xc0\x10", 1, 1, &[192, 0, 2, 2]),
        // Others' addresses, another class, another type, a wrong length.
        record(b"\x01d\xc0\x10", 1, 1, &[203, 0, 113, 1]),
        record(b"\x01b\xc0\x10", 1, 3, &[203, 0, 113, 2]),
        record(b"\x01b\xc0\x10", 28, 1, &[0; 16]),
        record(b"\x01b\xc0\x10", 1, 1, &[203, 0, 113]),
    ];
    let parts: Vec<&[u8]> = [&asked[..]]
        .into_iter()
        .chain(records.iter().map(|r| &r[..]))
        .collect();
    let bytes = message(0x8180, [1, 8, 0, 0], &parts);
    let want = vec!["192.0.2.1".to_string(), "192.0.2.2".to_string()];
    let found = read(&bytes, "www.example", Kind::A);
    assert_eq!(found, (Answer::Addresses, want.clone()));
    // Cut off anywhere, it is a part of that.
    for len in 0..bytes.len() {
        let (answer, found) = read(&bytes[..len], "www.example", Kind::A);
        assert!(found.iter().all(|ip| want.contains(ip)));
        assert!(answer == Answer::Addresses || found.is_empty());
    }
}

#[test]
fn only_the_answer_to_the_question_counts() {
    let asked = question("a.example", Kind::A);
    let answer = record(b"\xc0\x0c", 1, 1, &[192, 0, 2, 1]);
    let good = message(0x8180, [1, 1, 0, 0], &[&asked, &answer]);
    assert_eq!(read(&good, "A.example", Kind::A).1, ["192.0.2.1"]);
    assert_eq!(read(&good, "b.example", Kind::A).0, Answer::NotThis);
    assert_eq!(read(&good, "a.example", Kind::Aaaa).0, Answer::NotThis);
    let with = |flags, counts| message(flags, counts, &[&asked, &answer]);
    // A question, another kind of query, no question, two.
    for bytes in [
        with(0x0180, [1, 1, 0, 0]),
        with(0x9180, [1, 1, 0, 0]),
        with(0x8180, [0, 1, 0, 0]),
        with(0x8180, [2, 1, 0, 0]),
    ] {
        assert_eq!(read(&bytes, "a.example", Kind::A).0, Answer::NotThis);
    }
    let mut other = good.clone();
    other[0] ^= 1;
    assert_eq!(read(&other, "a.example", Kind::A).0, Answer::NotThis);
    let code = |flags| read(&with(flags, [1, 1, 0, 0]), "a.example", Kind::A).0;
    assert_eq!(code(0x8182), Answer::Failed(2));
    assert_eq!(code(0x8185), Answer::Failed(5));
    assert_eq!(code(0x8380), Answer::Truncated);
    let none = message(0x8183, [1, 0, 0, 0], &[&asked]);
    assert_eq!(
        read(&none, "a.example", Kind::A),
        (Answer::Addresses, vec![])
    );
}

#[test]
fn pointers_and_chains_end() {
    let asked = question("a.example", Kind::A);
    // To itself, forwards, beyond the end, and a kind of label that is none.
    for owner in [
        &b"\x03a.b\0"[..],
        b"\xc0\x1b",
        b"\xc0\x40",
        b"\xff\xff",
        b"\x40",
        b"\xc0",
    ] {
        let bytes = message(
            0x8180,
            [1, 1, 0, 0],
            &[&asked, &record(owner, 1, 1, &[1; 4])],
        );
        assert_eq!(
            read(&bytes, "a.example", Kind::A),
            (Answer::Addresses, vec![])
        );
    }
    let circle = [
        record(b"\xc0\x0c", 5, 1, b"\x01b\xc0\x0e"),
        record(b"\x01b\xc0\x0e", 5, 1, b"\xc0\x0c"),
    ];
    let bytes = message(0x8180, [1, 2, 0, 0], &[&asked, &circle[0], &circle[1]]);
    assert_eq!(
        read(&bytes, "a.example", Kind::A),
        (Answer::Addresses, vec![])
    );
    // More records than there are.
    let bytes = message(0x8180, [1, 0xffff, 0, 0], &[&asked, &circle[0]]);
    assert_eq!(read(&bytes, "a.example", Kind::A).0, Answer::Addresses);
}

/// Bytes of all kinds, whole and in answers that begin well: nothing panics, and no address comes from nowhere.
#[test]
fn random_messages_are_harmless() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let asked = question("a.example", Kind::A);
    for round in 0..20_000 {
        let len = (random() % 600) as usize;
        let noise: Vec<u8> = (0..len)
            .map(|_| match random() % 4 {
                0 => 0xc0,
                1 => (random() % 64) as u8,
                _ => random() as u8,
            })
            .collect();
        let bytes = match round % 2 {
            0 => noise,
            _ => message(0x8180, [1, random() as u16, 0, 0], &[&asked, &noise]),
        };
        read(&bytes, "a.example", Kind::A);
        read(&bytes, "a.example", Kind::Aaaa);
        for at in 0..bytes.len().min(40) {
            if let Some((name, behind)) = Name::read(&bytes, at) {
                assert!(behind <= bytes.len() && name.as_bytes().ends_with(&[0]));
            }
        }
    }
}
