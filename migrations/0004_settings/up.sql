-- What a council sets about itself. Rows are added and never changed: the newest that was recorded for a day
-- counts, and what counted at any time can be asked again.

CREATE TABLE council_profile (
    tenant_id uuid NOT NULL REFERENCES council (id),
    valid_from date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    name_shown text NOT NULL,
    vocabulary text NOT NULL CHECK (vocabulary IN ('actuals', 'provisional_invoices')),
    payment_format text NOT NULL CHECK (payment_format IN ('bacs', 'pain001', 'ap_file')),
    -- below this many pence nothing goes out; it accumulates
    small_balance_pence bigint NOT NULL CHECK (small_balance_pence >= 0),
    -- the BACS file is submitted on the day of finalisation or on the next working day
    submission text NOT NULL CHECK (submission IN ('finalisation_day', 'next_working_day')),
    -- words for reason codes
    messages jsonb NOT NULL,
    verification_statement text NOT NULL,
    PRIMARY KEY (tenant_id, valid_from, recorded_at)
);

-- One row a council: the key that encrypts its bank details, itself encrypted with the service's master key.
CREATE TABLE council_key (
    tenant_id uuid NOT NULL REFERENCES council (id),
    version int NOT NULL CHECK (version > 0),
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);

-- The account that the council pays from.
CREATE TABLE originator (
    tenant_id uuid NOT NULL REFERENCES council (id),
    version int NOT NULL CHECK (version > 0),
    service_user_number text NOT NULL,
    key_version int NOT NULL,
    nonce bytea NOT NULL CHECK (octet_length(nonce) = 12),
    -- sort code, account number and account name, encrypted
    details bytea NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by jsonb NOT NULL,
    PRIMARY KEY (tenant_id, version),
    FOREIGN KEY (tenant_id, key_version) REFERENCES council_key (tenant_id, version)
);

CREATE TABLE notification_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    event text NOT NULL CHECK (event ~ '^[a-z][a-z-]{0,59}$'),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    enabled boolean NOT NULL,
    sender text NOT NULL,
    reply_to text,
    -- minutes before what the event is about
    lead_minutes int NOT NULL CHECK (lead_minutes >= 0),
    subject text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant_id, event, recorded_at)
);

GRANT SELECT, INSERT ON council_profile, council_key, originator, notification_setting TO counterfoil_council;
GRANT SELECT (tenant_id, valid_from, recorded_at, name_shown, vocabulary, messages, verification_statement)
    ON council_profile TO counterfoil_provider;

ALTER TABLE council_profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_profile FORCE ROW LEVEL SECURITY;
ALTER TABLE council_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_key FORCE ROW LEVEL SECURITY;
ALTER TABLE originator ENABLE ROW LEVEL SECURITY;
ALTER TABLE originator FORCE ROW LEVEL SECURITY;
ALTER TABLE notification_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_setting FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON council_profile TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON council_key TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON originator TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON notification_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
