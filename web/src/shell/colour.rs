//! A council's colour, and the colour of words that can be read on it.
//!
//! A council gives any colour it likes. WCAG 2.2 AA asks for a contrast of 4.5 to 1 between words and what
//! is behind them, so the words are white or black, whichever reaches it; one of both always does.

use serde::Serialize;

/// Twenty-four bits, as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// GOV.UK's colour of text.
const INK: Colour = Colour { red: 0x0b, green: 0x0c, blue: 0x0c };
const BLACK: Colour = Colour { red: 0, green: 0, blue: 0 };
const WHITE: Colour = Colour { red: 0xff, green: 0xff, blue: 0xff };

impl Colour {
    /// For a council that has chosen none: the blue of the Design System.
    pub(crate) const DEFAULT: Self = Self { red: 0x1d, green: 0x70, blue: 0xb8 };

    /// Reads `#rrggbb`, in either case; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut channels = [0_u8; 3];
        hex::decode_to_slice(digits, &mut channels).ok()?;
        let [red, green, blue] = channels;
        Some(Self { red, green, blue })
    }

    /// `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// White where white can be read on this colour; else GOV.UK's near-black, or black where that is too near.
    pub(crate) fn words_on_it(self) -> Self {
        [WHITE, INK].into_iter().find(|words| words.reads_on(self)).unwrap_or(BLACK)
    }

    /// Whether the contrast is 4.5 to 1 or better, as WCAG computes it: (lighter + 0.05) / (darker + 0.05).
    fn reads_on(self, ground: Self) -> bool {
        let (one, other) = (self.luminance() + 50_000, ground.luminance() + 50_000);
        2 * one.max(other) >= 9 * one.min(other)
    }

    /// Relative luminance in millionths, from 0 for black to 1,000,000 for white.
    fn luminance(self) -> u64 {
        let channel = |value: u8| u64::from(LINEAR[usize::from(value)]);
        (2_126 * channel(self.red) + 7_152 * channel(self.green) + 722 * channel(self.blue)) / 10_000
    }
}

impl Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

/// The light of a channel's value in millionths: sRGB's curve, which WCAG takes from IEC 61966-2-1.
#[rustfmt::skip]
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125, 2_428, 2_732, 3_035, 3_347,
    3_677, 4_025, 4_391, 4_777, 5_182, 5_605, 6_049, 6_512, 6_995, 7_499, 8_023, 8_568,
    9_134, 9_721, 10_330, 10_960, 11_612, 12_286, 12_983, 13_702, 14_444, 15_209, 15_996, 16_807,
    17_642, 18_500, 19_382, 20_289, 21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321, 28_426,
    29_557, 30_713, 31_896, 33_105, 34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735,
    45_186, 46_665, 48_172, 49_707, 51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010,
    64_803, 66_626, 68_478, 70_360, 72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500,
    88_656, 90_842, 93_059, 95_307, 97_587, 99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435,
    116_971, 119_538, 122_139, 124_772, 127_438, 130_136, 132_868, 135_633, 138_432, 141_263, 144_128, 147_027,
    149_960, 152_926, 155_926, 158_961, 162_029, 165_132, 168_269, 171_441, 174_647, 177_888, 181_164, 184_475,
    187_821, 191_202, 194_618, 198_069, 201_556, 205_079, 208_637, 212_231, 215_861, 219_526, 223_228, 226_966,
    230_740, 234_551, 238_398, 242_281, 246_201, 250_158, 254_152, 258_183, 262_251, 266_356, 270_498, 274_677,
    278_894, 283_149, 287_441, 291_771, 296_138, 300_544, 304_987, 309_469, 313_989, 318_547, 323_143, 327_778,
    332_452, 337_164, 341_914, 346_704, 351_533, 356_400, 361_307, 366_253, 371_238, 376_262, 381_326, 386_429,
    391_572, 396_755, 401_978, 407_240, 412_543, 417_885, 423_268, 428_690, 434_154, 439_657, 445_201, 450_786,
    456_411, 462_077, 467_784, 473_531, 479_320, 485_150, 491_021, 496_933, 502_886, 508_881, 514_918, 520_996,
    527_115, 533_276, 539_479, 545_724, 552_011, 558_340, 564_712, 571_125, 577_580, 584_078, 590_619, 597_202,
    603_827, 610_496, 617_207, 623_960, 630_757, 637_597, 644_480, 651_406, 658_375, 665_387, 672_443, 679_542,
    686_685, 693_872, 701_102, 708_376, 715_694, 723_055, 730_461, 737_910, 745_404, 752_942, 760_525, 768_151,
    775_822, 783_538, 791_298, 799_103, 806_952, 814_847, 822_786, 830_770, 838_799, 846_873, 854_993, 863_157,
    871_367, 879_622, 887_923, 896_269, 904_661, 913_099, 921_582, 930_111, 938_686, 947_307, 955_973, 964_686,
    973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    // The curve and the contrast are checked against their definitions, which are in real numbers.
    #![allow(clippy::float_arithmetic)]
    use super::*;

    fn light(value: u8) -> f64 {
        let share = f64::from(value) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let luminance = |c: Colour| 0.2126 * light(c.red) + 0.7152 * light(c.green) + 0.0722 * light(c.blue);
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn the_table_follows_the_curve() {
        for value in 0..=255_u8 {
            let exact = light(value) * 1_000_000.0;
            assert!((f64::from(LINEAR[usize::from(value)]) - exact).abs() <= 0.5, "{value}");
        }
    }

    #[test]
    fn words_can_be_read_on_every_colour() {
        let steps = || (0..=255_u8).step_by(5);
        let mut seen = std::collections::BTreeSet::new();
        for red in steps() {
            for green in steps() {
                for blue in steps() {
                    let ground = Colour { red, green, blue };
                    let words = ground.words_on_it();
                    seen.insert(words.hex());
                    assert!(contrast(words, ground) >= 4.499, "{} on {}", words.hex(), ground.hex());
                }
            }
        }
        // No choice is there for nothing.
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["#000000", "#0b0c0c", "#ffffff"]);
    }

    #[test]
    fn dark_colours_get_white_words_and_bright_ones_dark_words() {
        let words = |text: &str| Colour::parse(text).unwrap().words_on_it().hex();
        assert_eq!(words("#1d70b8"), "#ffffff");
        assert_eq!(words("#000000"), "#ffffff");
        assert_eq!(words("#ffdd00"), "#0b0c0c");
        assert_eq!(words("#FFFFFF"), "#0b0c0c");
        assert_eq!(words("#777777"), "#000000");
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for text in ["", "#", "1d70b8", "#1d70b", "#1d70b88", "#fff", "red", "#1d70b8;}", "#ggpppp", "#é0000"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        assert_eq!(Colour::parse("#1D70b8"), Some(Colour::DEFAULT));
    }
}
