-- Rate card, tolerance, reasons, and the rule with its settings. Append-only: for a day of care the row counts
-- that was recorded last of those that begin on or before it.

-- Every price is a row here and only that. As known at instant T for day D:
--   SELECT DISTINCT ON (service, tier, band, minutes, day_kind, time_from, time_to, unit) * FROM rate_row
--   WHERE recorded_at <= T AND valid_from <= D ORDER BY (the same), recorded_at DESC, valid_from DESC
-- and then those whose valid_to is null or not before D.
CREATE TABLE rate_row (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    service text NOT NULL,
    tier text NOT NULL,
    band text NOT NULL,
    -- the length of visit in minutes, where it is a price by duration
    minutes smallint CHECK (minutes > 0),
    day_kind text CHECK (day_kind IN ('weekday', 'saturday', 'sunday', 'bank_holiday')),
    -- minutes from midnight: first included, last excluded
    time_from smallint CHECK (time_from BETWEEN 0 AND 1439),
    time_to smallint CHECK (time_to BETWEEN 1 AND 1440),
    unit text NOT NULL CHECK (unit IN ('hour', 'visit', 'session', 'day', 'night', 'week')),
    -- ten-thousandths of a pound for one unit
    rate bigint NOT NULL CHECK (rate >= 0),
    valid_from date NOT NULL,
    valid_to date,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((time_from IS NULL) = (time_to IS NULL))
);
CREATE INDEX rate_row_service ON rate_row (tenant_id, service, tier, valid_from);

CREATE TABLE tolerance_limit (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    level text NOT NULL CHECK (level IN ('visit', 'line', 'week', 'contract')),
    -- what it is for: all contracts or one, all services or one
    contract_id uuid,
    service text,
    -- how far a claim may exceed the plan, in each way that is given: thousandths of a unit, hundredths of a
    -- percent, whole pence
    units bigint CHECK (units >= 0),
    percent int CHECK (percent >= 0),
    pence bigint CHECK (pence >= 0),
    valid_from date NOT NULL,
    valid_to date,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, contract_id) REFERENCES contract (tenant_id, id)
);

CREATE TABLE non_delivery_reason (
    tenant_id uuid NOT NULL REFERENCES council (id),
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9-]{0,59}$'),
    valid_from date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    valid_to date,
    words text NOT NULL,
    -- what it explains
    kind text NOT NULL CHECK (kind IN ('frustrated', 'missed', 'extra', 'variance')),
    comment_needed boolean NOT NULL,
    PRIMARY KEY (tenant_id, code, valid_from, recorded_at)
);

CREATE TABLE rule_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    key text NOT NULL,
    -- a service level or a kind of contract; empty for all
    scope text NOT NULL,
    valid_from date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (tenant_id, key, scope, valid_from, recorded_at)
);

-- Which component prices from when. The newest recorded of those active by the period's start counts, so rolling
-- back is one more row.
CREATE TABLE rule_activation (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    component_digest text NOT NULL CHECK (component_digest ~ '^[0-9a-f]{64}$'),
    pack text NOT NULL,
    version text NOT NULL,
    active_from date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    approved_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (recorded_by <> approved_by)
);

GRANT SELECT, INSERT ON rate_row, tolerance_limit, non_delivery_reason, rule_setting, rule_activation
    TO counterfoil_council;
GRANT SELECT (tenant_id, code, valid_from, recorded_at, valid_to, words, kind, comment_needed)
    ON non_delivery_reason TO counterfoil_provider;

ALTER TABLE rate_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_row FORCE ROW LEVEL SECURITY;
ALTER TABLE tolerance_limit ENABLE ROW LEVEL SECURITY;
ALTER TABLE tolerance_limit FORCE ROW LEVEL SECURITY;
ALTER TABLE non_delivery_reason ENABLE ROW LEVEL SECURITY;
ALTER TABLE non_delivery_reason FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_setting FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_activation ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_activation FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON rate_row TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON tolerance_limit TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON non_delivery_reason TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_activation TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON non_delivery_reason FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
