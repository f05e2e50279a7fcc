"""What the author of a council's payment rule in Python uses: the shapes of the interface, and the same helpers as the Rust
SDK has, with the same results to the penny. The module `wit_world` is made from the interface when the rule is built."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wit_world.exports.pricing import (
    Answer, Arg, Arg_Code, Attribute, Charge, ClaimFacts, DayFacts, DayKind, LineFacts, LineVerdict, RateRow, Reason,
    Setting, Value, Value_Code, Value_Number, Verdict,
)

FITS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def plain(code: str) -> Reason:
    """A reason without arguments."""
    return Reason(code, [])


def because(code: str, *args: Arg) -> Reason:
    """A reason with arguments, in the order in which its message takes them."""
    return Reason(code, list(args))


def code(given: str) -> Arg_Code:
    """A code as an argument, made to fit what it may hold: 1 to 60 lower-case letters, digits, hyphens."""
    mended = "".join(letter if letter in FITS else "-" for letter in given.lower()[:60])
    return Arg_Code(mended or "none")


def price(units: int, divisor: int, rate: int) -> int:
    """`units / divisor x rate` in whole pence, rounded once, half away from zero. Units are thousandths, the rate
    ten-thousandths of a pound; the divisor is 7 where a weekly rate is charged by the day, 60 where an hourly one is charged
    by the minute, and 1 otherwise. The service recomputes every charge in the same way."""
    # thousandths of a unit x ten-thousandths of a pound = 1/100,000 of a penny
    denominator = 100_000 * divisor
    product = units * rate
    magnitude = (2 * abs(product) + denominator) // (2 * denominator)
    return -magnitude if product < 0 else magnitude


def nearest(amount: int, increment: int) -> int:
    """To the nearest increment, as call-monitoring systems do it: with 15, 23 to 37 are 30. An increment of 0 changes
    nothing."""
    return amount if increment <= 0 else (amount + (increment - 1) // 2) // increment * increment


def kind_of(day: int) -> DayKind:
    """The kind of a day by its place in the week. Day 0, 1 January 1970, was a Thursday."""
    return {2: DayKind.SATURDAY, 3: DayKind.SUNDAY}.get(day % 7, DayKind.WEEKDAY)


def day_facts(facts: ClaimFacts, day: int) -> DayFacts:
    """What the calendar says of a day; one that the claim does not give is an ordinary day of its kind."""
    given = next((known for known in facts.days if known.day == day), None)
    return given or DayFacts(day, kind_of(day), False, False)


def attribute(attributes: Iterable[Attribute], key: str, day: int) -> Value | None:
    """The value of an attribute on a day: of several that hold, the one that began last."""
    found = None
    for given in attributes:
        holds = given.key == key and given.from_ <= day and (given.to is None or day <= given.to)
        if holds and (found is None or given.from_ >= found.from_):
            found = given
    return found.value if found else None


def code_on(attributes: Iterable[Attribute], key: str, day: int) -> str | None:
    """An attribute that is one code."""
    value = attribute(attributes, key, day)
    return value.value if isinstance(value, Value_Code) else None


def number_on(attributes: Iterable[Attribute], key: str, day: int) -> int | None:
    """An attribute that is a whole number."""
    value = attribute(attributes, key, day)
    return value.value if isinstance(value, Value_Number) else None


def setting(settings: Iterable[Setting], key: str, service: str, contract_kind: str, day: int) -> Value | None:
    """The value of a setting for a service level and kind of contract on a day of care: the narrowest, and of those the one
    that began last."""
    narrowness = {contract_kind: 1, service: 2, "": 0}
    holding = [given for given in settings if given.key == key and given.from_ <= day and given.scope in narrowness]
    # of equals the last one counts
    found = max(reversed(holding), key=lambda given: (narrowness[given.scope], given.from_), default=None)
    return found.value if found else None


@dataclass(frozen=True)
class Wanted:
    """What a price is wanted for."""

    band: str
    """Empty for the plain rate."""
    day: int
    kind: DayKind
    """The kind of that day as the contract pays it: a bank holiday only where it is enhanced."""
    plain_kind: DayKind
    """The kind that the day has by its place in the week."""
    time: int | None
    """Minutes from midnight; none for quantities."""


def rate_row(rows: Iterable[RateRow], wanted: Wanted) -> RateRow | None:
    """The row that fits best: one for this kind of day and this time before one for any."""
    fitting = [(fit, row) for row in rows if row.minutes is None and (fit := _fit(row, wanted)) is not None]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _fit(row: RateRow, wanted: Wanted) -> int | None:
    """How well a row fits, if it does: 8 or 4 for the kind of day, 1 for the time."""
    if wanted.day < row.from_ or (row.to is not None and row.to < wanted.day) or row.band != wanted.band:
        return None
    fit = 0
    if row.day_kind is not None:
        if row.day_kind == wanted.kind:
            fit += 8
        elif row.day_kind == wanted.plain_kind:
            fit += 4
        else:
            return None
    if row.time_band is not None:
        if wanted.time is None or not _in_band(row.time_band, wanted.time):
            return None
        fit += 1
    return fit


def _in_band(band: tuple[int, int], time: int) -> bool:
    """Whether a time lies in a band; a band that ends before it begins runs over midnight."""
    start, end = band
    return start <= time < end if start <= end else time >= start or time < end


def accept_all(facts: ClaimFacts, charges: Callable[[LineFacts], list[Charge]]) -> Answer:
    """An answer that takes the charges of each line and accepts every line."""
    verdicts = [LineVerdict(line.line, Verdict.PAYABLE, plain("priced")) for line in facts.lines]
    return Answer([charge for line in facts.lines for charge in charges(line)], [], verdicts)
