"""One visit: its increment, its band, its price."""

from dataclasses import dataclass, replace

from counterfoil_rule import (
    Wanted, because, code, code_on, day_facts, nearest, number_on, plain, price, rate_row, setting,
)
from wit_world.exports.pricing import (
    Arg_Count, Arg_Minutes, Charge, ClaimFacts, LineFacts, Reason, StatedVisit, Unit, Value_Codes, Verdict,
)

# three miles and six, in thousandths
NEAR = 3_000
FAR = 6_000
# the increment of each framework, in minutes
INCREMENTS = {"old": 5, "new": 15}


@dataclass(frozen=True)
class Part:
    """A part of a visit with one outcome."""

    day: int
    start: int
    carers: int
    amount: int
    """Carer-minutes."""
    verdict: Verdict
    visit: int | None = None
    reason: Reason | None = None
    """Why it is not paid as delivered; none when it is."""


def stated_visits(facts: ClaimFacts, line: LineFacts) -> list[Charge]:
    """The charges of every stated visit."""
    return [charge for visit in line.stated_visits for charge in of_visit(facts, line, visit)]


def planned_visits(facts: ClaimFacts, line: LineFacts) -> list[Charge]:
    """The price of every planned visit, for as long as nothing is stated."""
    left = {plan.day: plan.quantity for plan in line.plan}
    charges = []
    for visit in line.planned_visits:
        if visit.day not in left:
            continue
        amount = visit.minutes * visit.carers
        left[visit.day] -= amount
        why = plain("awaiting-actuals")
        part = Part(visit.day, visit.start, visit.carers, amount, Verdict.PENDING, reason=why)
        charges.append(priced(facts, line, part))
    return charges + [unpriced(line, day, amount) for day, amount in left.items() if amount > 0]


def not_covered(facts: ClaimFacts, line: LineFacts) -> list[Charge]:
    """Everything of a line that is not recorded by visits: a person decides."""
    if facts.stated:
        amounts = [(day.day, day.delivered + day.frustrated + day.missed) for day in line.stated_days]
    else:
        amounts = [(day.day, day.quantity) for day in line.plan]
    return [unpriced(line, day, amount) for day, amount in amounts if amount > 0]


def of_visit(facts: ClaimFacts, line: LineFacts, visit: StatedVisit) -> list[Charge]:
    carers = visit.carers
    # a planned visit's number is its position
    if carers == 0 and visit.planned is not None and visit.planned < len(line.planned_visits):
        carers = line.planned_visits[visit.planned].carers
    delivered = Part(visit.day, visit.start, max(carers, 1), visit.delivered, Verdict.PAYABLE, visit.visit)
    charges = []
    if visit.delivered > 0:
        charges.append(priced(facts, line, delivered))
    if visit.frustrated > 0:
        counts = frustrated_counts(facts, line, visit)
        verdict = Verdict.PAYABLE if counts else Verdict.REJECTED
        why = because("frustrated-paid" if counts else "frustrated-unpaid", code(visit.reason))
        charges.append(priced(facts, line, replace(delivered, amount=visit.frustrated, verdict=verdict, reason=why)))
    if visit.missed > 0:
        missed = replace(delivered, amount=visit.missed, verdict=Verdict.REJECTED)
        charges.append(unpaid(line, missed, missed.verdict, plain("missed-by-provider")))
    return charges


def frustrated_counts(facts: ClaimFacts, line: LineFacts, visit: StatedVisit) -> bool:
    """Whether the council pays for a visit that the service user missed for this reason."""
    kind = code_on(facts.attributes, "kind", visit.day) or ""
    reasons = setting(facts.settings, "frustrated-reasons", line.service, kind, visit.day)
    return isinstance(reasons, Value_Codes) and visit.reason in reasons.value


def band_on(facts: ClaimFacts, line: LineFacts, day: int) -> str | None:
    """The band of the rate card: spot, or by the distance of the person's home."""
    if code_on(facts.attributes, "kind", day) == "spot":
        return "spot"
    distance = number_on(line.attributes, "distance-thousandths-mile", day)
    if distance is None:
        return None
    return "0-3-miles" if distance <= NEAR else "3-6-miles" if distance <= FAR else "over-6-miles"


def priced(facts: ClaimFacts, line: LineFacts, part: Part) -> Charge:
    def doubtful(why: str) -> Charge:
        return unpaid(line, part, Verdict.SUSPENDED, plain(why))

    increment = INCREMENTS.get(code_on(facts.attributes, "framework", part.day) or "")
    if increment is None:
        return doubtful("framework-unknown")
    band = band_on(facts, line, part.day)
    if band is None:
        return doubtful("distance-unknown")
    kind = day_facts(facts, part.day).kind
    row = rate_row(line.rates, Wanted(band, part.day, kind, kind, part.start))
    if row is None or row.unit != Unit.HOUR:
        return doubtful("no-rate")
    # part of a visit by fewer carers is priced by the minute of one
    whole = part.amount % part.carers == 0
    carers, minutes = (part.carers, part.amount // part.carers) if whole else (1, part.amount)
    paid = nearest(minutes, increment)
    why = part.reason or because(
        "visit-by-distance",
        Arg_Count(carers),
        Arg_Minutes(minutes),
        Arg_Minutes(paid),
        Arg_Minutes(increment),
        code(band),
    )
    charge = unpaid(line, part, part.verdict, why)
    charge.units, charge.divisor, charge.row = paid * carers * 1_000, 60, row.row
    charge.pence = price(charge.units, charge.divisor, row.rate)
    return charge


def unpriced(line: LineFacts, day: int, amount: int) -> Charge:
    part = Part(day, 0, 1, amount, Verdict.SUSPENDED)
    return unpaid(line, part, part.verdict, plain("not-by-visits"))


def unpaid(line: LineFacts, part: Part, verdict: Verdict, reason: Reason) -> Charge:
    """A part for which nothing is charged yet."""
    return Charge(
        line=line.line,
        from_=part.day,
        to=part.day,
        visit=part.visit,
        accounts_for=part.amount,
        units=0,
        divisor=1,
        row=None,
        pence=0,
        verdict=verdict,
        reason=reason,
    )
