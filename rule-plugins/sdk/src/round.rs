//! Minutes to an increment.

/// To the nearest increment, as call-monitoring systems do it: with 15, 23 to 37 minutes are 30, 38 to 52 are 45.
/// It is `floor((minutes + (increment - 1) / 2) / increment) x increment`. An increment of 0 changes nothing.
#[must_use]
pub const fn nearest(minutes: i64, increment: i64) -> i64 {
    if increment <= 0 { minutes } else { (minutes + (increment - 1) / 2) / increment * increment }
}

/// Up to the next full increment. An increment of 0 changes nothing.
#[must_use]
pub const fn up(minutes: i64, increment: i64) -> i64 {
    if increment <= 0 { minutes } else { (minutes + increment - 1) / increment * increment }
}

/// Down to the last full increment. An increment of 0 changes nothing.
#[must_use]
pub const fn down(minutes: i64, increment: i64) -> i64 {
    if increment <= 0 { minutes } else { minutes / increment * increment }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_bands_of_fifteen_minutes() {
        for (from, to, paid) in [(8, 22, 15), (23, 37, 30), (38, 52, 45), (53, 67, 60)] {
            for minutes in from..=to {
                assert_eq!(nearest(minutes, 15), paid, "{minutes} minutes");
            }
        }
        assert_eq!((nearest(7, 5), nearest(8, 5), up(31, 15), down(44, 15)), (5, 10, 45, 30));
    }
}
