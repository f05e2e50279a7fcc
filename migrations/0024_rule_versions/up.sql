-- The versions of its payment rule that a council uploaded: the bytes, what became of them, and who decided. Which rule
-- prices from when stays with rule_activation (0008).

-- A component that was checked and found usable. Never changed.
CREATE TABLE rule_version (
    tenant_id uuid NOT NULL REFERENCES council (id),
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    -- as the component describes itself
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    version text NOT NULL CHECK (length(version) BETWEEN 1 AND 100),
    interface text NOT NULL,
    description jsonb NOT NULL,
    component bytea NOT NULL CHECK (octet_length(component) BETWEEN 1 AND 2097152),
    file_name text NOT NULL CHECK (length(file_name) <= 160),
    -- what changed
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    uploaded_at timestamptz NOT NULL,
    uploaded_by uuid NOT NULL,
    uploader text NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);

-- An upload that cannot be used, with the sentence that says what to change. Its bytes are not kept.
CREATE TABLE rule_refusal (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    file_name text NOT NULL CHECK (length(file_name) <= 160),
    -- how long it was
    bytes int NOT NULL CHECK (bytes >= 0),
    sentence text NOT NULL,
    refused_at timestamptz NOT NULL,
    uploaded_by uuid NOT NULL,
    uploader text NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Cases that were run through a version. Never changed: of those with the same name the last one counts.
CREATE TABLE rule_case (
    tenant_id uuid NOT NULL,
    digest text NOT NULL,
    number int NOT NULL CHECK (number > 0),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- the case as it was given, in the form of counterfoil_rules::case
    body text NOT NULL CHECK (length(body) <= 262144),
    -- a sentence for each difference from what was expected; none when it passed
    differences jsonb NOT NULL,
    ran_at timestamptz NOT NULL,
    added_by uuid NOT NULL,
    adder text NOT NULL,
    PRIMARY KEY (tenant_id, digest, number),
    FOREIGN KEY (tenant_id, digest) REFERENCES rule_version (tenant_id, digest)
);

-- What was decided about a component, one that came with the service included. Never changed.
CREATE TABLE rule_event (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    kind text NOT NULL
        CHECK (kind IN ('approve', 'decline', 'activate', 'roll_back', 'retire', 'quarantine', 'lift_quarantine')),
    at timestamptz NOT NULL,
    -- none for the service itself
    person_id uuid,
    person text NOT NULL,
    comment text NOT NULL CHECK (length(comment) <= 2000),
    -- where it was switched on
    active_from date,
    PRIMARY KEY (tenant_id, id),
    CHECK ((kind IN ('activate', 'roll_back')) = (active_from IS NOT NULL)),
    CHECK (kind NOT IN ('decline', 'roll_back', 'retire', 'lift_quarantine') OR comment <> '')
);
CREATE INDEX rule_event_digest ON rule_event (tenant_id, digest, at);

-- After how many faults within a day a rule is put into quarantine, and what follows. The newest row counts.
CREATE TABLE rule_quarantine_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    faults int NOT NULL CHECK (faults BETWEEN 1 AND 1000),
    -- claims are suspended, or priced by the rule that was in force before
    follows text NOT NULL CHECK (follows IN ('suspend', 'last_good')),
    PRIMARY KEY (tenant_id, recorded_at)
);

-- faults of a rule are counted whenever it has another one
CREATE INDEX assessment_faulted ON assessment (tenant_id, component_digest, assessed_at) WHERE fault IS NOT NULL;

GRANT SELECT, INSERT ON rule_version, rule_refusal, rule_case, rule_event, rule_quarantine_setting
    TO counterfoil_council;

ALTER TABLE rule_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_version FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_refusal FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_case FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_event FORCE ROW LEVEL SECURITY;
ALTER TABLE rule_quarantine_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE rule_quarantine_setting FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON rule_version TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_refusal TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_case TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_event TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON rule_quarantine_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
