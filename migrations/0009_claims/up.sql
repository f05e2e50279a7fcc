-- Claims and everything that is known about them. Children hang on the claim and not on its lines: a foreign key
-- for each line cost two thirds of the speed at which a run's results are stored.

CREATE TABLE claim (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    contract_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    -- the pay period that it falls due in
    period_id uuid NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    -- 0 generated, 1 stated, 2 confirmed, 3 locked in a run, 4 paid (core: claim::ClaimState)
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    -- raised by every change; a write names the version that it read
    version int NOT NULL DEFAULT 1 CHECK (version > 0),
    -- the newest statement, 0 before the first
    statement_version int NOT NULL DEFAULT 0,
    -- the assessment that counts, none before the first
    assessment_id uuid,
    confirmed_at timestamptz,
    confirmed_by uuid,
    confirmed_name text,
    -- what the provider is given to keep; the same confirmation again returns the same receipt
    receipt uuid,
    -- the version that was confirmed
    confirmed_version int,
    -- why the council sent it back, until it is stated again
    sent_back_reason text,
    -- the pay period whose run takes it: later than period_id where confirmation came after the cut-off
    run_period_id uuid,
    -- the run that it is locked in, or was paid by last
    run_id uuid,
    -- the assessment that a run posted last: where another one counts now, the next run posts the difference
    posted_assessment_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    UNIQUE (tenant_id, contract_id, service_user_id, starts),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, service_user_id) REFERENCES service_user (tenant_id, id),
    FOREIGN KEY (tenant_id, schedule_id, period_id) REFERENCES pay_period (tenant_id, schedule_id, id),
    FOREIGN KEY (tenant_id, schedule_id, run_period_id) REFERENCES pay_period (tenant_id, schedule_id, id),
    CHECK (starts <= ends),
    CHECK ((confirmed_at IS NULL) = (receipt IS NULL))
);
CREATE INDEX claim_period ON claim (tenant_id, schedule_id, period_id, contract_id);
CREATE INDEX claim_run_period ON claim (tenant_id, schedule_id, run_period_id, contract_id);
CREATE INDEX claim_run ON claim (tenant_id, run_id, contract_id);
CREATE INDEX claim_organisation ON claim (organisation_id, state, starts);
CREATE INDEX claim_service_user ON claim (tenant_id, service_user_id, starts);

CREATE TABLE claim_line (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    claim_id uuid NOT NULL,
    -- from 0, in the order that rules, statements and charges count by
    number int NOT NULL CHECK (number >= 0),
    service_line_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, claim_id, number),
    UNIQUE (tenant_id, claim_id, service_line_id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id)
);
CREATE INDEX claim_line_service_line ON claim_line (tenant_id, service_line_id);

-- Actuals, append-only, with the server's receipt time. A provider writes these itself: organisation and claim
-- are one foreign key, so that it can only state its own, and the database chooses the id, so that no collision
-- tells of another's statement.
CREATE TABLE statement (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organisation_id uuid,
    claim_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    received_at timestamptz NOT NULL,
    stated_by jsonb NOT NULL,
    source text NOT NULL CHECK (source IN ('screen', 'file', 'api', 'monitoring')),
    -- core: statement::Statement
    body jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE NULLS NOT DISTINCT (tenant_id, organisation_id, claim_id, version),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id)
);
CREATE INDEX statement_claim ON statement (tenant_id, claim_id, version);

-- What the rule said of one version of a claim, immutable; the input is kept in its canonical bytes, to be
-- replayed.
CREATE TABLE assessment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    claim_id uuid NOT NULL,
    -- the statement that it weighed, 0 for the plan alone
    statement_version int NOT NULL,
    -- 0 what the provider sees, 1 what a run posts, 2 a trial of another rule
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 2),
    input bytea NOT NULL,
    input_digest text NOT NULL CHECK (input_digest ~ '^[0-9a-f]{64}$'),
    component_digest text NOT NULL,
    pack text NOT NULL,
    pack_version text NOT NULL,
    interface text NOT NULL,
    engine text NOT NULL,
    fuel bigint NOT NULL CHECK (fuel >= 0),
    -- why the rule gave no answer, where it gave none
    fault jsonb,
    -- core: pricing::Finding
    findings jsonb NOT NULL,
    -- what was weighed beside the rule's answer: limits, other claims of the contract, decisions
    weighed jsonb NOT NULL,
    -- what each line uses of its plan (core: tolerance::LineUse)
    uses jsonb NOT NULL,
    assessed_at timestamptz NOT NULL,
    -- whole pence; claimed is the sum of the other four, paid before included in payable
    planned_pence bigint NOT NULL,
    claimed_pence bigint NOT NULL,
    payable_pence bigint NOT NULL,
    suspended_pence bigint NOT NULL,
    rejected_pence bigint NOT NULL,
    pending_pence bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, claim_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
    CHECK (claimed_pence = payable_pence + suspended_pence + rejected_pence + pending_pence)
);
ALTER TABLE claim ADD FOREIGN KEY (tenant_id, id, assessment_id) REFERENCES assessment (tenant_id, claim_id, id);

-- An officer's decision: on a quantity, which the rule then prices again, or in pence with a second person.
CREATE TABLE decision (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    claim_id uuid NOT NULL,
    -- the statement that it was taken on; another statement asks again
    statement_version int NOT NULL,
    -- the line's number within the claim
    line int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('accept', 'reject', 'quantity', 'amount')),
    -- what is accepted: thousandths of the unit, or whole pence
    quantity bigint CHECK (quantity >= 0),
    pence bigint CHECK (pence >= 0),
    reason text NOT NULL CHECK (reason <> ''),
    decided_by uuid NOT NULL,
    second_by uuid,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, claim_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
    CHECK (second_by <> decided_by),
    CHECK ((kind = 'quantity') = (quantity IS NOT NULL)),
    CHECK ((kind = 'amount') = (pence IS NOT NULL AND second_by IS NOT NULL))
);

-- One rate over one span of dates (core: pricing::Charge after tolerance and disposition).
CREATE TABLE charge (
    tenant_id uuid NOT NULL,
    assessment_id uuid NOT NULL,
    -- from 0 within the assessment
    number int NOT NULL CHECK (number >= 0),
    organisation_id uuid,
    claim_id uuid NOT NULL,
    -- the claim line's number
    line int NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    -- the stated visit that it is for, if it is for one
    visit int,
    -- how much of what was stated it accounts for: thousandths of the unit, carer-minutes if timetabled
    accounts_for bigint NOT NULL,
    -- thousandths of the rate's unit, or of its divisor
    units bigint NOT NULL,
    divisor smallint NOT NULL CHECK (divisor > 0),
    -- ten-thousandths of a pound; none where nothing is charged
    rate bigint,
    pence bigint NOT NULL,
    -- 0 payable, 1 suspended, 2 rejected, 3 pending
    disposition smallint NOT NULL CHECK (disposition BETWEEN 0 AND 3),
    reason_code text NOT NULL,
    reason_args jsonb NOT NULL,
    -- what moved it from the rule's verdict: a finding, a breach of tolerance, a decision (core: pricing::Reason)
    moved_by jsonb,
    PRIMARY KEY (tenant_id, assessment_id, number),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id)
);

GRANT SELECT, INSERT ON claim, claim_line, statement, assessment, decision, charge TO counterfoil_council;
GRANT UPDATE (period_id, state, version, statement_version, assessment_id, confirmed_at, confirmed_by, confirmed_name,
    receipt, confirmed_version, sent_back_reason, run_period_id, run_id, posted_assessment_id) ON claim TO counterfoil_council;
GRANT SELECT ON claim, claim_line, statement, decision, charge TO counterfoil_provider;
GRANT SELECT (tenant_id, id, organisation_id, claim_id, statement_version, purpose, input_digest, component_digest, pack,
    pack_version, interface, engine, fuel, fault, findings, uses, assessed_at, planned_pence, claimed_pence,
    payable_pence, suspended_pence, rejected_pence, pending_pence) ON assessment TO counterfoil_provider;
GRANT INSERT (tenant_id, organisation_id, claim_id, version, received_at, stated_by, source, body)
    ON statement TO counterfoil_provider;
GRANT UPDATE (state, version, statement_version, confirmed_at, confirmed_by, confirmed_name, receipt,
    confirmed_version, run_period_id) ON claim TO counterfoil_provider;

ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
ALTER TABLE claim_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_line FORCE ROW LEVEL SECURITY;
ALTER TABLE statement ENABLE ROW LEVEL SECURITY;
ALTER TABLE statement FORCE ROW LEVEL SECURITY;
ALTER TABLE assessment ENABLE ROW LEVEL SECURITY;
ALTER TABLE assessment FORCE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision FORCE ROW LEVEL SECURITY;
ALTER TABLE charge ENABLE ROW LEVEL SECURITY;
ALTER TABLE charge FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON claim TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON claim_line TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON statement TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON assessment TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON decision TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON charge TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON claim FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
-- a provider changes a claim of the council that it works on, never one that a run holds, and never into one
CREATE POLICY provider_update ON claim FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND state <> 3)
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND state IN (0, 1, 2));
CREATE POLICY provider ON claim_line FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON statement FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider_insert ON statement FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON assessment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON decision FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON charge FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
