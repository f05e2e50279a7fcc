//! What is printed: a table of lines a second, this service first, then which limits were on.

use serde::Serialize;

/// All of it.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) rounds: u32,
    pub(crate) peers: Vec<Row>,
    pub(crate) measured: Vec<Measured>,
}

/// A peer.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) limits: String,
}

/// What one claim took.
#[derive(Serialize)]
pub(crate) struct Measured {
    pub(crate) claim: String,
    pub(crate) lines: u64,
    /// Nanoseconds of processor time for one claim, in the order of the peers: ours first.
    pub(crate) claim_ns: Vec<u64>,
}

impl Measured {
    fn lines_per_second(&self, at: usize) -> u64 {
        self.lines * 1_000_000_000 / self.claim_ns[at].max(1)
    }

    /// A peer's time by ours, in hundredths.
    fn ratio_hundredths(&self, at: usize) -> u64 {
        self.claim_ns[at] * 100 / self.claim_ns[0].max(1)
    }
}

impl Report {
    pub(crate) fn text(&self) -> String {
        let wide = self.peers.iter().map(|peer| peer.name.len()).max().unwrap_or_default();
        let mut text = format!(
            "Worcestershire's weekly quantities, 20 lines a claim, from facts in memory to a checked answer, a fresh sandbox a \
             claim;\nmedians of {} rounds, processor time of one core; all gave the same charges, findings and verdicts\n",
            self.rounds
        );
        for measured in &self.measured {
            text += &format!("\n{}\n", measured.claim);
            for (at, peer) in self.peers.iter().enumerate() {
                let ratio = measured.ratio_hundredths(at);
                text += &format!(
                    "  {:<wide$}  {:>9} lines/s  {:>4}.{:02} x our time\n",
                    peer.name,
                    measured.lines_per_second(at),
                    ratio / 100,
                    ratio % 100
                );
            }
        }
        text += "\nfresh for each claim, and the limits that were on\n";
        for peer in &self.peers {
            text += &format!("  {}: {}\n", peer.name, peer.limits);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_comes_first_and_the_others_are_compared_with_it() {
        let row = |name: &str| Row { name: name.to_owned(), limits: "all".to_owned() };
        let measured = Measured { claim: "a week".to_owned(), lines: 20, claim_ns: vec![50_000, 125_000] };
        let report = Report { rounds: 1, peers: vec![row("ours"), row("theirs")], measured: vec![measured] };
        let text = report.text();
        let (ours, theirs) = (text.find("  ours ").unwrap_or(usize::MAX), text.find("  theirs").unwrap_or(0));
        assert!(ours < theirs, "{text}");
        assert!(
            text.contains("400000 lines/s     1.00 x our time") && text.contains("160000 lines/s     2.50 x our time"),
            "{text}"
        );
    }
}
