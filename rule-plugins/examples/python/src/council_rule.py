"""Norfolk's rule for home care in Python: two increments at once, and rates by distance. It says the same of every claim as
the pack `norfolk`, which is in Rust and explains the rule and what it reads."""

import json

from counterfoil_rule import plain
from visit import not_covered, planned_visits, stated_visits
from wit_world import exports
from wit_world.exports.pricing import (
    Answer, Charge, ClaimFacts, Description, Finding, FindingLevel, LineFacts, LineVerdict, Reason, Recording,
    UnitOfPricing, Verdict,
)

# the council's settings for this rule, as a JSON Schema
SETTINGS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Settings of Norfolk's rule for home care",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "frustrated-reasons": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "The reason codes for which a visit that the service user missed is paid.",
        },
    },
}


class Pricing(exports.Pricing):
    def describe(self) -> Description:
        return Description(
            name="norfolk-home-care",
            version="0.1.0",
            covers=[],
            settings_schema=json.dumps(SETTINGS),
            unit=UnitOfPricing.LINE,
            look_back_days=0,
        )

    def assess(self, facts: ClaimFacts) -> Answer:
        answer = Answer(charges=[], findings=[], verdicts=[])
        for line in facts.lines:
            own = charges(facts, line)
            verdict = verdict_of(facts, line, own)
            if verdict.verdict == Verdict.SUSPENDED:
                answer.findings.append(about(line, FindingLevel.SUSPEND, verdict.reason))
            answer.findings += uncommented(line)
            answer.charges += own
            answer.verdicts.append(verdict)
        return answer


def charges(facts: ClaimFacts, line: LineFacts) -> list[Charge]:
    if facts.recording != Recording.TIMETABLED:
        return not_covered(facts, line)
    return stated_visits(facts, line) if facts.stated else planned_visits(facts, line)


def verdict_of(facts: ClaimFacts, line: LineFacts, own: list[Charge]) -> LineVerdict:
    doubt = next((charge for charge in own if charge.verdict == Verdict.SUSPENDED), None)
    if doubt is not None:
        return LineVerdict(line.line, Verdict.SUSPENDED, doubt.reason)
    if not facts.stated:
        return LineVerdict(line.line, Verdict.PENDING, plain("awaiting-actuals"))
    return LineVerdict(line.line, Verdict.PAYABLE, plain("priced"))


def about(line: LineFacts, level: FindingLevel, reason: Reason) -> Finding:
    return Finding(line=line.line, day=None, visit=None, level=level, reason=reason)


def uncommented(line: LineFacts) -> list[Finding]:
    """A difference from the plan without a comment is the provider's to mend."""
    found = []
    for visit in line.stated_visits:
        if visit.frustrated + visit.missed + visit.extra > 0 and not visit.comment:
            finding = about(line, FindingLevel.MEND, plain("comment-needed"))
            finding.day, finding.visit = visit.day, visit.visit
            found.append(finding)
    return found
