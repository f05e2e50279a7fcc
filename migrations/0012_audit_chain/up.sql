-- From where something was done, what happens to people's logins and to the platform itself, and the chains that seal
-- both records. How a record is digested stands in core/src/audit_chain.

ALTER TABLE audit_record
    -- the client's address of the request; none for a job
    ADD COLUMN address text CHECK (address ~ '^[0-9a-f.:]{2,45}$'),
    -- The transaction that wrote the row, as the server counts them: whatever was written in a transaction below the
    -- oldest one that still runs is committed or gone, so that the sealer knows from where on to look, and a late commit
    -- is not passed over. Counted over all councils, so it is in no export and in no digest.
    ADD COLUMN written_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;
CREATE INDEX audit_record_written ON audit_record (tenant_id, written_in, id);
CREATE INDEX audit_record_person ON audit_record (tenant_id, person_id, at);
CREATE INDEX audit_record_action ON audit_record (tenant_id, action, at);

GRANT INSERT (address) ON audit_record TO counterfoil_council, counterfoil_provider;
-- Who belongs to a council's staff is the platform's, and a change of it belongs to that council's record, in one
-- transaction.
GRANT INSERT (tenant_id, organisation_id, at, person_id, actor, action, object_kind, object_id, detail, request_id,
    address) ON audit_record TO counterfoil_identity;
CREATE POLICY identity_insert ON audit_record FOR INSERT TO counterfoil_identity
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND person_id IS NOT DISTINCT FROM (SELECT NULLIF(current_setting('app.person_id', true), '')::uuid));

-- whoever did something at a council keeps a name there, after they have left its staff too
CREATE POLICY council_acted ON person FOR SELECT TO counterfoil_council
    USING (EXISTS (SELECT FROM audit_record acted
        WHERE acted.tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
            AND acted.person_id = person.id));

-- Where the chain of a council ends. Sealers take the row's lock in turn, so that the chain cannot fork.
CREATE TABLE audit_head (
    tenant_id uuid PRIMARY KEY REFERENCES council (id),
    -- the last record's; 0 before the first
    sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    digest bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(digest) = 32),
    sealed_at timestamptz,
    -- everything written in transactions below this one is sealed
    settled bigint NOT NULL DEFAULT 0
);

-- A record's place in the chain. Records and links never change.
CREATE TABLE audit_link (
    tenant_id uuid NOT NULL REFERENCES council (id),
    sequence bigint NOT NULL CHECK (sequence >= 1),
    record_id uuid NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (tenant_id, sequence),
    UNIQUE (tenant_id, record_id),
    FOREIGN KEY (tenant_id, record_id) REFERENCES audit_record (tenant_id, id)
);

-- What happens to people's logins and to the platform itself. Names councils and organisations for information: it
-- belongs to none of them, and outlives them.
CREATE TABLE platform_record (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    -- who acted; none for the service itself, and for whoever could not prove who they are
    person_id uuid,
    -- whom it concerns
    subject_id uuid,
    organisation_id uuid,
    tenant_id uuid,
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    object_kind text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL,
    request_id text,
    address text CHECK (address ~ '^[0-9a-f.:]{2,45}$'),
    written_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX platform_record_at ON platform_record (at);
CREATE INDEX platform_record_person ON platform_record (person_id, at);
CREATE INDEX platform_record_subject ON platform_record (subject_id, at);
CREATE INDEX platform_record_organisation ON platform_record (organisation_id, at);
CREATE INDEX platform_record_written ON platform_record (written_in, id);

CREATE TABLE platform_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    sequence bigint NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    digest bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(digest) = 32),
    sealed_at timestamptz,
    settled bigint NOT NULL DEFAULT 0
);
INSERT INTO platform_head DEFAULT VALUES;

CREATE TABLE platform_link (
    sequence bigint PRIMARY KEY CHECK (sequence >= 1),
    record_id uuid NOT NULL UNIQUE REFERENCES platform_record (id),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32)
);

GRANT SELECT, INSERT ON audit_head, audit_link TO counterfoil_council;
GRANT UPDATE (sequence, digest, sealed_at, settled) ON audit_head TO counterfoil_council;
GRANT SELECT ON platform_record, platform_head TO counterfoil_identity;
GRANT SELECT, INSERT ON platform_link TO counterfoil_identity;
GRANT INSERT (at, person_id, subject_id, organisation_id, tenant_id, action, object_kind, object_id, detail, request_id,
    address) ON platform_record TO counterfoil_identity;
GRANT UPDATE (sequence, digest, sealed_at, settled) ON platform_head TO counterfoil_identity;

ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_link FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_record FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_head FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_link FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON audit_head TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON audit_link TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY identity ON platform_record TO counterfoil_identity USING (true);
CREATE POLICY identity ON platform_head TO counterfoil_identity USING (true);
CREATE POLICY identity ON platform_link TO counterfoil_identity USING (true);
