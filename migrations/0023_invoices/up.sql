-- A provider's own reference and date for what it is paid, invoices that providers write themselves, and the calendars by
-- which a council bills its clients.

-- Until a run takes the claim, its provider may give it a reference and an invoice date; neither is priced. A reference
-- here counts before that of the newest statement, and stating anew leaves it to the statement again.
ALTER TABLE claim ADD COLUMN provider_reference text CHECK (length(provider_reference) BETWEEN 1 AND 35);
ALTER TABLE claim ADD COLUMN invoice_date date;
GRANT UPDATE (provider_reference, invoice_date) ON claim TO counterfoil_provider;

-- Whether the council takes invoices that its providers write. Rows are added; the newest counts.
CREATE TABLE invoice_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    allowed boolean NOT NULL,
    PRIMARY KEY (tenant_id, recorded_at)
);

-- An invoice that a provider wrote: which claims it stated and confirmed, what it expects, and what the council's rule made
-- of it at the time. Never changed: what becomes of it is read from its claims.
CREATE TABLE provider_invoice (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    number text NOT NULL CHECK (length(number) BETWEEN 1 AND 35),
    -- the number as it is compared: a number names one invoice for good
    number_key text NOT NULL CHECK (length(number_key) BETWEEN 1 AND 35),
    dated date NOT NULL,
    -- names the form that it was sent with, so that sending it twice makes one
    submission uuid NOT NULL,
    submitted_at timestamptz NOT NULL,
    submitted_by jsonb NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    comment text NOT NULL CHECK (length(comment) <= 2000),
    -- whole pence: what the provider expects, and the rule's price of what it stated
    expected_pence bigint NOT NULL CHECK (expected_pence >= 0),
    priced_pence bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    UNIQUE (tenant_id, organisation_id, number_key),
    UNIQUE (tenant_id, organisation_id, submission),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id)
);
CREATE INDEX provider_invoice_council ON provider_invoice (tenant_id, submitted_at);

CREATE TABLE provider_invoice_line (
    tenant_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    -- from 0 within the invoice
    number int NOT NULL CHECK (number >= 0),
    organisation_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    -- the claim line's number
    line int NOT NULL CHECK (line >= 0),
    -- of the confirmation that it was sent with: a claim that was confirmed again since is another invoice's
    receipt uuid NOT NULL,
    -- thousandths of the unit, carer-minutes if timetabled
    planned bigint NOT NULL,
    delivered bigint NOT NULL,
    frustrated bigint NOT NULL,
    expected_pence bigint NOT NULL CHECK (expected_pence >= 0),
    -- none where the rule gave no sum
    priced_pence bigint,
    -- how the rule worked it out
    worked_out text NOT NULL,
    PRIMARY KEY (tenant_id, invoice_id, number),
    FOREIGN KEY (tenant_id, organisation_id, invoice_id) REFERENCES provider_invoice (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id)
);
CREATE INDEX provider_invoice_line_claim ON provider_invoice_line (tenant_id, claim_id);

CREATE TABLE provider_invoice_withdrawal (
    tenant_id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    withdrawn_at timestamptz NOT NULL,
    withdrawn_by jsonb NOT NULL,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 2000),
    PRIMARY KEY (tenant_id, invoice_id),
    FOREIGN KEY (tenant_id, organisation_id, invoice_id) REFERENCES provider_invoice (tenant_id, organisation_id, id)
);

-- When clients are billed. Apart from payment schedules, so that no run can ever take a period of them.
CREATE TABLE billing_schedule (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- generator, imported tables, overrides (core: calendar::Schedule)
    definition jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE billing_period (
    tenant_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    number int NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    -- the last instant for actuals: what is confirmed later is billed on the plan
    last_actuals timestamptz NOT NULL,
    issued date NOT NULL,
    -- where the dates came from (core: calendar::Origin)
    origin jsonb NOT NULL,
    PRIMARY KEY (tenant_id, schedule_id, number),
    FOREIGN KEY (tenant_id, schedule_id) REFERENCES billing_schedule (tenant_id, id),
    CHECK (starts <= ends)
);

GRANT SELECT, INSERT ON invoice_setting, billing_schedule, billing_period TO counterfoil_council;
GRANT SELECT ON provider_invoice, provider_invoice_line, provider_invoice_withdrawal TO counterfoil_council;
GRANT UPDATE (name, definition) ON billing_schedule TO counterfoil_council;
GRANT UPDATE (starts, ends, last_actuals, issued, origin) ON billing_period TO counterfoil_council;
GRANT SELECT (tenant_id, recorded_at, allowed) ON invoice_setting TO counterfoil_provider;
GRANT SELECT (tenant_id, id, name) ON billing_schedule TO counterfoil_provider;
GRANT SELECT ON billing_period TO counterfoil_provider;
GRANT SELECT ON provider_invoice, provider_invoice_line, provider_invoice_withdrawal TO counterfoil_provider;
GRANT INSERT (tenant_id, organisation_id, contract_id, number, number_key, dated, submission, submitted_at, submitted_by,
    name, comment, expected_pence, priced_pence) ON provider_invoice TO counterfoil_provider;
GRANT INSERT ON provider_invoice_line, provider_invoice_withdrawal TO counterfoil_provider;

ALTER TABLE invoice_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoice_setting FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice_line FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice_withdrawal ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_invoice_withdrawal FORCE ROW LEVEL SECURITY;
ALTER TABLE billing_schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing_schedule FORCE ROW LEVEL SECURITY;
ALTER TABLE billing_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE billing_period FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON invoice_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON provider_invoice TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON provider_invoice_line TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON provider_invoice_withdrawal TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON billing_schedule TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON billing_period TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON invoice_setting FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON billing_schedule FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON billing_period FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON provider_invoice FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_insert ON provider_invoice FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
-- lines and withdrawals are read and written through their invoice's own policy
CREATE POLICY provider ON provider_invoice_line FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM provider_invoice own
                WHERE own.tenant_id = provider_invoice_line.tenant_id AND own.id = provider_invoice_line.invoice_id)));
CREATE POLICY provider_insert ON provider_invoice_line FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM provider_invoice own
                WHERE own.tenant_id = provider_invoice_line.tenant_id AND own.id = provider_invoice_line.invoice_id)));
CREATE POLICY provider ON provider_invoice_withdrawal FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM provider_invoice own
                WHERE own.tenant_id = provider_invoice_withdrawal.tenant_id AND own.id = provider_invoice_withdrawal.invoice_id)));
CREATE POLICY provider_insert ON provider_invoice_withdrawal FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM provider_invoice own
                WHERE own.tenant_id = provider_invoice_withdrawal.tenant_id AND own.id = provider_invoice_withdrawal.invoice_id)));
