-- What both sides say about a claim: messages, files beside them, and disputes, which are answered by a deadline. What was
-- written is never changed. None of it touches money.

-- One row for each claim about which something was written: whose turn it is to read, and the number of the newest message.
CREATE TABLE claim_conversation (
    tenant_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    -- the newest message, those of its disputes among them
    newest int NOT NULL CHECK (newest > 0),
    -- how many belong to no dispute
    messages int NOT NULL CHECK (messages >= 0),
    -- how many of these each side has not read
    provider_unread int NOT NULL DEFAULT 0 CHECK (provider_unread >= 0),
    council_unread int NOT NULL DEFAULT 0 CHECK (council_unread >= 0),
    PRIMARY KEY (tenant_id, claim_id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id)
);
CREATE INDEX claim_conversation_provider ON claim_conversation (tenant_id, organisation_id) WHERE provider_unread > 0;
CREATE INDEX claim_conversation_council ON claim_conversation (tenant_id) WHERE council_unread > 0;

CREATE TABLE dispute (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    -- which line of the claim, from 0; none for the whole
    line int,
    opened_by text NOT NULL CHECK (opened_by IN ('provider', 'council')),
    reason text NOT NULL CHECK (reason IN ('quantity', 'rate', 'planned_hours', 'suspended_or_rejected', 'not_paid',
        'paid_too_much', 'other')),
    -- what whoever opened it thinks is right: words, and maybe a sum
    wanted text NOT NULL CHECK (length(wanted) BETWEEN 1 AND 1000),
    wanted_pence bigint CHECK (wanted_pence >= 0),
    -- 0 open, 1 agreed, 2 not agreed, 3 closed, 4 withdrawn
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
    version int NOT NULL CHECK (version > 0),
    -- until when the other side answers; of the last time that it was asked
    respond_by timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    -- how many messages each side has not read
    provider_unread int NOT NULL DEFAULT 0 CHECK (provider_unread >= 0),
    council_unread int NOT NULL DEFAULT 0 CHECK (council_unread >= 0),
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, claim_id, id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, claim_id, line) REFERENCES claim_line (tenant_id, claim_id, number)
);
CREATE INDEX dispute_list ON dispute (tenant_id, organisation_id, opened_at);
CREATE INDEX dispute_council_list ON dispute (tenant_id, opened_at);
-- what waits for somebody, or has not been read
CREATE INDEX dispute_waiting ON dispute (tenant_id, organisation_id)
    WHERE state < 3 OR provider_unread > 0 OR council_unread > 0;

-- What was written about a claim, by either side: in its conversation, or in one of its disputes. Never changed.
CREATE TABLE claim_message (
    tenant_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    number int NOT NULL CHECK (number > 0),
    organisation_id uuid NOT NULL,
    dispute_id uuid,
    side text NOT NULL CHECK (side IN ('provider', 'council')),
    event text NOT NULL CHECK (event IN ('open', 'write', 'agree', 'disagree', 'answer_back', 'close', 'withdraw')),
    written_by uuid NOT NULL,
    writer text NOT NULL,
    written_at timestamptz NOT NULL,
    body text NOT NULL CHECK (length(body) <= 4000),
    PRIMARY KEY (tenant_id, claim_id, number),
    UNIQUE (tenant_id, claim_id, number, side),
    CHECK (body <> '' OR event IN ('agree', 'close', 'withdraw')),
    CHECK (dispute_id IS NOT NULL OR event = 'write'),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, claim_id, dispute_id) REFERENCES dispute (tenant_id, claim_id, id)
);
CREATE INDEX claim_message_dispute ON claim_message (tenant_id, dispute_id, number) WHERE dispute_id IS NOT NULL;

-- A file beside a message, of the side that wrote it. Never changed.
CREATE TABLE attachment (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    claim_id uuid NOT NULL,
    number int NOT NULL,
    side text NOT NULL CHECK (side IN ('provider', 'council')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind text NOT NULL CHECK (kind IN ('pdf', 'png', 'jpg', 'csv', 'xlsx', 'txt')),
    bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 5242880),
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    added_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, organisation_id, claim_id) REFERENCES claim (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, claim_id, number, side) REFERENCES claim_message (tenant_id, claim_id, number, side)
);
CREATE INDEX attachment_message ON attachment (tenant_id, claim_id, number);
-- compressed files are not compressed again
ALTER TABLE attachment ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- In how many working days disputes are answered. Rows are added; the newest counts.
CREATE TABLE dispute_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    respond_days smallint NOT NULL CHECK (respond_days BETWEEN 1 AND 60),
    PRIMARY KEY (tenant_id, recorded_at)
);

-- Whether a provider has read the answer to its query; what was answered before this was kept counts as read.
ALTER TABLE care_query ADD COLUMN answer_read boolean NOT NULL DEFAULT true;
ALTER TABLE care_query ALTER COLUMN answer_read SET DEFAULT false;
GRANT UPDATE (answer_read) ON care_query TO counterfoil_council, counterfoil_provider;
CREATE INDEX care_query_answered ON care_query (tenant_id, organisation_id) WHERE status > 0 AND NOT answer_read;

GRANT SELECT, INSERT ON claim_conversation, claim_message, attachment, dispute TO counterfoil_council, counterfoil_provider;
GRANT UPDATE (newest, messages, provider_unread, council_unread) ON claim_conversation
    TO counterfoil_council, counterfoil_provider;
GRANT UPDATE (state, version, respond_by, changed_at, provider_unread, council_unread) ON dispute
    TO counterfoil_council, counterfoil_provider;
GRANT SELECT, INSERT ON dispute_setting TO counterfoil_council;
GRANT SELECT (tenant_id, recorded_at, respond_days) ON dispute_setting TO counterfoil_provider;

ALTER TABLE claim_conversation ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_conversation FORCE ROW LEVEL SECURITY;
ALTER TABLE dispute ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispute FORCE ROW LEVEL SECURITY;
ALTER TABLE claim_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_message FORCE ROW LEVEL SECURITY;
ALTER TABLE attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment FORCE ROW LEVEL SECURITY;
ALTER TABLE dispute_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE dispute_setting FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON claim_conversation TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON dispute TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON claim_message TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON attachment TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON dispute_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON dispute_setting FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
-- everything else goes by the claim that it is about
CREATE POLICY provider ON claim_conversation FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_conversation.tenant_id AND own.id = claim_conversation.claim_id)));
CREATE POLICY provider_insert ON claim_conversation FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_conversation.tenant_id AND own.id = claim_conversation.claim_id)));
CREATE POLICY provider_update ON claim_conversation FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_conversation.tenant_id AND own.id = claim_conversation.claim_id)));
CREATE POLICY provider ON dispute FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = dispute.tenant_id AND own.id = dispute.claim_id)));
CREATE POLICY provider_insert ON dispute FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND opened_by = 'provider'
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = dispute.tenant_id AND own.id = dispute.claim_id)));
CREATE POLICY provider_update ON dispute FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = dispute.tenant_id AND own.id = dispute.claim_id)));
CREATE POLICY provider ON claim_message FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_message.tenant_id AND own.id = claim_message.claim_id)));
CREATE POLICY provider_insert ON claim_message FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND side = 'provider'
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = claim_message.tenant_id AND own.id = claim_message.claim_id)));
CREATE POLICY provider ON attachment FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = attachment.tenant_id AND own.id = attachment.claim_id)));
CREATE POLICY provider_insert ON attachment FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND side = 'provider'
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[])
        AND (organisation_id = ANY (((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[]))::uuid[])
            OR EXISTS (SELECT FROM claim own WHERE own.tenant_id = attachment.tenant_id AND own.id = attachment.claim_id)));
