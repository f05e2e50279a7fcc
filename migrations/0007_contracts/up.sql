-- Contracts, the people who receive care, and service lines with their versions.
-- Where a row has an organisation the key carries it: a child that names one can only hang on its own parent.

CREATE TABLE contract (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    payee_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    reference text NOT NULL,
    service_type text NOT NULL,
    recording text NOT NULL CHECK (recording IN ('timetabled', 'quantities', 'none')),
    terms text NOT NULL CHECK (terms IN ('planned', 'actual')),
    claim_period text NOT NULL CHECK (claim_period IN ('week', 'pay_period')),
    -- before (gross) or after the client's contribution
    gross boolean NOT NULL,
    kind text NOT NULL CHECK (kind IN ('framework', 'spot', 'block')),
    valid_from date NOT NULL,
    valid_to date,
    -- dated facts that a rule may ask for (core: pricing::facts::Attribute)
    attributes jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, payee_id) REFERENCES payee (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, payee_id) REFERENCES payee (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, schedule_id) REFERENCES schedule (tenant_id, id)
);
CREATE INDEX contract_organisation ON contract (organisation_id, tenant_id);
CREATE INDEX contract_schedule ON contract (tenant_id, schedule_id);

CREATE TABLE service_user (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    -- the council's own reference (SSRef), which files and exports carry instead of the name
    reference text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, reference)
);

CREATE TABLE service_line (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid,
    contract_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    -- the CPLI number
    reference text NOT NULL,
    purchase_order text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, service_user_id) REFERENCES service_user (tenant_id, id)
);
CREATE INDEX service_line_contract ON service_line (tenant_id, contract_id, service_user_id);
CREATE INDEX service_line_service_user ON service_line (tenant_id, service_user_id);
CREATE INDEX service_line_organisation ON service_line (organisation_id);

-- Append-only. A version replaces what earlier ones said from its first day onwards (core: plan::LineVersion).
CREATE TABLE service_line_version (
    tenant_id uuid NOT NULL,
    service_line_id uuid NOT NULL,
    organisation_id uuid,
    version int NOT NULL CHECK (version > 0),
    valid_from date NOT NULL,
    valid_to date,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    service text NOT NULL,
    unit text NOT NULL CHECK (unit IN ('hour', 'visit', 'session', 'day', 'night', 'week')),
    tier text NOT NULL,
    -- the recorded need behind the tier; empty for the tier that everyone starts at
    tier_need text NOT NULL,
    attributes jsonb NOT NULL,
    plan jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_line_id, version),
    FOREIGN KEY (tenant_id, service_line_id) REFERENCES service_line (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, service_line_id) REFERENCES service_line (tenant_id, organisation_id, id)
);
CREATE INDEX service_line_version_recorded ON service_line_version (tenant_id, recorded_at);

-- Hospital, or away. A correction is another version; a withdrawn one never was.
CREATE TABLE stay (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    service_user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('hospital', 'away')),
    admitted date NOT NULL,
    discharged date,
    withdrawn boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id, version),
    FOREIGN KEY (tenant_id, service_user_id) REFERENCES service_user (tenant_id, id),
    CHECK (discharged >= admitted)
);
CREATE INDEX stay_service_user ON stay (tenant_id, service_user_id);

-- Death, or end of care: the day it happened and the day the council was told. The newest row counts.
CREATE TABLE ending (
    tenant_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('death', 'end')),
    happened date NOT NULL,
    notified date NOT NULL,
    withdrawn boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_user_id, version),
    FOREIGN KEY (tenant_id, service_user_id) REFERENCES service_user (tenant_id, id)
);

GRANT SELECT, INSERT ON contract, service_user, service_line, service_line_version, stay, ending TO counterfoil_council;
GRANT UPDATE (schedule_id, valid_to, attributes) ON contract TO counterfoil_council;
GRANT UPDATE (name) ON service_user TO counterfoil_council;
GRANT UPDATE (purchase_order) ON service_line TO counterfoil_council;
GRANT SELECT ON contract, service_user, service_line, service_line_version TO counterfoil_provider;

ALTER TABLE contract ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract FORCE ROW LEVEL SECURITY;
ALTER TABLE service_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_user FORCE ROW LEVEL SECURITY;
ALTER TABLE service_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_line FORCE ROW LEVEL SECURITY;
ALTER TABLE service_line_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_line_version FORCE ROW LEVEL SECURITY;
ALTER TABLE stay ENABLE ROW LEVEL SECURITY;
ALTER TABLE stay FORCE ROW LEVEL SECURITY;
ALTER TABLE ending ENABLE ROW LEVEL SECURITY;
ALTER TABLE ending FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON contract TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON service_user TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON service_line TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON service_line_version TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON stay TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON ending TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON contract FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON service_line FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY provider ON service_line_version FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
-- the people that a provider cares for: its service lines are read through their own policy
CREATE POLICY provider ON service_user FOR SELECT TO counterfoil_provider
    USING ((tenant_id, id) IN (SELECT line.tenant_id, line.service_user_id FROM service_line line));

-- What a council publishes, it publishes to the organisations that it has a contract with. Contracts are read
-- through their own policy, so these are the provider's own.
CREATE POLICY provider ON council FOR SELECT TO counterfoil_provider
    USING (id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON council_profile FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON schedule FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON pay_period FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider_insert ON job FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND tenant_id IN (SELECT own.tenant_id FROM contract own));
