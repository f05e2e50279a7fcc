-- What a council publishes to its providers beside claims and payments: the rates of their own lines, why dates of its
-- calendars differ, notices, and guidance. And feeds of those calendars, which are a person's own.

-- Rates -----------------------------------------------------------------------------------------------------------

-- A provider reads the rows for the services and tiers that lines of its own have or had, and not by whom they were
-- recorded. Lines are read through their own policy, so that whoever is limited to contracts reads the rates of these.
GRANT SELECT (tenant_id, id, service, tier, band, minutes, day_kind, time_from, time_to, unit, rate, valid_from, valid_to,
    recorded_at) ON rate_row TO counterfoil_provider;
CREATE INDEX service_line_version_service ON service_line_version (tenant_id, service, tier, organisation_id);
CREATE POLICY provider ON rate_row FOR SELECT TO counterfoil_provider
    USING (EXISTS (SELECT FROM service_line_version own WHERE own.tenant_id = rate_row.tenant_id
        AND own.service = rate_row.service AND own.tier = rate_row.tier));

-- Calendars -------------------------------------------------------------------------------------------------------

-- What is unusual about a period, why the council let it stand, and what a changed date was before.
GRANT SELECT (origin, findings, accepted, runnable) ON pay_period TO counterfoil_provider;

-- A feed of every calendar that an organisation is paid by, for one person's diary. Only the token's digest is kept. It
-- shows what the person may see at the moment of asking: whoever no longer acts for the organisation has none.
CREATE TABLE calendar_feed (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    organisation_id uuid NOT NULL REFERENCES organisation (id),
    digest bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    made_at timestamptz NOT NULL,
    revoked_at timestamptz
);
-- one at a time
CREATE UNIQUE INDEX calendar_feed_in_use ON calendar_feed (person_id, organisation_id) WHERE revoked_at IS NULL;
CREATE INDEX calendar_feed_organisation ON calendar_feed (organisation_id);

-- Notices and guidance --------------------------------------------------------------------------------------------

-- What a council has to tell all of its providers, from a day to a day, both included.
CREATE TABLE provider_notice (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 8000),
    holds_from date NOT NULL,
    holds_to date NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    withdrawn boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, id),
    CHECK (holds_to >= holds_from)
);
CREATE INDEX provider_notice_held ON provider_notice (tenant_id, holds_to);

-- Guidance for a kind of service. Versions are added and never changed, so that what changed and when is a list.
CREATE TABLE guidance (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    service text NOT NULL CHECK (length(service) BETWEEN 1 AND 120),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 40000),
    -- the day from which the change counts, and what it is, in a sentence
    dated date NOT NULL,
    change text NOT NULL CHECK (length(change) BETWEEN 1 AND 400),
    withdrawn boolean NOT NULL,
    PRIMARY KEY (tenant_id, id, version)
);

-- Rights ----------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT ON calendar_feed TO counterfoil_identity;
GRANT UPDATE (revoked_at) ON calendar_feed TO counterfoil_identity;
GRANT SELECT, INSERT ON provider_notice, guidance TO counterfoil_council;
GRANT UPDATE (title, body, holds_from, holds_to, recorded_at, recorded_by, withdrawn) ON provider_notice
    TO counterfoil_council;
GRANT SELECT (tenant_id, id, title, body, holds_from, holds_to, recorded_at, withdrawn) ON provider_notice
    TO counterfoil_provider;
GRANT SELECT (tenant_id, id, version, recorded_at, service, body, dated, change, withdrawn) ON guidance
    TO counterfoil_provider;

ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_feed FORCE ROW LEVEL SECURITY;
ALTER TABLE provider_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE provider_notice FORCE ROW LEVEL SECURITY;
ALTER TABLE guidance ENABLE ROW LEVEL SECURITY;
ALTER TABLE guidance FORCE ROW LEVEL SECURITY;

CREATE POLICY identity ON calendar_feed TO counterfoil_identity USING (true);
CREATE POLICY council ON provider_notice TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON guidance TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
-- for every organisation that the council works with, contracted already or not
CREATE POLICY provider ON provider_notice FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM council_organisation own));
CREATE POLICY provider ON guidance FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM council_organisation own));
