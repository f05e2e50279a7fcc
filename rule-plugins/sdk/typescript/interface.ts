// The published interface in TypeScript: the shapes of `counterfoil.wit`, whose names are written here as TypeScript writes
// them. Whole numbers of 64 bits are `bigint`, what may be absent is `undefined`.

/** A day, counted from 1 January 1970. */
export type Day = number;

/** The days from the first to the last, both included. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
}

/** How the provider records care under the contract. */
export type Recording =
  /** Visit by visit with times; accounted for in carer-minutes. */
  | "timetabled"
  /** As quantities of the line's unit. */
  | "quantities"
  /** Not at all: the plan alone is paid. */
  | "none";

/** What a contract pays by. */
export type Terms =
  /** What was planned, whatever was delivered. */
  | "planned"
  /** What was delivered, and frustrated where the reason counts. */
  | "actual";

/** The unit that a line is planned and priced in. */
export type Unit =
  | "hour"
  | "visit"
  | "session"
  | "day"
  | "night"
  | "week";

/** The kind of a day. */
export type DayKind =
  /** Monday to Friday. */
  | "weekday"
  | "saturday"
  | "sunday"
  /** Only in a rate-card row: the price of bank holidays. */
  | "bank-holiday";

/** A typed value of an attribute or a setting. */
export type Value =
  | { readonly tag: "flag"; readonly val: boolean }
  | { readonly tag: "number"; readonly val: bigint }
  | { readonly tag: "code"; readonly val: string }
  | { readonly tag: "codes"; readonly val: readonly string[] };

/** A fact about a contract, line or visit that holds from a day, until a day if it ends. */
export interface Attribute {
  readonly key: string;
  readonly from: Day;
  readonly to: Day | undefined;
  readonly value: Value;
}

/** A setting of the rule: a method, a limit, which reasons count. Never a price. */
export interface Setting {
  readonly key: string;
  /** A service level, or a kind of contract (the contract's attribute `kind`); empty for all. The narrower wins. */
  readonly scope: string;
  /** The first day of care for which it holds, until the next value of the same name and scope. */
  readonly from: Day;
  readonly value: Value;
}

/** One day, as the council's calendar has it. */
export interface DayFacts {
  readonly day: Day;
  /** Its place in the week; never `bank-holiday`. */
  readonly kind: DayKind;
  readonly bankHoliday: boolean;
  /** Whether the service is closed that day. */
  readonly closed: boolean;
}

/** The plan of one day: thousandths of the unit, carer-minutes for a timetabled line. */
export interface PlannedDay {
  readonly day: Day;
  readonly quantity: bigint;
}

/** One planned visit. */
export interface PlannedVisit {
  /** Its position in the list. */
  readonly visit: number;
  readonly day: Day;
  /** Minutes from midnight. */
  readonly start: number;
  readonly minutes: number;
  readonly carers: number;
}

/** A row of the rate card. */
export interface RateRow {
  /** Its number within the line; a charge names it. */
  readonly row: number;
  /** Empty for the plain rate, else for example `enhanced`, `retention`, `3-6-miles`. */
  readonly band: string;
  /** The length of visit in minutes that it is the price of, if it is a price by duration. */
  readonly minutes: number | undefined;
  /** The kind of day that it is for, if it is for one kind. */
  readonly dayKind: DayKind | undefined;
  /** The time band in minutes from midnight, if it is for one: first minute included, last excluded. */
  readonly timeBand: readonly [number, number] | undefined;
  readonly from: Day;
  readonly to: Day | undefined;
  readonly unit: Unit;
  /** Ten-thousandths of a pound for one unit. */
  readonly rate: bigint;
}

/** What was stated for one day of a line: delivered + frustrated + missed = planned + extra. */
export interface StatedDay {
  readonly day: Day;
  /** Extra included. */
  readonly delivered: bigint;
  readonly frustrated: bigint;
  readonly missed: bigint;
  readonly extra: bigint;
  readonly visits: number | undefined;
  /** A reason code of the council, empty without one. */
  readonly reason: string;
  readonly comment: boolean;
}

/** What was stated for one visit, in carer-minutes: delivered + frustrated + missed = planned + extra. */
export interface StatedVisit {
  /** Its position in the list. */
  readonly visit: number;
  /** The planned visit that it answers, if there was one. */
  readonly planned: number | undefined;
  readonly day: Day;
  /** Claimed start, in minutes from midnight. */
  readonly start: number;
  /** Claimed length. */
  readonly minutes: number;
  /** By call monitoring, where there is one. */
  readonly actualStart: number | undefined;
  readonly actualMinutes: number | undefined;
  /** 0 for a visit that did not take place. */
  readonly carers: number;
  /** Extra included. */
  readonly delivered: bigint;
  readonly frustrated: bigint;
  readonly missed: bigint;
  readonly extra: bigint;
  readonly attributes: readonly Attribute[];
  readonly reason: string;
  readonly comment: boolean;
}

/** One service line of the claim. */
export interface LineFacts {
  /** Its number within the claim. */
  readonly line: number;
  /** The service level, as the rate card names it. */
  readonly service: string;
  readonly unit: Unit;
  readonly tier: string;
  /** The days on which the line holds. */
  readonly valid: Span;
  /** The last day after the line's end for which a rule may still pay. */
  readonly tail: Day | undefined;
  readonly attributes: readonly Attribute[];
  readonly plan: readonly PlannedDay[];
  readonly plannedVisits: readonly PlannedVisit[];
  readonly rates: readonly RateRow[];
  readonly statedDays: readonly StatedDay[];
  readonly statedVisits: readonly StatedVisit[];
}

/** Why a person is away. */
export type StayKind =
  | "hospital"
  | "away";

/** A stay away from home. */
export interface Stay {
  readonly kind: StayKind;
  /** The day of admission. */
  readonly from: Day;
  /** The day of discharge, once it is known. */
  readonly discharged: Day | undefined;
}

/** Why care ended. */
export type EndingKind =
  | "death"
  /** The placement or the service ended. */
  | "end";

/** Death, or end of care. */
export interface Ending {
  readonly kind: EndingKind;
  readonly happened: Day;
  /** The day on which the council was told. */
  readonly notified: Day;
}

/** What was stated for a line on a day before the claim period. */
export interface EarlierDay {
  readonly line: number;
  readonly day: Day;
  readonly delivered: bigint;
  readonly frustrated: bigint;
  readonly missed: bigint;
  readonly extra: bigint;
  readonly reason: string;
}

/** Everything that a rule is told of one claim. Lists stand in a fixed order: by line, day, time. */
export interface ClaimFacts {
  readonly period: Span;
  readonly recording: Recording;
  readonly terms: Terms;
  /** Whether the provider has stated actuals; else only the plan is known. */
  readonly stated: boolean;
  /** Attributes of the contract. */
  readonly attributes: readonly Attribute[];
  readonly days: readonly DayFacts[];
  readonly lines: readonly LineFacts[];
  readonly stays: readonly Stay[];
  readonly ending: Ending | undefined;
  readonly earlier: readonly EarlierDay[];
  readonly settings: readonly Setting[];
}

/** What should become of a charge or a line. */
export type Verdict =
  /** To be paid, if it is within tolerance. */
  | "payable"
  /** A person decides. */
  | "suspended"
  /** Not paid. */
  | "rejected"
  /** Something is still to come. */
  | "pending";

/** An argument of a reason, with its unit. */
export type Arg =
  | { readonly tag: "day"; readonly val: Day }
  | { readonly tag: "days"; readonly val: bigint }
  | { readonly tag: "minutes"; readonly val: bigint }
  /** Minutes from midnight. */
  | { readonly tag: "time"; readonly val: number }
  /** Thousandths of a unit. */
  | { readonly tag: "units"; readonly val: bigint }
  | { readonly tag: "pence"; readonly val: bigint }
  | { readonly tag: "count"; readonly val: bigint }
  /** A code that has words of its own. */
  | { readonly tag: "code"; readonly val: string };

/** A reason code (1 to 60 lower-case letters, digits, hyphens) with at most eight arguments. */
export interface Reason {
  readonly code: string;
  readonly args: readonly Arg[];
}

/** One rate over one span of dates: pence = units / divisor x rate, rounded once, half away from zero. */
export interface Charge {
  readonly line: number;
  readonly from: Day;
  readonly to: Day;
  /** The stated visit that it is for, if it is for one. */
  readonly visit: number | undefined;
  /** How much of what was stated (or, where nothing is stated, planned) it accounts for. */
  readonly accountsFor: bigint;
  /** Thousandths of the rate's unit, or of its divisor. */
  readonly units: bigint;
  /** 1; 7 for days of a weekly rate; 60 for minutes of an hourly one. */
  readonly divisor: number;
  /** The rate-card row; none only where nothing is charged. */
  readonly row: number | undefined;
  readonly pence: bigint;
  readonly verdict: Verdict;
  readonly reason: Reason;
}

/** How much a finding weighs. */
export type FindingLevel =
  | "note"
  /** The provider should mend it before confirming. */
  | "mend"
  /** A person at the council should look: the line is suspended. */
  | "suspend";

/** Something a person should know. */
export interface Finding {
  readonly line: number | undefined;
  readonly day: Day | undefined;
  readonly visit: number | undefined;
  readonly level: FindingLevel;
  readonly reason: Reason;
}

/** The rule's word on a line as a whole: `payable` leaves each charge its own verdict. */
export interface LineVerdict {
  readonly line: number;
  readonly verdict: Verdict;
  readonly reason: Reason;
}

/** The answer: each stated unit in one charge, one verdict for each line. */
export interface Answer {
  readonly charges: readonly Charge[];
  readonly findings: readonly Finding[];
  readonly verdicts: readonly LineVerdict[];
}

/** Whether a rule prices lines on their own or needs the whole claim. */
export type UnitOfPricing =
  | "line"
  | "claim";

/** What a rule says about itself. */
export interface Description {
  readonly name: string;
  readonly version: string;
  /** The service levels that it covers; empty for all. */
  readonly covers: readonly string[];
  /** JSON Schema of its settings. */
  readonly settingsSchema: string;
  readonly unit: UnitOfPricing;
  /** How many days of earlier statements it needs (0 to 400). */
  readonly lookBackDays: number;
}

/** What a rule exports under the name `pricing`. */
export interface Pricing {
  /** What this rule is. Called once, with a small computing allowance. */
  describe(): Description;
  /** Prices one claim. */
  assess(facts: ClaimFacts): Answer;
}
