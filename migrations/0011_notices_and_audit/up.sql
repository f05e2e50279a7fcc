-- Messages to people, and the record of who did what.

CREATE TABLE notice (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    event text NOT NULL,
    -- what the notice is about and to whom, so that the same one is written once
    dedupe_key text NOT NULL,
    recipient text NOT NULL,
    sender text NOT NULL,
    reply_to text,
    subject text NOT NULL,
    body text NOT NULL,
    -- 0 to send, 1 sent, 2 failed
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    message_id text,
    attempts int NOT NULL DEFAULT 0,
    last_error text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, dedupe_key)
);

-- Written in the transaction that makes the change, and never changed.
CREATE TABLE audit_record (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organisation_id uuid,
    at timestamptz NOT NULL,
    -- the person behind the act; none for the service itself. The database holds it to the transaction's person.
    person_id uuid,
    actor jsonb NOT NULL,
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    object_kind text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL,
    request_id text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_record_at ON audit_record (tenant_id, at);
CREATE INDEX audit_record_object ON audit_record (tenant_id, object_kind, object_id, at);

GRANT SELECT, INSERT ON notice TO counterfoil_council;
GRANT UPDATE (state, message_id, attempts, last_error, sent_at) ON notice TO counterfoil_council;
GRANT SELECT ON audit_record TO counterfoil_council;
GRANT INSERT (tenant_id, organisation_id, at, person_id, actor, action, object_kind, object_id, detail, request_id)
    ON audit_record TO counterfoil_council, counterfoil_provider;

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_record FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON notice TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON audit_record FOR SELECT TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council_insert ON audit_record FOR INSERT TO counterfoil_council
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND person_id IS NOT DISTINCT FROM (SELECT NULLIF(current_setting('app.person_id', true), '')::uuid));
CREATE POLICY provider_insert ON audit_record FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND person_id = (SELECT NULLIF(current_setting('app.person_id', true), '')::uuid)
        AND tenant_id IN (SELECT own.tenant_id FROM contract own));
