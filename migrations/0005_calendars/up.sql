-- Payment schedules and the pay periods that they unroll into.

CREATE TABLE schedule (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    name text NOT NULL,
    published_name text NOT NULL,
    -- what makes a claim payable: 0 nothing, 1 confirmation, 2 actuals and confirmation
    basis smallint NOT NULL CHECK (basis BETWEEN 0 AND 2),
    -- generator, imported tables, overrides (core: calendar::Schedule)
    definition jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

CREATE TABLE pay_period (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    number int NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    -- the last instant at which amendments and confirmations are in time
    cut_off timestamptz NOT NULL,
    finalisation date NOT NULL,
    bank_date date NOT NULL,
    -- where the dates came from, the published row's text included
    origin jsonb NOT NULL,
    findings jsonb NOT NULL,
    -- warnings that a person let stand, with the reason
    accepted jsonb NOT NULL,
    -- a period with impossible findings cannot run until it is overridden
    runnable boolean NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, schedule_id, number),
    UNIQUE (tenant_id, schedule_id, id),
    FOREIGN KEY (tenant_id, schedule_id) REFERENCES schedule (tenant_id, id)
);
CREATE INDEX pay_period_dates ON pay_period (tenant_id, schedule_id, starts);

GRANT SELECT, INSERT ON schedule, pay_period TO counterfoil_council;
GRANT UPDATE (name, published_name, basis, definition) ON schedule TO counterfoil_council;
GRANT UPDATE (starts, ends, cut_off, finalisation, bank_date, origin, findings, accepted, runnable)
    ON pay_period TO counterfoil_council;
GRANT SELECT (tenant_id, id, published_name, basis) ON schedule TO counterfoil_provider;
GRANT SELECT (tenant_id, id, schedule_id, number, starts, ends, cut_off, finalisation, bank_date)
    ON pay_period TO counterfoil_provider;

ALTER TABLE schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule FORCE ROW LEVEL SECURITY;
ALTER TABLE pay_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE pay_period FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON schedule TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON pay_period TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
