-- Documents that a council publishes under a contract or a service line for its provider to agree or reject, and what a
-- provider asks to be changed in the plan of a line.

-- Documents -------------------------------------------------------------------------------------------------------

-- A document as it stands: its newest version and what has become of that.
CREATE TABLE contract_document (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    -- none for a document of the whole contract
    service_line_id uuid,
    kind text NOT NULL CHECK (kind IN ('agreement', 'order', 'terms', 'other')),
    -- the newest version, which is the one that can be answered
    version int NOT NULL CHECK (version > 0),
    -- 0 waits for an answer, 1 agreed, 2 rejected, 3 withdrawn by the council
    status smallint NOT NULL CHECK (status BETWEEN 0 AND 3),
    agree_by date NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, contract_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, service_line_id) REFERENCES service_line (tenant_id, organisation_id, id)
);
CREATE INDEX contract_document_waiting ON contract_document (organisation_id, tenant_id, agree_by);
CREATE INDEX contract_document_contract ON contract_document (tenant_id, contract_id);

-- What was published. Never changed: whoever agreed has agreed to exactly this.
CREATE TABLE contract_document_version (
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    version int NOT NULL CHECK (version > 0),
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 160),
    terms text NOT NULL CHECK (length(terms) <= 40000),
    agree_by date NOT NULL,
    attachment_name text,
    attachment bytea CHECK (octet_length(attachment) <= 5242880),
    -- of everything that is agreed: title, terms, day and attachment (core: contract_document)
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    published_at timestamptz NOT NULL,
    published_by uuid NOT NULL,
    publisher text NOT NULL,
    -- where the answer is told
    publisher_email text NOT NULL,
    PRIMARY KEY (tenant_id, document_id, version),
    UNIQUE (tenant_id, organisation_id, contract_id, document_id, version),
    CHECK ((attachment IS NULL) = (attachment_name IS NULL)),
    CHECK (terms <> '' OR attachment IS NOT NULL),
    FOREIGN KEY (tenant_id, organisation_id, contract_id, document_id)
        REFERENCES contract_document (tenant_id, organisation_id, contract_id, id)
);

-- The provider's declaration about one version, once. Never changed.
CREATE TABLE contract_document_answer (
    tenant_id uuid NOT NULL,
    document_id uuid NOT NULL,
    version int NOT NULL,
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    agreed boolean NOT NULL,
    -- of the version that was before them
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    answered_at timestamptz NOT NULL,
    answered_by uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    role text NOT NULL CHECK (length(role) BETWEEN 1 AND 120),
    -- why it is rejected
    reason text NOT NULL CHECK (length(reason) <= 2000),
    PRIMARY KEY (tenant_id, document_id, version),
    CHECK (agreed OR reason <> ''),
    FOREIGN KEY (tenant_id, organisation_id, contract_id, document_id, version)
        REFERENCES contract_document_version (tenant_id, organisation_id, contract_id, document_id, version)
);

-- Adjustments -----------------------------------------------------------------------------------------------------

-- What a provider asks for: another quantity a week on a line from a day on. Never changed.
CREATE TABLE adjustment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    service_line_id uuid NOT NULL,
    -- of its line, from 1
    number int NOT NULL CHECK (number > 0),
    -- the claim beside which it was asked for
    claim_id uuid,
    wanted_from date NOT NULL,
    wanted_to date CHECK (wanted_to >= wanted_from),
    -- thousandths of the line's unit, a week
    wanted bigint NOT NULL CHECK (wanted >= 0),
    unit text NOT NULL CHECK (unit IN ('hour', 'visit', 'session', 'day', 'night', 'week')),
    why text NOT NULL CHECK (length(why) BETWEEN 1 AND 2000),
    -- the newest version of the line that whoever asked saw
    seen_version int NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by uuid NOT NULL,
    asker text NOT NULL,
    asker_email text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, service_line_id, number),
    UNIQUE (tenant_id, organisation_id, contract_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, service_line_id) REFERENCES service_line (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id)
);
CREATE INDEX adjustment_contract ON adjustment (tenant_id, contract_id);

-- What became of it, once. Never changed.
CREATE TABLE adjustment_answer (
    tenant_id uuid NOT NULL,
    adjustment_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    service_line_id uuid NOT NULL,
    number int NOT NULL,
    -- 1 accepted, 2 rejected, 3 withdrawn by the provider
    outcome smallint NOT NULL CHECK (outcome BETWEEN 1 AND 3),
    -- the days that an accepted one covers, and the quantity a week that the plan has there
    covers_from date,
    covers_to date CHECK (covers_to >= covers_from),
    quantity bigint CHECK (quantity >= 0),
    -- the newest version of the line that whoever decided saw, and the first that accepting recorded
    seen_version int NOT NULL,
    recorded_version int,
    reason text NOT NULL CHECK (length(reason) <= 2000),
    answered_at timestamptz NOT NULL,
    answered_by uuid NOT NULL,
    answerer text NOT NULL,
    PRIMARY KEY (tenant_id, adjustment_id),
    CHECK ((outcome = 1) = (covers_from IS NOT NULL AND quantity IS NOT NULL AND recorded_version IS NOT NULL)),
    CHECK (outcome <> 2 OR reason <> ''),
    FOREIGN KEY (tenant_id, organisation_id, contract_id, adjustment_id)
        REFERENCES adjustment (tenant_id, organisation_id, contract_id, id),
    FOREIGN KEY (tenant_id, service_line_id) REFERENCES service_line (tenant_id, id)
);
-- what covers a line is asked whenever actuals are stated
CREATE INDEX adjustment_answer_line ON adjustment_answer (tenant_id, service_line_id);

-- Rights ----------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT ON contract_document, contract_document_version, adjustment_answer TO counterfoil_council;
GRANT SELECT ON contract_document_answer, adjustment TO counterfoil_council;
GRANT UPDATE (version, status, agree_by, changed_at) ON contract_document TO counterfoil_council;
GRANT SELECT ON contract_document TO counterfoil_provider;
GRANT UPDATE (status, changed_at) ON contract_document TO counterfoil_provider;
-- a provider learns who published, and not at which address they are
GRANT SELECT (tenant_id, document_id, version, organisation_id, contract_id, title, terms, agree_by, attachment_name,
    attachment, digest, published_at, publisher) ON contract_document_version TO counterfoil_provider;
GRANT SELECT, INSERT ON contract_document_answer, adjustment TO counterfoil_provider;
GRANT SELECT, INSERT ON adjustment_answer TO counterfoil_provider;

ALTER TABLE contract_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract_document FORCE ROW LEVEL SECURITY;
ALTER TABLE contract_document_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract_document_version FORCE ROW LEVEL SECURITY;
ALTER TABLE contract_document_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE contract_document_answer FORCE ROW LEVEL SECURITY;
ALTER TABLE adjustment ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjustment FORCE ROW LEVEL SECURITY;
ALTER TABLE adjustment_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE adjustment_answer FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON contract_document TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON contract_document_version TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON contract_document_answer TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON adjustment TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON adjustment_answer TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON contract_document FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider ON contract_document_version FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider ON contract_document_answer FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider ON adjustment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider ON adjustment_answer FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_update ON contract_document FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_insert ON contract_document_answer FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_insert ON adjustment FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
-- a provider can take back what it asked for, and not decide on it
CREATE POLICY provider_insert ON adjustment_answer FOR INSERT TO counterfoil_provider
    WITH CHECK (outcome = 3 AND tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
