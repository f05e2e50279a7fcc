-- Platform tables: councils, organisations, the people who sign in, and what they may act for.
-- They hold nothing that a council owns. Row level security is on here too, so that the council and provider
-- roles see only what concerns them.

CREATE TABLE council (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{1,60}$'),
    name text NOT NULL,
    -- whose bank holidays: 'england-and-wales', 'scotland', 'northern-ireland'
    division text NOT NULL CHECK (division IN ('england-and-wales', 'scotland', 'northern-ireland')),
    created_at timestamptz NOT NULL
);

CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL
);
-- an address signs in as one person, however it is typed
CREATE UNIQUE INDEX person_email ON person (lower(email));

CREATE TABLE council_member (
    tenant_id uuid NOT NULL REFERENCES council (id),
    person_id uuid NOT NULL REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('officer', 'administrator', 'auditor')),
    since timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX council_member_person ON council_member (person_id);

CREATE TABLE organisation_member (
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    person_id uuid NOT NULL REFERENCES person (id),
    role text NOT NULL CHECK (role IN ('staff', 'administrator')),
    since timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX organisation_member_person ON organisation_member (person_id);

GRANT SELECT, INSERT ON council, organisation, person, council_member, organisation_member TO counterfoil_identity;
GRANT UPDATE (name) ON council, organisation TO counterfoil_identity;
GRANT UPDATE (email, name) ON person TO counterfoil_identity;
GRANT UPDATE (role), DELETE ON council_member, organisation_member TO counterfoil_identity;
GRANT SELECT (id, slug, name, division) ON council TO counterfoil_council, counterfoil_provider, counterfoil_dispatcher;
GRANT SELECT (id, name) ON organisation TO counterfoil_council, counterfoil_provider;
GRANT SELECT (id, name) ON person TO counterfoil_council;
GRANT SELECT ON council_member TO counterfoil_council;

ALTER TABLE council ENABLE ROW LEVEL SECURITY;
ALTER TABLE council FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
ALTER TABLE council_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_member FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_member FORCE ROW LEVEL SECURITY;

CREATE POLICY identity ON council TO counterfoil_identity USING (true);
CREATE POLICY identity ON organisation TO counterfoil_identity USING (true);
CREATE POLICY identity ON person TO counterfoil_identity USING (true);
CREATE POLICY identity ON council_member TO counterfoil_identity USING (true);
CREATE POLICY identity ON organisation_member TO counterfoil_identity USING (true);

-- the scheduler goes round all councils; names only
CREATE POLICY dispatcher ON council FOR SELECT TO counterfoil_dispatcher USING (true);

CREATE POLICY council ON council FOR SELECT TO counterfoil_council
    USING (id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON council_member FOR SELECT TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
-- members are read through their own policy, so these are this council's people
CREATE POLICY council ON person FOR SELECT TO counterfoil_council
    USING (id IN (SELECT member.person_id FROM council_member member));
CREATE POLICY provider ON organisation FOR SELECT TO counterfoil_provider
    USING (id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
-- Which organisations a council sees, and which councils a provider sees, follows from payees and contracts: the
-- policies stand beside those tables.
