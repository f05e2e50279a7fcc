-- Trials of a version of the payment rule, or of other settings, on past pay periods: what claims would have come to,
-- beside what they were assessed at. A trial changes no claim.

CREATE TABLE rule_trial (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    -- the component that is tried: an upload, or one that came with the service
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    name text NOT NULL,
    version text NOT NULL,
    -- settings that are tried with it, as if they had held all along (core: pricing::facts::Value by key and scope)
    settings jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    started_by uuid NOT NULL,
    starter text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'finished', 'cancelled')),
    ended_at timestamptz,
    -- how many claims are tried, and how many of them were
    claims int NOT NULL CHECK (claims > 0),
    done int NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND claims),
    -- how many lines that differ are kept one by one
    listed int NOT NULL DEFAULT 0 CHECK (listed >= 0),
    -- the claims that took most fuel
    slowest jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX rule_trial_digest ON rule_trial (tenant_id, digest, started_at);

-- The pay periods whose claims are tried.
CREATE TABLE rule_trial_period (
    tenant_id uuid NOT NULL,
    trial_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    period_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, trial_id, period_id),
    FOREIGN KEY (tenant_id, trial_id) REFERENCES rule_trial (tenant_id, id),
    FOREIGN KEY (tenant_id, schedule_id, period_id) REFERENCES pay_period (tenant_id, schedule_id, id)
);

-- The claims of one contract that begin on one day: what is tried together, since limits may hold over a contract. Its
-- sums are empty until it was.
CREATE TABLE rule_trial_part (
    tenant_id uuid NOT NULL,
    trial_id uuid NOT NULL,
    -- from 1, in the order in which parts are tried
    number int NOT NULL CHECK (number > 0),
    contract_id uuid NOT NULL,
    starts date NOT NULL,
    claims int NOT NULL CHECK (claims > 0),
    done_at timestamptz,
    -- claims whose facts were not kept, since what was stated did not fit the plan
    left_out int NOT NULL DEFAULT 0,
    -- claims on which the component failed
    faulted int NOT NULL DEFAULT 0,
    lines int NOT NULL DEFAULT 0,
    -- lines of which another sum would be payable or suspended
    differing int NOT NULL DEFAULT 0,
    -- lines of which something would be suspended and nothing was
    newly_suspended int NOT NULL DEFAULT 0,
    -- whole pence
    payable_before bigint NOT NULL DEFAULT 0,
    payable_now bigint NOT NULL DEFAULT 0,
    suspended_before bigint NOT NULL DEFAULT 0,
    suspended_now bigint NOT NULL DEFAULT 0,
    fuel_before bigint NOT NULL DEFAULT 0,
    fuel_now bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, trial_id, number),
    UNIQUE (tenant_id, trial_id, contract_id, starts),
    FOREIGN KEY (tenant_id, trial_id) REFERENCES rule_trial (tenant_id, id),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id)
);
CREATE INDEX rule_trial_part_left ON rule_trial_part (tenant_id, trial_id, number) WHERE done_at IS NULL;

-- A line that would come to something else, or on whose claim the component failed. Only so many are kept for a trial.
CREATE TABLE rule_trial_line (
    tenant_id uuid NOT NULL,
    trial_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    -- the claim line's number
    line int NOT NULL CHECK (line >= 0),
    contract_id uuid NOT NULL,
    -- whole pence
    payable_before bigint NOT NULL,
    payable_now bigint NOT NULL,
    suspended_before bigint NOT NULL,
    suspended_now bigint NOT NULL,
    -- why something would be suspended that was not (core: pricing::Reason)
    reason jsonb,
    -- why the component gave no answer, in words
    fault text,
    PRIMARY KEY (tenant_id, trial_id, claim_id, line),
    FOREIGN KEY (tenant_id, trial_id) REFERENCES rule_trial (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id)
);
CREATE INDEX rule_trial_line_contract ON rule_trial_line (tenant_id, trial_id, contract_id);

GRANT SELECT, INSERT ON rule_trial, rule_trial_period, rule_trial_part, rule_trial_line TO counterfoil_council;
GRANT UPDATE (state, ended_at, done, listed, slowest) ON rule_trial TO counterfoil_council;
GRANT UPDATE (done_at, left_out, faulted, lines, differing, newly_suspended, payable_before, payable_now,
    suspended_before, suspended_now, fuel_before, fuel_now) ON rule_trial_part TO counterfoil_council;

ALTER TABLE rule_trial ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_period FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_part FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_trial_line FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON rule_trial TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_trial_period TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_trial_part TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_trial_line TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
