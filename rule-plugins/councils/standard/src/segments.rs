//! A visit cut where its rate may change: at midnight and at the edges of time bands.

use counterfoil_rule_sdk::{RateRow, rates};

/// Minutes of one visit at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Days after the one on which the visit started.
    pub(crate) later: i32,
    /// Its start, in minutes from midnight.
    pub(crate) time: u16,
    /// Its length.
    pub(crate) minutes: i64,
}

/// The whole visit at its start's rate.
pub(crate) fn whole(start: i64, minutes: i64) -> Segment {
    segment(start, minutes)
}

/// The visit cut at every midnight and every edge of a time band in the rows.
pub(crate) fn cut(rows: &[RateRow], start: i64, minutes: i64) -> Vec<Segment> {
    let mut edges: Vec<i64> = rates::edges(rows).into_iter().map(i64::from).collect();
    if edges.first() != Some(&0) {
        edges.insert(0, 0);
    }
    let end = start + minutes;
    let mut at = start;
    let mut segments = Vec::with_capacity(2);
    while at < end {
        let midnight = at - at.rem_euclid(1_440);
        let next = edges.iter().map(|edge| midnight + edge).find(|edge| *edge > at).unwrap_or(midnight + 1_440);
        let until = next.min(end);
        segments.push(segment(at, until - at));
        at = until;
    }
    segments
}

fn segment(at: i64, minutes: i64) -> Segment {
    let time = u16::try_from(at.rem_euclid(1_440)).unwrap_or_default();
    Segment { later: i32::try_from(at.div_euclid(1_440)).unwrap_or_default(), time, minutes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_past_midnight_is_cut_there() {
        let segments = cut(&[], 23 * 60, 120);
        assert_eq!(
            segments,
            [Segment { later: 0, time: 1_380, minutes: 60 }, Segment { later: 1, time: 0, minutes: 60 }]
        );
    }
}
