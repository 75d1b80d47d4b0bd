//! A picture of a tree: rectangles as large as parts have bytes, squarified.
//!
//! The parts of a group, largest first, are laid along the shorter side of the room that is left, as long as their rectangles become more like squares.

use std::fmt::Write as _;

use super::Node;

/// Size of the picture.
const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 800.0;
/// Room for a group's name.
const TITLE: f64 = 14.0;
/// Rectangles narrower than this are not divided further.
const SMALLEST: f64 = 4.0;
/// Width of a letter about.
const LETTER: f64 = 6.2;

const COLOURS: [&str; 8] = [
    "#8dd3c7", "#bebada", "#fb8072", "#80b1d3", "#fdb462", "#b3de69", "#fccde5", "#bc80bd",
];

#[derive(Clone, Copy, Debug)]
struct Rect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// The picture as an SVG file. Each rectangle has its name and bytes as a tooltip.
pub fn treemap(root: &Node) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n"
    );
    let all = Rect {
        x: 0.0,
        y: 0.0,
        width: WIDTH,
        height: HEIGHT,
    };
    draw(root, all, "#eeeeee", 0, &mut out);
    out.push_str("</svg>\n");
    out
}

fn draw(node: &Node, rect: Rect, colour: &str, depth: usize, out: &mut String) {
    let Rect {
        x,
        y,
        width,
        height,
    } = rect;
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<g><title>{}: {} bytes</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\" stroke=\"#ffffff\"/>",
        escape(&node.name),
        node.bytes
    );
    let letters = ((width - 6.0) / LETTER).max(0.0) as usize;
    if letters >= 3 && height >= TITLE {
        let name: String = node.name.chars().take(letters).collect();
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 3.0,
            y + 11.0,
            escape(&name)
        );
    }
    out.push_str("</g>\n");
    let inside = Rect {
        x: x + 2.0,
        y: y + TITLE,
        width: width - 4.0,
        height: height - TITLE - 2.0,
    };
    if inside.width < SMALLEST || inside.height < SMALLEST {
        return;
    }
    let areas = layout(node, inside);
    for (number, (child, rect)) in node.children.iter().zip(areas).enumerate() {
        if rect.width >= 1.0 && rect.height >= 1.0 {
            let colour = match depth {
                0 => COLOURS[number % COLOURS.len()],
                _ => colour,
            };
            draw(child, rect, colour, depth + 1, out);
        }
    }
}

/// The rectangles of a group's parts, which are largest first.
fn layout(node: &Node, mut room: Rect) -> Vec<Rect> {
    let total: u64 = node.children.iter().map(|child| child.bytes).sum();
    let scale = room.width * room.height / total.max(1) as f64;
    let areas: Vec<f64> = node
        .children
        .iter()
        .map(|it| it.bytes as f64 * scale)
        .collect();
    let mut rects = Vec::with_capacity(areas.len());
    let mut start = 0;
    while start < areas.len() {
        let side = room.width.min(room.height);
        let mut end = start + 1;
        while end < areas.len()
            && worst(&areas[start..=end], side) <= worst(&areas[start..end], side)
        {
            end += 1;
        }
        lay(&areas[start..end], &mut room, &mut rects);
        start = end;
    }
    rects
}

/// The worst ratio of sides in a row along this side.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let thickness = sum / side;
    row.iter().fold(0.0, |worst: f64, area| {
        let length = area / thickness;
        worst.max((length / thickness).max(thickness / length))
    })
}

/// Lays a row along the shorter side of the room, which becomes smaller.
fn lay(row: &[f64], room: &mut Rect, rects: &mut Vec<Rect>) {
    let sum: f64 = row.iter().sum();
    let is_wide = room.width >= room.height;
    let side = if is_wide { room.height } else { room.width };
    let thickness = if side > 0.0 { sum / side } else { 0.0 };
    let mut along = 0.0;
    for area in row {
        let length = if thickness > 0.0 {
            area / thickness
        } else {
            0.0
        };
        rects.push(match is_wide {
            true => Rect {
                x: room.x,
                y: room.y + along,
                width: thickness,
                height: length,
            },
            false => Rect {
                x: room.x + along,
                y: room.y,
                width: length,
                height: thickness,
            },
        });
        along += length;
    }
    if is_wide {
        room.x += thickness;
        room.width -= thickness;
    } else {
        room.y += thickness;
        room.height -= thickness;
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_fill_the_room_and_do_not_overlap() {
        let mut root = Node::group("a<b&c");
        for (number, bytes) in [60, 60, 40, 30, 20, 20, 10, 0].into_iter().enumerate() {
            root.add(&[&number.to_string()], bytes);
        }
        let room = Rect {
            x: 10.0,
            y: 20.0,
            width: 600.0,
            height: 400.0,
        };
        let rects = layout(&root, room);
        let area = |rect: &Rect| rect.width * rect.height;
        for (child, rect) in root.children.iter().zip(&rects) {
            assert!((area(rect) - child.bytes as f64 * 1000.0).abs() < 1e-6);
            assert!(rect.x >= 9.999 && rect.x + rect.width <= 610.001);
            assert!(rect.y >= 19.999 && rect.y + rect.height <= 420.001);
        }
        for (i, a) in rects.iter().enumerate() {
            for b in &rects[i + 1..] {
                let apart = |x: f64, wide: f64, y: f64| x + wide <= y + 1e-6;
                assert!(
                    apart(a.x, a.width, b.x)
                        || apart(b.x, b.width, a.x)
                        || apart(a.y, a.height, b.y)
                        || apart(b.y, b.height, a.y)
                );
            }
        }
        let picture = treemap(&root);
        assert!(picture.contains("a&lt;b&amp;c: 240 bytes"));
        assert_eq!(picture.matches("<rect").count(), 8);
    }
}
