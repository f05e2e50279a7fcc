// One visit: its increment, its band, its price.

import {
  type Charge, type ClaimFacts, type Day, type LineFacts, type Reason, type StatedVisit, type Verdict,
  because, code, codeOn, dayFacts, nearest, numberOn, plain, price, rateRow, setting,
} from "../vendor/typescript/counterfoil.js";

/** Three miles and six, in thousandths. */
const NEAR = 3_000n;
const FAR = 6_000n;

/** A part of a visit with one outcome. */
interface Part {
  readonly day: Day;
  readonly start: number;
  readonly visit?: number;
  readonly carers: bigint;
  /** Carer-minutes. */
  readonly amount: bigint;
  readonly verdict: Verdict;
  /** Why it is not paid as delivered; none when it is. */
  readonly reason?: Reason;
}

/** The charges of every stated visit. */
export const statedVisits = (facts: ClaimFacts, line: LineFacts): Charge[] =>
  line.statedVisits.flatMap((visit) => ofVisit(facts, line, visit));

/** The price of every planned visit, for as long as nothing is stated. */
export function plannedVisits(facts: ClaimFacts, line: LineFacts): Charge[] {
  const left = new Map(line.plan.map(({ day, quantity }) => [day, quantity]));
  const charges: Charge[] = [];
  for (const { day, start, minutes, carers } of line.plannedVisits) {
    const before = left.get(day);
    if (before === undefined) continue;
    const amount = BigInt(minutes) * BigInt(carers);
    left.set(day, before - amount);
    const part: Part = {
      day, start, carers: BigInt(carers), amount, verdict: "pending", reason: plain("awaiting-actuals"),
    };
    charges.push(priced(facts, line, part));
  }
  for (const [day, amount] of left) if (amount > 0n) charges.push(unpriced(line, day, amount));
  return charges;
}

/** Everything of a line that is not recorded by visits: a person decides. */
export function notCovered(facts: ClaimFacts, line: LineFacts): Charge[] {
  const amounts: [Day, bigint][] = facts.stated
    ? line.statedDays.map((day) => [day.day, day.delivered + day.frustrated + day.missed])
    : line.plan.map((day) => [day.day, day.quantity]);
  return amounts.filter(([, amount]) => amount > 0n).map(([day, amount]) => unpriced(line, day, amount));
}

function ofVisit(facts: ClaimFacts, line: LineFacts, visit: StatedVisit): Charge[] {
  // a planned visit's number is its position
  const planned = visit.planned === undefined ? undefined : line.plannedVisits[visit.planned];
  const carers = visit.carers > 0 ? visit.carers : (planned?.carers ?? 1);
  const common = { day: visit.day, start: visit.start, visit: visit.visit, carers: BigInt(Math.max(carers, 1)) };
  const charges: Charge[] = [];
  if (visit.delivered > 0n) {
    charges.push(priced(facts, line, { ...common, amount: visit.delivered, verdict: "payable" }));
  }
  if (visit.frustrated > 0n) {
    const counts = frustratedCounts(facts, line, visit);
    const reason = because(counts ? "frustrated-paid" : "frustrated-unpaid", code(visit.reason));
    const verdict = counts ? "payable" : "rejected";
    charges.push(priced(facts, line, { ...common, amount: visit.frustrated, verdict, reason }));
  }
  if (visit.missed > 0n) {
    const part: Part = { ...common, amount: visit.missed, verdict: "rejected" };
    charges.push(charge(line, part, part.verdict, plain("missed-by-provider")));
  }
  return charges;
}

/** Whether the council pays for a visit that the service user missed for this reason. */
function frustratedCounts(facts: ClaimFacts, line: LineFacts, visit: StatedVisit): boolean {
  const kind = codeOn(facts.attributes, "kind", visit.day) ?? "";
  const reasons = setting(facts.settings, "frustrated-reasons", line.service, kind, visit.day);
  return reasons?.tag === "codes" && reasons.val.includes(visit.reason);
}

/** The increment of the contract's framework, in minutes. */
function incrementOn(facts: ClaimFacts, day: Day): bigint | undefined {
  const framework = codeOn(facts.attributes, "framework", day);
  return framework === "old" ? 5n : framework === "new" ? 15n : undefined;
}

/** The band of the rate card: spot, or by the distance of the person's home. */
function bandOn(facts: ClaimFacts, line: LineFacts, day: Day): string | undefined {
  if (codeOn(facts.attributes, "kind", day) === "spot") return "spot";
  const distance = numberOn(line.attributes, "distance-thousandths-mile", day);
  if (distance === undefined) return undefined;
  return distance <= NEAR ? "0-3-miles" : distance <= FAR ? "3-6-miles" : "over-6-miles";
}

function priced(facts: ClaimFacts, line: LineFacts, part: Part): Charge {
  const doubtful = (why: string) => charge(line, part, "suspended", plain(why));
  const increment = incrementOn(facts, part.day);
  if (increment === undefined) return doubtful("framework-unknown");
  const band = bandOn(facts, line, part.day);
  if (band === undefined) return doubtful("distance-unknown");
  const { kind } = dayFacts(facts, part.day);
  const row = rateRow(line.rates, { band, day: part.day, kind, plainKind: kind, time: part.start });
  if (row === undefined || row.unit !== "hour") return doubtful("no-rate");
  // part of a visit by fewer carers is priced by the minute of one
  const whole = part.amount % part.carers === 0n;
  const [carers, minutes] = whole ? [part.carers, part.amount / part.carers] : [1n, part.amount];
  const paid = nearest(minutes, increment);
  const units = paid * carers * 1_000n;
  const why = part.reason ?? because(
    "visit-by-distance",
    { tag: "count", val: carers },
    { tag: "minutes", val: minutes },
    { tag: "minutes", val: paid },
    { tag: "minutes", val: increment },
    code(band),
  );
  const pence = price(units, 60, row.rate);
  return { ...charge(line, part, part.verdict, why), units, divisor: 60, row: row.row, pence };
}

function unpriced(line: LineFacts, day: Day, amount: bigint): Charge {
  const part: Part = { day, start: 0, carers: 1n, amount, verdict: "suspended" };
  return charge(line, part, part.verdict, plain("not-by-visits"));
}

/** A part for which nothing is charged yet. */
const charge = (line: LineFacts, part: Part, verdict: Verdict, reason: Reason): Charge => ({
  line: line.line,
  from: part.day,
  to: part.day,
  visit: part.visit,
  accountsFor: part.amount,
  units: 0n,
  divisor: 1,
  row: undefined,
  pence: 0n,
  verdict,
  reason,
});
