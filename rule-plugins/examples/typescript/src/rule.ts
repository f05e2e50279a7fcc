// Norfolk's rule for home care in TypeScript: two increments at once, and rates by distance. It says the same of every claim
// as the pack `norfolk`, which is in Rust and explains the rule and what it reads.

import {
  type Answer, type Charge, type ClaimFacts, type Description, type Finding, type LineFacts, type LineVerdict, type Pricing,
  plain,
} from "../vendor/typescript/counterfoil.js";
import { notCovered, plannedVisits, statedVisits } from "./visit.js";

/** The council's settings for this rule, as a JSON Schema. */
const SETTINGS = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Settings of Norfolk's rule for home care",
  type: "object",
  additionalProperties: false,
  properties: {
    "frustrated-reasons": {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "The reason codes for which a visit that the service user missed is paid.",
    },
  },
};

export const pricing: Pricing = {
  describe(): Description {
    return {
      name: "norfolk-home-care",
      version: "0.1.0",
      covers: [],
      settingsSchema: JSON.stringify(SETTINGS),
      unit: "line",
      lookBackDays: 0,
    };
  },

  assess(facts: ClaimFacts): Answer {
    const charges: Charge[] = [];
    const findings: Finding[] = [];
    const verdicts: LineVerdict[] = [];
    for (const line of facts.lines) {
      const own = chargesOf(facts, line);
      const verdict = verdictOf(facts, line, own);
      if (verdict.verdict === "suspended") findings.push(about(line, "suspend", verdict.reason));
      findings.push(...uncommented(line));
      charges.push(...own);
      verdicts.push(verdict);
    }
    return { charges, findings, verdicts };
  },
};

function chargesOf(facts: ClaimFacts, line: LineFacts): Charge[] {
  if (facts.recording !== "timetabled") return notCovered(facts, line);
  return facts.stated ? statedVisits(facts, line) : plannedVisits(facts, line);
}

function verdictOf(facts: ClaimFacts, { line }: LineFacts, charges: readonly Charge[]): LineVerdict {
  const doubt = charges.find((charge) => charge.verdict === "suspended");
  if (doubt !== undefined) return { line, verdict: "suspended", reason: doubt.reason };
  if (!facts.stated) return { line, verdict: "pending", reason: plain("awaiting-actuals") };
  return { line, verdict: "payable", reason: plain("priced") };
}

const about = ({ line }: LineFacts, level: Finding["level"], reason: Finding["reason"]): Finding => ({
  line, day: undefined, visit: undefined, level, reason,
});

/** A difference from the plan without a comment is the provider's to mend. */
function uncommented(line: LineFacts): Finding[] {
  const differing = line.statedVisits.filter((visit) => visit.frustrated + visit.missed + visit.extra > 0n && !visit.comment);
  return differing.map(({ day, visit }) => ({ ...about(line, "mend", plain("comment-needed")), day, visit }));
}
