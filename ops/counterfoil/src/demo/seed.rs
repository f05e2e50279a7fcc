//! The one seed that all of the demo follows from: random streams and ids, each by the path of what it is for, so
//! that adding something to the demo leaves the rest of it as it was. No floats: chances are in percent.

use uuid::Uuid;

/// The seed of a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed(u64);

/// Ids of the demo are UUIDs of version 5 below this one.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d0f_4f8e_6b1c_4a53_9a0e_c0de_2024_1222);

impl Seed {
    /// A seed with this number.
    #[must_use]
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The id of whatever a path names.
    #[must_use]
    pub(crate) fn id(self, path: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, format!("{}/{path}", self.0).as_bytes())
    }

    /// A stream of random numbers for whatever a path names, independent of every other path's.
    #[must_use]
    pub(crate) fn random(self, path: &str) -> Random {
        // FNV-1a tells paths apart; SplitMix64 spreads what it says over the state
        let mut state = path.bytes().fold(0xcbf2_9ce4_8422_2325 ^ self.0, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Random(std::array::from_fn(|_| split_mix(&mut state)))
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A stream of random numbers: xoshiro256** (Blackman and Vigna, 2018).
#[derive(Debug, Clone)]
pub(crate) struct Random([u64; 4]);

impl Random {
    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let given = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        given
    }

    /// A number from 0 to one less than `end`; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // the high half of a product is uneven by less than one part in 2^40 for the sizes of a demo
        let wide = u128::from(self.next()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least + 1).unwrap_or_default();
        least + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// Yes, in so many cases of a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        const { assert!(N > 0, "nothing to pick from") };
        from[self.index(N)]
    }

    /// A position in a list of this length; 0 where it is empty.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap_or(u64::MAX))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_always_gives_the_same_and_another_path_something_else() {
        let seed = Seed::new(7);
        let drawn = |path: &str| {
            let mut random = seed.random(path);
            (0..8).map(|_| random.below(1_000_000)).collect::<Vec<_>>()
        };
        assert_eq!(drawn("bradford/line/1"), drawn("bradford/line/1"));
        assert_ne!(drawn("bradford/line/1"), drawn("bradford/line/2"));
        assert_ne!(seed.id("a"), seed.id("b"));
        assert_ne!(seed.id("a"), Seed::new(8).id("a"));
    }

    #[test]
    fn every_number_of_a_span_turns_up_and_none_beyond() {
        let mut random = Seed::new(1).random("span");
        let mut seen = [0_u32; 7];
        for _ in 0..7_000 {
            let number = random.between(-3, 3);
            assert!((-3..=3).contains(&number));
            seen[usize::try_from(number + 3).unwrap_or_default()] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
    }
}
