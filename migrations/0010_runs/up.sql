-- Payment runs and what they post, pay, issue and tell. Nothing posted is ever edited.

CREATE TABLE run (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    period_id uuid NOT NULL,
    -- 1 for the period's ordinary run
    sequence int NOT NULL CHECK (sequence > 0),
    -- 0 open, 1 finalised, 2 approved, 3 file issued, 4 sent, 5 settled, 6 unknown (core: run::RunState)
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
    -- the component that every claim of the run is priced with, whatever is switched on meanwhile
    rule_digest text NOT NULL,
    created_at timestamptz NOT NULL,
    opened_by jsonb NOT NULL,
    finalised_at timestamptz,
    finalised_by jsonb,
    approved_at timestamptz,
    approved_by jsonb,
    -- digest of the bank details that were approved; a later change voids the approval
    banks_digest text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, schedule_id, period_id, sequence),
    FOREIGN KEY (tenant_id, schedule_id, period_id) REFERENCES pay_period (tenant_id, schedule_id, id),
    -- whoever prepared it does not approve it
    CHECK (approved_by <> opened_by AND approved_by <> finalised_by),
    CHECK ((approved_at IS NULL) = (banks_digest IS NULL))
);

-- The unit of work: one contract, one transaction.
CREATE TABLE run_contract (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    -- 0 to do, 1 done
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 1),
    worker text,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, run_id, contract_id),
    FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, id),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id)
);
CREATE INDEX run_contract_to_do ON run_contract (tenant_id, run_id) WHERE state = 0;

-- What a run posts for a claim line: entitlement now minus everything posted before.
CREATE TABLE entry (
    tenant_id uuid NOT NULL,
    claim_line_id uuid NOT NULL,
    -- 1 for the line's first; the key that makes posting twice impossible
    sequence int NOT NULL CHECK (sequence > 0),
    id uuid NOT NULL,
    organisation_id uuid,
    run_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    assessment_id uuid NOT NULL,
    -- whole pence
    entitlement_pence bigint NOT NULL,
    posted_before_pence bigint NOT NULL,
    pence bigint NOT NULL,
    -- 0 the line's first, 1 adjustment, 2 retraction (core: entry::EntryKind)
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    PRIMARY KEY (tenant_id, claim_line_id, sequence),
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, claim_id) REFERENCES claim (tenant_id, id),
    CHECK (pence = entitlement_pence - posted_before_pence)
);
CREATE INDEX entry_run ON entry (tenant_id, run_id, payee_id);
CREATE INDEX entry_claim ON entry (tenant_id, claim_id);

-- Run x payee. The balance carried into the next run is the newest row's.
CREATE TABLE payment (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    organisation_id uuid,
    -- the payee's payments, counted from 1: the order in which balances are carried
    sequence int NOT NULL CHECK (sequence > 0),
    -- whole pence
    brought_forward_pence bigint NOT NULL,
    entries_pence bigint NOT NULL,
    carried_forward_pence bigint NOT NULL,
    pays_pence bigint NOT NULL CHECK (pays_pence >= 0),
    -- the bank details that it goes to; none where nothing is paid
    bank_version int,
    reference text NOT NULL,
    PRIMARY KEY (tenant_id, run_id, payee_id),
    UNIQUE (tenant_id, payee_id, sequence),
    FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, id),
    FOREIGN KEY (tenant_id, payee_id) REFERENCES payee (tenant_id, id),
    FOREIGN KEY (tenant_id, payee_id, bank_version) REFERENCES payee_bank (tenant_id, payee_id, version),
    CHECK (brought_forward_pence + entries_pence - carried_forward_pence = pays_pence)
);

-- Serial numbers of payment files: a locked row a council, and no sequence, which would tell of other councils.
CREATE TABLE file_serial (
    tenant_id uuid NOT NULL REFERENCES council (id),
    last int NOT NULL CHECK (last >= 0),
    PRIMARY KEY (tenant_id)
);

-- Stored before anything leaves. One for each run, so that no two valid instructions exist.
CREATE TABLE payment_file (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    serial int NOT NULL CHECK (serial > 0),
    format text NOT NULL CHECK (format IN ('bacs', 'pain001', 'ap_file')),
    bytes bytea NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    items int NOT NULL CHECK (items >= 0),
    total_pence bigint NOT NULL CHECK (total_pence >= 0),
    issued_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, run_id),
    UNIQUE (tenant_id, serial),
    FOREIGN KEY (tenant_id, run_id) REFERENCES run (tenant_id, id)
);

CREATE TABLE remittance (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    organisation_id uuid,
    number text NOT NULL,
    csv bytea NOT NULL,
    html bytea NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, run_id, payee_id),
    UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, run_id, payee_id) REFERENCES payment (tenant_id, run_id, payee_id)
);

GRANT SELECT, INSERT ON run, run_contract, entry, payment, file_serial, payment_file, remittance TO counterfoil_council;
GRANT UPDATE (state, finalised_at, finalised_by, approved_at, approved_by, banks_digest) ON run TO counterfoil_council;
GRANT UPDATE (state, worker, done_at) ON run_contract TO counterfoil_council;
GRANT UPDATE (last) ON file_serial TO counterfoil_council;
-- an approval fixes the bank details that are then the newest
GRANT UPDATE (bank_version) ON payment TO counterfoil_council;
GRANT SELECT ON entry, remittance TO counterfoil_provider;
GRANT SELECT (tenant_id, run_id, payee_id, organisation_id, brought_forward_pence, entries_pence,
    carried_forward_pence, pays_pence, reference) ON payment TO counterfoil_provider;

ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run FORCE ROW LEVEL SECURITY;
ALTER TABLE run_contract ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_contract FORCE ROW LEVEL SECURITY;
ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry FORCE ROW LEVEL SECURITY;
ALTER TABLE payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment FORCE ROW LEVEL SECURITY;
ALTER TABLE file_serial ENABLE ROW LEVEL SECURITY;
ALTER TABLE file_serial FORCE ROW LEVEL SECURITY;
ALTER TABLE payment_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_file FORCE ROW LEVEL SECURITY;
ALTER TABLE remittance ENABLE ROW LEVEL SECURITY;
ALTER TABLE remittance FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON run TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON run_contract TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON entry TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON payment TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON file_serial TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON payment_file TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON remittance TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON entry FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON payment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON remittance FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
