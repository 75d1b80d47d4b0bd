//! How often control goes which way, as far as somebody has said so: producers by hints, a profile by counts.
//!
//! It has no meaning for what a program does. Passes carry it along where they keep a branch, and may lose it.

/// Relative frequencies of the two ways of a branch. At least one of them is not 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Odds {
    pub then: u32,
    pub or_else: u32,
}

impl Odds {
    /// What a hint says: the other way is not expected at all.
    pub fn hint(is_likely: bool) -> Odds {
        Odds {
            then: u32::from(is_likely),
            or_else: u32::from(!is_likely),
        }
    }

    /// What counts say; nothing if the branch was never executed.
    pub fn counted(then: u64, or_else: u64) -> Option<Odds> {
        let weights = scaled(&[then, or_else]);
        (weights != [0, 0]).then(|| Odds {
            then: weights[0],
            or_else: weights[1],
        })
    }

    /// Those of the opposite condition.
    pub fn swapped(self) -> Odds {
        Odds {
            then: self.or_else,
            or_else: self.then,
        }
    }

    /// Probability of each way.
    pub fn probabilities(self) -> [f32; 2] {
        let sum = (self.then as f32 + self.or_else as f32).max(1.0);
        [self.then as f32 / sum, self.or_else as f32 / sum]
    }
}

/// Counts in the same proportions, as far as 32 bits go; what is not 0 stays so.
pub fn scaled(counts: &[u64]) -> Vec<u32> {
    let largest = counts.iter().copied().max().unwrap_or(0);
    let shift = 32u32.saturating_sub(largest.leading_zeros());
    let scale = |count: u64| (count >> shift).max(u64::from(count != 0)) as u32;
    counts.iter().map(|&count| scale(count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_keep_their_proportions() {
        assert_eq!(Odds::counted(0, 0), None);
        assert_eq!(
            Odds::counted(3, 0),
            Some(Odds {
                then: 3,
                or_else: 0
            })
        );
        let large = Odds::counted(u64::MAX, 1).expect("counts");
        assert_eq!((large.then, large.or_else), (u32::MAX, 1));
        assert_eq!(scaled(&[1 << 40, 1 << 39]), [1 << 31, 1 << 30]);
        assert_eq!(scaled(&[u64::from(u32::MAX), 7]), [u32::MAX, 7]);
    }
}
