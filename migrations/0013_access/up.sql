-- Who may sign in, with what, and what they may do then. Platform tables: only the role counterfoil_identity reads
-- them, so that neither a council's nor a provider's queries ever meet a hash, a secret or a link.

-- Councils ------------------------------------------------------------------------------------------------------

ALTER TABLE council
    ADD COLUMN nation text NOT NULL DEFAULT 'england' CHECK (nation IN ('england', 'wales', 'scotland', 'northern-ireland')),
    -- nobody acts for a suspended council, its jobs excepted
    ADD COLUMN suspended_at timestamptz,
    -- nine characters, a capital, a letter and two digits, beside the service's own twelve
    ADD COLUMN published_password_rule boolean NOT NULL DEFAULT false;
UPDATE council SET nation = division WHERE division IN ('scotland', 'northern-ireland');
ALTER TABLE council ALTER COLUMN nation DROP DEFAULT;
GRANT UPDATE (name, suspended_at, published_password_rule) ON council TO counterfoil_identity;

-- A member may have several roles at a council: what they may do is the sum, and what one person may not do alone
-- is kept apart by the steps (nobody approves what they prepared).
ALTER TABLE council_member DROP CONSTRAINT council_member_pkey;
ALTER TABLE council_member DROP CONSTRAINT council_member_role_check;
ALTER TABLE council_member ADD PRIMARY KEY (tenant_id, person_id, role);
ALTER TABLE council_member ADD CHECK (role IN ('officer', 'approver', 'commissioning', 'administrator', 'auditor'));

-- The organisations that a council has brought in or linked, contracted or not yet.
CREATE TABLE council_organisation (
    tenant_id uuid NOT NULL REFERENCES council (id),
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    since timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, organisation_id)
);
CREATE INDEX council_organisation_organisation ON council_organisation (organisation_id);
INSERT INTO council_organisation (tenant_id, organisation_id, since)
    SELECT DISTINCT tenant_id, organisation_id, now() FROM payee WHERE organisation_id IS NOT NULL;

-- How a council shows itself to whoever works with it: its colour, logo, contacts and words. Rows are added and never
-- changed; the newest counts.
CREATE TABLE council_brand (
    tenant_id uuid NOT NULL REFERENCES council (id),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    name_shown text NOT NULL CHECK (length(name_shown) BETWEEN 1 AND 120),
    colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
    -- PNG or JPEG that was checked, at most 64 KiB
    logo bytea CHECK (octet_length(logo) <= 65536),
    logo_type text CHECK (logo_type IN ('image/png', 'image/jpeg')),
    contact_name text NOT NULL DEFAULT '',
    contact_email text NOT NULL DEFAULT '',
    contact_phone text NOT NULL DEFAULT '',
    contact_hours text NOT NULL DEFAULT '',
    accessibility_email text NOT NULL DEFAULT '',
    help_text text NOT NULL DEFAULT '' CHECK (length(help_text) <= 4000),
    PRIMARY KEY (tenant_id, recorded_at),
    CHECK ((logo IS NULL) = (logo_type IS NULL))
);

-- Single sign-on of a council's staff.
CREATE TABLE council_sign_on (
    tenant_id uuid PRIMARY KEY REFERENCES council (id),
    issuer text NOT NULL,
    client_id text NOT NULL,
    -- encrypted with the service's master key, bound to the council
    secret_nonce bytea NOT NULL CHECK (octet_length(secret_nonce) = 12),
    secret bytea NOT NULL,
    domains text[] NOT NULL CHECK (cardinality(domains) > 0),
    enabled boolean NOT NULL,
    changed_at timestamptz NOT NULL
);

-- People --------------------------------------------------------------------------------------------------------

ALTER TABLE person
    -- argon2id in the form of the PHC; none before the first password and for those who only use single sign-on
    ADD COLUMN password_hash text,
    ADD COLUMN password_set_at timestamptz,
    -- whether the password also keeps to the published rule, so that joining such a council can ask for a new one
    ADD COLUMN password_keeps_rule boolean NOT NULL DEFAULT false,
    -- the last day in use counts from here: sign-in, or else the day the login was made
    ADD COLUMN last_seen_at timestamptz,
    -- sessions that began before this instant are over, whatever Redis says
    ADD COLUMN sessions_after timestamptz;
GRANT UPDATE (password_hash, password_set_at, password_keeps_rule, last_seen_at, sessions_after)
    ON person TO counterfoil_identity;

CREATE TABLE platform_operator (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    since timestamptz NOT NULL
);

-- A code generator. A new one replaces the old one only when its first code was right.
CREATE TABLE totp_device (
    person_id uuid NOT NULL REFERENCES person (id),
    -- false while it waits for its first code
    confirmed boolean NOT NULL,
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    secret bytea NOT NULL,
    added_at timestamptz NOT NULL,
    -- the time step of the last code that was used: the same code is not taken twice
    last_step bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, confirmed)
);

-- Single use; only digests are kept.
CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person (id),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, digest)
);

CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    credential_id bytea NOT NULL UNIQUE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    stored jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id);

-- Whom an identity provider means.
CREATE TABLE sign_on_subject (
    tenant_id uuid NOT NULL REFERENCES council (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id uuid NOT NULL REFERENCES person (id),
    since timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, issuer, subject),
    -- somebody else at the provider under the same address is not the same person
    UNIQUE (tenant_id, issuer, person_id)
);

-- A link by e-mail, good for one thing and once. The token itself is made when the mail is sent; only its digest
-- stays here.
CREATE TABLE access_link (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('invitation', 'password', 'second_factor', 'return', 'unlock')),
    -- what the mail says of where it comes from, for example the council that invites
    context jsonb NOT NULL DEFAULT '{}',
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    digest bytea UNIQUE CHECK (octet_length(digest) = 32),
    used_at timestamptz,
    -- a newer link of the same kind puts the older ones out of use
    withdrawn_at timestamptz
);
CREATE INDEX access_link_person ON access_link (person_id, kind);

-- What the platform itself sends to a person. Councils' notices have a table of their own.
CREATE TABLE letter (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    -- the template
    kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    link_id uuid REFERENCES access_link (id),
    -- names that the words need; never a secret
    context jsonb NOT NULL DEFAULT '{}',
    -- 0 to send, 1 sent, 2 given up
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
    attempts int NOT NULL DEFAULT 0,
    send_at timestamptz NOT NULL,
    last_error text,
    made_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX letter_to_send ON letter (send_at) WHERE state = 0;

-- How often something was guessed wrong of late. The key is a digest of what the limit is for: an address on the net,
-- a login from somewhere unknown, a browser that is known. Kept here, so that an empty Redis lifts no limit.
CREATE TABLE guess_limit (
    bucket bytea PRIMARY KEY CHECK (octet_length(bucket) = 32),
    -- tokens left, in thousandths, when last counted
    tokens bigint NOT NULL,
    counted_at timestamptz NOT NULL
);

-- A browser in which somebody has signed in: it has limits of its own, so that nobody else's guessing locks it out.
CREATE TABLE known_browser (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    person_id uuid NOT NULL REFERENCES person (id),
    since timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);
CREATE INDEX known_browser_person ON known_browser (person_id);

-- Organisations -------------------------------------------------------------------------------------------------

-- The contracts that a limited member of an organisation sees; who is not limited has no row.
CREATE TABLE organisation_member_contract (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, person_id, tenant_id, contract_id),
    FOREIGN KEY (organisation_id, person_id) REFERENCES organisation_member (organisation_id, person_id) ON DELETE CASCADE
);
ALTER TABLE organisation_member ADD COLUMN limited boolean NOT NULL DEFAULT false;
GRANT UPDATE (limited) ON organisation_member TO counterfoil_identity;

-- An organisation that a council wants to work with. Whoever holds the address decides which of their organisations
-- it is, or that it is a new one: the council learns nothing of other councils' organisations.
CREATE TABLE organisation_invitation (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- how the council knows it, shown to both sides
    reference text NOT NULL DEFAULT '' CHECK (length(reference) <= 60),
    -- Whom it is for, as the council typed it: what the platform knows of that person is not the council's.
    email text NOT NULL,
    contact text NOT NULL CHECK (length(contact) BETWEEN 1 AND 120),
    person_id uuid NOT NULL REFERENCES person (id),
    invited_by uuid NOT NULL REFERENCES person (id),
    invited_at timestamptz NOT NULL,
    accepted_at timestamptz,
    declined_at timestamptz,
    withdrawn_at timestamptz,
    organisation_id uuid REFERENCES organisation (id),
    PRIMARY KEY (tenant_id, id),
    CHECK ((accepted_at IS NULL) = (organisation_id IS NULL))
);
CREATE INDEX organisation_invitation_person ON organisation_invitation (person_id) WHERE accepted_at IS NULL;
-- the same invitation twice is one
CREATE UNIQUE INDEX organisation_invitation_open ON organisation_invitation (tenant_id, person_id, lower(name))
    WHERE accepted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL;

-- Rights --------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT ON council_organisation, council_sign_on, platform_operator, totp_device, recovery_code, passkey,
    sign_on_subject, access_link, letter, guess_limit, known_browser, organisation_member_contract,
    organisation_invitation TO counterfoil_identity;
GRANT DELETE ON council_organisation, platform_operator, totp_device, recovery_code, passkey, guess_limit,
    known_browser, organisation_member_contract, sign_on_subject TO counterfoil_identity;
GRANT UPDATE (issuer, client_id, secret_nonce, secret, domains, enabled, changed_at) ON council_sign_on
    TO counterfoil_identity;
GRANT UPDATE (confirmed, last_step) ON totp_device TO counterfoil_identity;
GRANT UPDATE (used_at) ON recovery_code TO counterfoil_identity;
GRANT UPDATE (name, stored, last_used_at) ON passkey TO counterfoil_identity;
GRANT UPDATE (digest, used_at, withdrawn_at) ON access_link TO counterfoil_identity;
GRANT UPDATE (state, attempts, send_at, last_error, sent_at) ON letter TO counterfoil_identity;
GRANT UPDATE (tokens, counted_at) ON guess_limit TO counterfoil_identity;
GRANT UPDATE (last_used_at) ON known_browser TO counterfoil_identity;
GRANT UPDATE (accepted_at, declined_at, withdrawn_at, organisation_id) ON organisation_invitation
    TO counterfoil_identity;
GRANT SELECT ON council_organisation TO counterfoil_council, counterfoil_provider;
GRANT SELECT, INSERT ON council_brand TO counterfoil_council;
-- a brand is what everybody sees who is invited or signs in
GRANT SELECT ON council_brand TO counterfoil_identity, counterfoil_provider;

ALTER TABLE council_organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE council_brand ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_brand FORCE ROW LEVEL SECURITY;
ALTER TABLE council_sign_on ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_sign_on FORCE ROW LEVEL SECURITY;
ALTER TABLE platform_operator ENABLE ROW LEVEL SECURITY;
ALTER TABLE platform_operator FORCE ROW LEVEL SECURITY;
ALTER TABLE totp_device ENABLE ROW LEVEL SECURITY;
ALTER TABLE totp_device FORCE ROW LEVEL SECURITY;
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY;
ALTER TABLE passkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkey FORCE ROW LEVEL SECURITY;
ALTER TABLE sign_on_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_on_subject FORCE ROW LEVEL SECURITY;
ALTER TABLE access_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_link FORCE ROW LEVEL SECURITY;
ALTER TABLE letter ENABLE ROW LEVEL SECURITY;
ALTER TABLE letter FORCE ROW LEVEL SECURITY;
ALTER TABLE guess_limit ENABLE ROW LEVEL SECURITY;
ALTER TABLE guess_limit FORCE ROW LEVEL SECURITY;
ALTER TABLE known_browser ENABLE ROW LEVEL SECURITY;
ALTER TABLE known_browser FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation_member_contract ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_member_contract FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation_invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_invitation FORCE ROW LEVEL SECURITY;

CREATE POLICY identity ON council_organisation TO counterfoil_identity USING (true);
CREATE POLICY identity ON council_brand FOR SELECT TO counterfoil_identity USING (true);
CREATE POLICY identity ON council_sign_on TO counterfoil_identity USING (true);
CREATE POLICY identity ON platform_operator TO counterfoil_identity USING (true);
CREATE POLICY identity ON totp_device TO counterfoil_identity USING (true);
CREATE POLICY identity ON recovery_code TO counterfoil_identity USING (true);
CREATE POLICY identity ON passkey TO counterfoil_identity USING (true);
CREATE POLICY identity ON sign_on_subject TO counterfoil_identity USING (true);
CREATE POLICY identity ON access_link TO counterfoil_identity USING (true);
CREATE POLICY identity ON letter TO counterfoil_identity USING (true);
CREATE POLICY identity ON guess_limit TO counterfoil_identity USING (true);
CREATE POLICY identity ON known_browser TO counterfoil_identity USING (true);
CREATE POLICY identity ON organisation_member_contract TO counterfoil_identity USING (true);
CREATE POLICY identity ON organisation_invitation TO counterfoil_identity USING (true);

CREATE POLICY council ON council_organisation FOR SELECT TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON council_organisation FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));
CREATE POLICY council ON council_brand TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON council_brand FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM council_organisation own));

-- A council sees the organisations that it has linked, contracted or not; a provider the councils that link it.
DROP POLICY council ON organisation;
CREATE POLICY council ON organisation FOR SELECT TO counterfoil_council
    USING (id IN (SELECT own.organisation_id FROM payee own)
        OR id IN (SELECT linked.organisation_id FROM council_organisation linked));
DROP POLICY provider ON council;
CREATE POLICY provider ON council FOR SELECT TO counterfoil_provider
    USING (id IN (SELECT own.tenant_id FROM contract own)
        OR id IN (SELECT linked.tenant_id FROM council_organisation linked));

-- Limits by contract: organisations of which a person sees everything are in app.whole_organisation_ids; of the others
-- only the contracts in app.contract_ids, and what hangs on them. Whoever sees everything is let through before a
-- contract is looked at.
DROP POLICY provider ON contract;
CREATE POLICY provider ON contract FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[])));
DROP POLICY provider ON service_line;
CREATE POLICY provider ON service_line FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[])));
DROP POLICY provider ON claim;
CREATE POLICY provider ON claim FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[])));
DROP POLICY provider ON entry;
CREATE POLICY provider ON entry FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[])));
-- lines and claims are read through their own policies
DROP POLICY provider ON service_line_version;
CREATE POLICY provider ON service_line_version FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM service_line own WHERE own.tenant_id = service_line_version.tenant_id
                AND own.id = service_line_version.service_line_id)));
DROP POLICY provider ON claim_line;
CREATE POLICY provider ON claim_line FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_line.tenant_id AND own.id = claim_line.claim_id)));
DROP POLICY provider ON statement;
CREATE POLICY provider ON statement FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = statement.tenant_id AND own.id = statement.claim_id)));
DROP POLICY provider ON assessment;
CREATE POLICY provider ON assessment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = assessment.tenant_id AND own.id = assessment.claim_id)));
DROP POLICY provider ON decision;
CREATE POLICY provider ON decision FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = decision.tenant_id AND own.id = decision.claim_id)));
DROP POLICY provider ON charge;
CREATE POLICY provider ON charge FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = charge.tenant_id AND own.id = charge.claim_id)));
-- what is paid to a site is paid for all of its contracts together
DROP POLICY provider ON payment;
CREATE POLICY provider ON payment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[]));
DROP POLICY provider ON remittance;
CREATE POLICY provider ON remittance FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[]));
DROP POLICY provider_update ON claim;
CREATE POLICY provider_update ON claim FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[]))
        AND state <> 3)
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), ''))::uuid[]))
        AND state IN (0, 1, 2));
DROP POLICY provider_insert ON statement;
CREATE POLICY provider_insert ON statement FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), ''))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = statement.tenant_id AND own.id = statement.claim_id)));
