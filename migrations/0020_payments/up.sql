-- What a provider says of a payment beside its actuals, and what its pages of payments read.

-- A rejection: the provider says that what the council's system makes of the week is wrong. It stands until the claim is
-- stated again or confirmed; the audit keeps each one.
ALTER TABLE claim
    ADD COLUMN rejected_reason text CHECK (rejected_reason <> ''),
    ADD COLUMN rejected_name text,
    ADD COLUMN rejected_at timestamptz,
    ADD CHECK ((rejected_at IS NULL) = (rejected_reason IS NULL) AND (rejected_at IS NULL) = (rejected_name IS NULL));
GRANT UPDATE (rejected_reason, rejected_name, rejected_at) ON claim TO counterfoil_provider;

-- Weeks of a provider's contracts, in order and without going through claims: fifty of them are the first few hundred
-- rows of this index.
CREATE INDEX claim_weeks ON claim (tenant_id, organisation_id, starts, contract_id) INCLUDE (state, schedule_id);

-- What is paid by a later run than the one in which it fell due.
CREATE INDEX claim_late ON claim (tenant_id, organisation_id, starts, id) WHERE run_period_id <> period_id;

-- The remittance advice as it was made, from which other files are written: CSV and page are no source for them.
ALTER TABLE remittance ADD COLUMN advice jsonb;

-- A provider asks for the claims of its contracts up to a day: a row for each contract, so that how far the work is can be
-- read. The council's role does it and says so.
CREATE TABLE payment_request (
    tenant_id uuid NOT NULL,
    -- what was asked for together
    batch uuid NOT NULL,
    contract_id uuid NOT NULL,
    organisation_id uuid,
    -- last day of care that is asked for
    up_to date NOT NULL,
    requested_at timestamptz NOT NULL,
    requested_by jsonb NOT NULL,
    done_at timestamptz,
    -- how many claims were made; none before it is done
    claims int CHECK (claims >= 0),
    PRIMARY KEY (tenant_id, batch, contract_id),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    CHECK ((done_at IS NULL) = (claims IS NULL))
);
GRANT SELECT ON payment_request TO counterfoil_council, counterfoil_provider;
GRANT UPDATE (done_at, claims) ON payment_request TO counterfoil_council;
GRANT INSERT (tenant_id, batch, contract_id, organisation_id, up_to, requested_at, requested_by)
    ON payment_request TO counterfoil_provider;
ALTER TABLE payment_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_request FORCE ROW LEVEL SECURITY;
CREATE POLICY council ON payment_request TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON payment_request FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR contract_id = ANY (((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[]))::uuid[])));
CREATE POLICY provider_insert ON payment_request FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR contract_id = ANY (((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[]))::uuid[])));
