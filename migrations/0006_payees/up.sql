-- Whoever money is paid to. A payee without an organisation (a direct payment to a person, or to an account that
-- is managed for one) is the council's alone: no provider sees it, nor anything that belongs to it.

CREATE TABLE payee (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    organisation_id uuid REFERENCES organisation (id),
    kind text NOT NULL CHECK (kind IN ('site', 'person', 'managed_account')),
    supplier_number text NOT NULL,
    name text NOT NULL,
    remittance_email text,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    UNIQUE (tenant_id, supplier_number),
    CHECK ((kind = 'site') = (organisation_id IS NOT NULL))
);

-- Append-only versions; the details are encrypted with the council's own key and bound to council, payee and
-- version, so that a row copied elsewhere cannot be opened.
CREATE TABLE payee_bank (
    tenant_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    key_version int NOT NULL,
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    details bytea NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, payee_id, version),
    FOREIGN KEY (tenant_id, payee_id) REFERENCES payee (tenant_id, id),
    FOREIGN KEY (tenant_id, key_version) REFERENCES council_key (tenant_id, version)
);

GRANT SELECT, INSERT ON payee, payee_bank TO counterfoil_council;
GRANT UPDATE (name, remittance_email) ON payee TO counterfoil_council;
GRANT SELECT (tenant_id, id, organisation_id, supplier_number, name, remittance_email) ON payee TO counterfoil_provider;

ALTER TABLE payee ENABLE ROW LEVEL SECURITY;
ALTER TABLE payee FORCE ROW LEVEL SECURITY;
ALTER TABLE payee_bank ENABLE ROW LEVEL SECURITY;
ALTER TABLE payee_bank FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON payee TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON payee_bank TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON payee FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), ''))::uuid[]));

-- a council sees the organisations that it pays: payees are read through their own policy
CREATE POLICY council ON organisation FOR SELECT TO counterfoil_council
    USING (id IN (SELECT own.organisation_id FROM payee own));
