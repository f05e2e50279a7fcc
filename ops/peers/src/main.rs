//! What it costs elsewhere to price a claim in a sandbox of its own: Worcestershire's rule for weekly quantities in this
//! service, in Rhai, Lua, GoRules and Extism. `counterfoil bench rules --peers` builds and runs this.
//!
//! It is a program of its own, with its own lock file, because the peers bring hundreds of packages and an older wasmtime
//! that neither the service nor its checks should carry. This service is in it as well, so that rounds alternate between
//! all of them in one process; what is timed is the way from the facts in memory to a checked answer.
//!
//! Nothing is measured before all give the same charges, findings and verdicts as `standard` called natively, for every claim
//! of `claims`.

mod claims;
mod peers;
mod report;
#[path = "../../counterfoil/src/bench/rules/time.rs"]
mod time;

use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use counterfoil_core::pricing::Answer;

use claims::Claim;
use peers::{Peer, ours};
use report::{Measured, Report, Row};

/// Rounds of each where the command line does not say.
const ROUNDS: u32 = 15;

fn main() -> ExitCode {
    match arguments().and_then(|arguments| run(&arguments)) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("counterfoil-peers: {error:#}");
            ExitCode::FAILURE
        }
    }
}

struct Arguments {
    json: bool,
    rounds: u32,
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut arguments = Arguments { json: false, rounds: ROUNDS };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--json" => arguments.json = true,
            "--rounds" => {
                let rounds = given.next().context("--rounds needs a number")?;
                arguments.rounds = rounds.parse().with_context(|| format!("{rounds} is no number of rounds"))?;
            }
            other => bail!("{other} is not understood: give --json or --rounds N"),
        }
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> anyhow::Result<String> {
    let peers = peers::all()?;
    for claim in claims::all()? {
        agree(&peers, &claim)?;
    }
    let rounds = arguments.rounds.max(1);
    let timed = claims::timed()?;
    let measured = timed.iter().map(|claim| measure(&peers, claim, rounds));
    let report = Report {
        rounds,
        peers: peers.iter().map(|peer| Row { name: peer.name(), limits: peer.limits() }).collect(),
        measured: measured.collect::<anyhow::Result<_>>()?,
    };
    if arguments.json { Ok(serde_json::to_string_pretty(&report)? + "\n") } else { Ok(report.text()) }
}

/// Refuses to go on where one prices a claim otherwise than the rest.
fn agree(peers: &[Box<dyn Peer>], claim: &Claim) -> anyhow::Result<()> {
    let expected = in_order(ours::natively(&claim.facts)?);
    for peer in peers {
        let answer = in_order(peer.assess(&claim.facts).with_context(|| named(&**peer, claim))?);
        ensure!(
            answer == expected,
            "{}: it says\n{}\nwhere the pack standard says\n{}",
            named(&**peer, claim),
            serde_json::to_string_pretty(&answer)?,
            serde_json::to_string_pretty(&expected)?
        );
    }
    Ok(())
}

fn named(peer: &dyn Peer, claim: &Claim) -> String {
    format!("{}, claim \u{2018}{}\u{2019}", peer.name(), claim.name)
}

/// The same answer, whatever order it was given in.
fn in_order(mut answer: Answer) -> Answer {
    answer.charges.sort_by_cached_key(|charge| (charge.line, charge.from, format!("{charge:?}")));
    answer.findings.sort_by_cached_key(|finding| (finding.line, finding.day, format!("{finding:?}")));
    answer.verdicts.sort_by_key(|verdict| verdict.line);
    answer
}

fn measure(peers: &[Box<dyn Peer>], claim: &Claim, rounds: u32) -> anyhow::Result<Measured> {
    let mut times: Vec<Vec<u64>> = vec![Vec::new(); peers.len()];
    for _ in 0..rounds {
        for (peer, times) in peers.iter().zip(&mut times) {
            times.push(time::time(|| peer.assess(&claim.facts).map(|_| ()))?);
        }
    }
    let lines = u64::try_from(claim.facts.lines.len())?;
    Ok(Measured { claim: claim.name.clone(), lines, claim_ns: times.into_iter().map(time::median).collect() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn all_give_the_same_charges_for_every_claim() {
        let peers = peers::all().unwrap();
        let claims = claims::all().unwrap();
        assert!(claims.len() >= 8, "only {} claims", claims.len());
        for claim in claims {
            agree(&peers, &claim).unwrap();
        }
    }

    #[test]
    fn a_penny_more_is_refused() {
        struct Dear;
        impl Peer for Dear {
            fn name(&self) -> String {
                "a dear one".to_owned()
            }

            fn limits(&self) -> String {
                String::new()
            }

            fn assess(&self, facts: &counterfoil_core::pricing::ClaimFacts) -> anyhow::Result<Answer> {
                let mut answer = ours::natively(facts)?;
                answer.charges[0].pence += 1;
                Ok(answer)
            }
        }
        let claim = &claims::timed().unwrap()[0];
        let refused = agree(&[Box::new(Dear)], claim).unwrap_err().to_string();
        assert!(refused.contains("a dear one") && refused.contains("standard"), "{refused}");
    }
}
