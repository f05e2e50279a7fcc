-- The job queue. A job is enqueued in the transaction that makes it true, picked by the dispatcher, done in the
-- scope of its council. The payload holds ids only. A job of the platform itself has no council.
CREATE TABLE job (
    -- chosen by the database, and not by whoever enqueues, so that no collision tells of another council's jobs
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid REFERENCES council (id),
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{0,59}$'),
    payload jsonb NOT NULL,
    run_at timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    most_attempts int NOT NULL CHECK (most_attempts BETWEEN 1 AND 100),
    locked_by text,
    locked_until timestamptz,
    -- 0 ready, 1 running, 2 done, 3 dead
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    last_error text,
    dedupe_key text,
    request_id text,
    created_at timestamptz NOT NULL,
    CHECK ((state = 1) = (locked_by IS NOT NULL AND locked_until IS NOT NULL))
);
-- the same job twice is one job; of another council it is another
CREATE UNIQUE INDEX job_dedupe ON job (tenant_id, dedupe_key) NULLS NOT DISTINCT WHERE dedupe_key IS NOT NULL;
CREATE INDEX job_ready ON job (run_at, created_at) WHERE state = 0;
CREATE INDEX job_running ON job (locked_until) WHERE state = 1;
CREATE INDEX job_dead ON job (tenant_id, created_at) WHERE state = 3;

GRANT SELECT ON job TO counterfoil_council, counterfoil_dispatcher;
GRANT INSERT (tenant_id, kind, payload, run_at, most_attempts, dedupe_key, request_id, created_at)
    ON job TO counterfoil_council, counterfoil_provider, counterfoil_dispatcher;
GRANT UPDATE (run_at, attempts, locked_by, locked_until, state, last_error) ON job TO counterfoil_dispatcher;

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
ALTER TABLE job FORCE ROW LEVEL SECURITY;
CREATE POLICY dispatcher ON job TO counterfoil_dispatcher USING (true);
CREATE POLICY council ON job TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
-- a provider enqueues for a council that it has a contract with: the policy stands beside contract
