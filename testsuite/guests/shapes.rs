//! Traits, generics, collections, strings, wide integers, float formatting, stdin and a panic that is not caught.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::io::{self, BufRead, Write};

trait Shape {
    fn area(&self) -> f64;
    fn name(&self) -> String;
}

struct Circle(f64);
struct Polygon(Vec<(f64, f64)>);

impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.0 * self.0
    }
    fn name(&self) -> String {
        format!("circle of {:.3}", self.0)
    }
}

impl Shape for Polygon {
    fn area(&self) -> f64 {
        let next = self.0.iter().cycle().skip(1);
        let twice: f64 = self.0.iter().zip(next).map(|(a, b)| a.0 * b.1 - a.1 * b.0).sum();
        twice.abs() / 2.0
    }
    fn name(&self) -> String {
        format!("{}-gon", self.0.len())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
enum Token {
    Number(i64),
    Plus,
    Times,
    Open,
    Close,
}

#[derive(Debug)]
struct Broken(usize);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken at {}", self.0)
    }
}

fn tokens(text: &str) -> Result<VecDeque<Token>, Broken> {
    let mut found = VecDeque::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        found.push_back(match c {
            '+' => Token::Plus,
            '*' => Token::Times,
            '(' => Token::Open,
            ')' => Token::Close,
            ' ' => continue,
            '0'..='9' => {
                let mut value = c as i64 - 48;
                while let Some((_, d)) = chars.next_if(|(_, d)| d.is_ascii_digit()) {
                    value = value * 10 + d as i64 - 48;
                }
                Token::Number(value)
            }
            _ => return Err(Broken(at)),
        });
    }
    Ok(found)
}

fn sum(input: &mut VecDeque<Token>) -> Option<i64> {
    let mut total = product(input)?;
    while input.front() == Some(&Token::Plus) {
        input.pop_front();
        total = total.checked_add(product(input)?)?;
    }
    Some(total)
}

fn product(input: &mut VecDeque<Token>) -> Option<i64> {
    let mut total = atom(input)?;
    while input.front() == Some(&Token::Times) {
        input.pop_front();
        total = total.checked_mul(atom(input)?)?;
    }
    Some(total)
}

fn atom(input: &mut VecDeque<Token>) -> Option<i64> {
    match input.pop_front()? {
        Token::Number(n) => Some(n),
        Token::Open => {
            let value = sum(input)?;
            (input.pop_front()? == Token::Close).then(|| value)
        }
        _ => None,
    }
}

fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![
        Box::new(Circle(1.5)),
        Box::new(Polygon(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 3.0)])),
        Box::new(Polygon((0..6).map(|i| (i as f64).to_radians() * 60.0).map(|a| (a.cos(), a.sin())).collect())),
    ];
    for shape in &shapes {
        println!("{}: {} {:e}", shape.name(), shape.area(), shape.area() as f32);
    }

    let mut words: HashMap<String, usize> = HashMap::new();
    let mut lengths: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in io::stdin().lock().lines() {
        let line = line.expect("stdin is text");
        if let Some(expression) = line.strip_prefix("= ") {
            match tokens(expression) {
                Ok(mut input) => println!("{expression} = {:?}", sum(&mut input)),
                Err(e) => println!("{expression}: {e}"),
            }
            continue;
        }
        for word in line.split_whitespace() {
            *words.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    for (word, count) in &words {
        lengths.entry(*count).or_default().push(word.chars().rev().collect());
    }
    for (count, list) in lengths.iter_mut().rev() {
        list.sort();
        println!("{count}×: {}", list.join(" "));
    }

    let mut big: u128 = 1;
    for i in 1..=33u128 {
        big *= i;
    }
    println!("33! = {big}, % 1000003 = {}, {:#x}", big % 1000003, big >> 64);
    println!("{:?} {:?} {} {}", f32::MIN_POSITIVE, f64::MAX, 1.0e21, -0.0f64);
    println!("{:?} {:?}", "3.14159e-5".parse::<f64>(), "nonsense".parse::<f32>().is_err());
    println!("{} {} {}", (2.5f64).round(), (-7i64).rem_euclid(3), 0xdead_beef_u32.rotate_left(7));
    io::stdout().flush().expect("stdout is open");

    let index = words.len() + 100;
    let table = [1, 2, 3];
    println!("{}", table[index]);
}
