// What the author of a council's payment rule in TypeScript uses: the shapes of the interface, and the same helpers as the
// Rust SDK has, with the same results to the penny.

import type {
  Answer, Arg, Attribute, Charge, ClaimFacts, Day, DayFacts, DayKind, LineFacts, RateRow, Reason, Setting, Value,
} from "./interface.js";

export type * from "./interface.js";

/** A reason without arguments. */
export const plain = (code: string): Reason => ({ code, args: [] });

/** A reason with arguments, in the order in which its message takes them. */
export const because = (code: string, ...args: Arg[]): Reason => ({ code, args });

/** A code as an argument, made to fit what an argument may hold: 1 to 60 lower-case letters, digits, hyphens. */
export function code(given: string): Arg {
  const mended = [...given.toLowerCase()].slice(0, 60).map((letter) => (/[a-z0-9]/.test(letter) ? letter : "-"));
  return { tag: "code", val: mended.length === 0 ? "none" : mended.join("") };
}

/**
 * `units / divisor x rate` in whole pence, rounded once, half away from zero. Units are thousandths, the rate
 * ten-thousandths of a pound; the divisor is 7 where a weekly rate is charged by the day, 60 where an hourly one is charged
 * by the minute, and 1 otherwise. The service recomputes every charge in the same way.
 */
export function price(units: bigint, divisor: number, rate: bigint): bigint {
  // thousandths of a unit x ten-thousandths of a pound = 1/100,000 of a penny
  const denominator = 100_000n * BigInt(divisor);
  const product = 2n * units * rate;
  return (product + (product < 0n ? -denominator : denominator)) / (2n * denominator);
}

/** To the nearest increment, as call-monitoring systems do it: with 15, 23 to 37 are 30. An increment of 0 changes nothing. */
export const nearest = (amount: bigint, increment: bigint): bigint =>
  increment <= 0n ? amount : ((amount + (increment - 1n) / 2n) / increment) * increment;

/** The kind of a day by its place in the week. Day 0, 1 January 1970, was a Thursday. */
export function kindOf(day: Day): DayKind {
  const place = ((day % 7) + 7) % 7;
  return place === 2 ? "saturday" : place === 3 ? "sunday" : "weekday";
}

/** What the calendar says of a day; one that the claim does not give is an ordinary day of its kind. */
export function dayFacts(facts: ClaimFacts, day: Day): DayFacts {
  const given = facts.days.find((known) => known.day === day);
  return given ?? { day, kind: kindOf(day), bankHoliday: false, closed: false };
}

/** The value of an attribute on a day: of several that hold, the one that began last. */
export function attribute(attributes: readonly Attribute[], key: string, day: Day): Value | undefined {
  let found: Attribute | undefined;
  for (const given of attributes) {
    const holds = given.key === key && given.from <= day && (given.to === undefined || day <= given.to);
    if (holds && (found === undefined || given.from >= found.from)) found = given;
  }
  return found?.value;
}

/** An attribute that is one code. */
export function codeOn(attributes: readonly Attribute[], key: string, day: Day): string | undefined {
  const value = attribute(attributes, key, day);
  return value?.tag === "code" ? value.val : undefined;
}

/** An attribute that is a whole number. */
export function numberOn(attributes: readonly Attribute[], key: string, day: Day): bigint | undefined {
  const value = attribute(attributes, key, day);
  return value?.tag === "number" ? value.val : undefined;
}

/**
 * The value of a setting for a service level and kind of contract on a day of care: the narrowest, and of those the one
 * that began last.
 */
export function setting(
  settings: readonly Setting[], key: string, service: string, contractKind: string, day: Day,
): Value | undefined {
  const narrow = (scope: string) => (scope === "" ? 0 : scope === service ? 2 : scope === contractKind ? 1 : undefined);
  let found: { readonly narrow: number; readonly given: Setting } | undefined;
  for (const given of settings) {
    const is = given.key === key && given.from <= day ? narrow(given.scope) : undefined;
    if (is === undefined) continue;
    const closer = found === undefined || is > found.narrow || (is === found.narrow && given.from >= found.given.from);
    if (closer) found = { narrow: is, given };
  }
  return found?.given.value;
}

/** What a price is wanted for. */
export interface Wanted {
  /** Empty for the plain rate. */
  readonly band: string;
  readonly day: Day;
  /** The kind of that day as the contract pays it: a bank holiday only where it is enhanced. */
  readonly kind: DayKind;
  /** The kind that the day has by its place in the week. */
  readonly plainKind: DayKind;
  /** Minutes from midnight; none for quantities. */
  readonly time: number | undefined;
}

/** The row that fits best: one for this kind of day and this time before one for any. */
export function rateRow(rows: readonly RateRow[], wanted: Wanted): RateRow | undefined {
  let best: { readonly fit: number; readonly row: RateRow } | undefined;
  for (const row of rows) {
    const fit = row.minutes === undefined ? fitOf(row, wanted) : undefined;
    if (fit !== undefined && (best === undefined || fit > best.fit)) best = { fit, row };
  }
  return best?.row;
}

/** How well a row fits, if it does: 8 or 4 for the kind of day, 1 for the time. */
function fitOf(row: RateRow, wanted: Wanted): number | undefined {
  if (wanted.day < row.from || (row.to !== undefined && row.to < wanted.day) || row.band !== wanted.band) return undefined;
  let fit = 0;
  if (row.dayKind !== undefined) {
    if (row.dayKind === wanted.kind) fit += 8;
    else if (row.dayKind === wanted.plainKind) fit += 4;
    else return undefined;
  }
  if (row.timeBand !== undefined) {
    if (wanted.time === undefined || !inBand(row.timeBand, wanted.time)) return undefined;
    fit += 1;
  }
  return fit;
}

/** Whether a time lies in a band; a band that ends before it begins runs over midnight. */
const inBand = ([from, to]: readonly [number, number], time: number): boolean =>
  from <= to ? from <= time && time < to : time >= from || time < to;

/** An answer that takes the charges of each line and accepts every line. */
export function acceptAll(facts: ClaimFacts, charges: (line: LineFacts) => Charge[]): Answer {
  return {
    charges: facts.lines.flatMap(charges),
    findings: [],
    verdicts: facts.lines.map((line) => ({ line: line.line, verdict: "payable", reason: plain("priced") })),
  };
}
