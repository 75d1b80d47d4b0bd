//! Initial memory contents that are mapped at start instead of being copied.
//!
//! Applies to active segments of the module that defines the memory: nothing can have written it before, so their order among other
//! things that instantiation does is not visible, provided that all of them are known to be in bounds.

use std::collections::BTreeMap;

/// A cluster of pages smaller than this is copied: one mapping costs about as much as copying 32 KiB.
const MIN_BYTES: u64 = 32 << 10;

/// Contents of consecutive pages, from a byte address.
#[derive(PartialEq, Eq, Debug)]
pub struct Cluster {
    pub dst: u64,
    pub bytes: Vec<u8>,
}

/// Pages of so many bytes that segments touch, merged where they adjoin, and the segments that they make superfluous. `segments`: offset
/// and bytes, in order; all in bounds.
pub fn clusters(page: u64, segments: &[(u64, &[u8])]) -> (Vec<Cluster>, Vec<bool>) {
    // First page -> (end page, bytes of segments inside), disjoint and not adjoining.
    let mut runs: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for &(offset, bytes) in segments.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let mut first = offset / page;
        let mut end = (offset + bytes.len() as u64).div_ceil(page);
        let mut payload = bytes.len() as u64;
        while let Some((&f, &(e, p))) = runs.range(..=end).next_back()
            && e >= first
        {
            runs.remove(&f);
            first = first.min(f);
            end = end.max(e);
            payload += p;
        }
        runs.insert(first, (end, payload));
    }
    // At least half of an image must be worth it, so that thinly spread data does not inflate the file.
    runs.retain(|first, (end, payload)| {
        *payload >= MIN_BYTES && *payload * 2 >= (*end - *first) * page
    });
    let mut images: Vec<Cluster> = runs
        .iter()
        .map(|(first, (end, _))| Cluster {
            dst: first * page,
            bytes: vec![0; ((end - first) * page) as usize],
        })
        .collect();
    let mut placed = vec![false; segments.len()];
    for (i, &(offset, bytes)) in segments.iter().enumerate() {
        let at = images.partition_point(|image| image.dst <= offset);
        let Some(image) = at.checked_sub(1).map(|at| &mut images[at]) else {
            continue;
        };
        let start = (offset - image.dst) as usize;
        if let Some(place) = image.bytes.get_mut(start..start + bytes.len()) {
            place.copy_from_slice(bytes);
            placed[i] = !bytes.is_empty();
        }
    }
    (images, placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_neighbours_merge_and_small_ones_stay() {
        let (big, small) = (vec![1; 60_000], vec![2; 100]);
        let segments: [(u64, &[u8]); 4] = [
            (1024, &big),
            (70_000, &big),
            (10 * 65536, &small),
            (1024, &small),
        ];
        let (images, placed) = clusters(65536, &segments);
        assert_eq!(placed, [true, true, false, true]);
        assert_eq!(images.len(), 1);
        let image = &images[0];
        assert_eq!((image.dst, image.bytes.len()), (0, 2 * 65536));
        // Later segments win, as they would be copied later.
        assert_eq!(image.bytes[1023..1026], [0, 2, 2]);
        assert_eq!(image.bytes[1124], 1);
        assert_eq!(image.bytes[129_999..130_001], [1, 0]);
    }

    #[test]
    fn small_pages_leave_out_what_lies_between() {
        let (big, small) = (vec![1; 60_000], vec![2; 100]);
        let segments: [(u64, &[u8]); 3] = [(5000, &big), (100_000, &small), (200_000, &big)];
        let (images, placed) = clusters(4096, &segments);
        assert_eq!(placed, [true, false, true]);
        let places: Vec<(u64, usize)> = images.iter().map(|i| (i.dst, i.bytes.len())).collect();
        assert_eq!(places, [(4096, 15 * 4096), (196_608, 16 * 4096)]);
        assert_eq!(images[0].bytes[903..905], [0, 1]);
    }
}
