-- What a provider asks about somebody's care: wrong hours, a wrong rate, care without an order. A question goes to the
-- person's allocated worker, if the council has named one, else to a team: the person's own, or that of their area.

CREATE TABLE council_team (
    tenant_id uuid NOT NULL REFERENCES council (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- the area that it is for; empty for a team that is not by area
    area text NOT NULL DEFAULT '' CHECK (length(area) <= 120),
    email text NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, name)
);

-- Who looks after somebody's care. Rows are added; the newest counts.
CREATE TABLE care_allocation (
    tenant_id uuid NOT NULL,
    service_user_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    -- where the person lives, as the teams name areas
    area text NOT NULL,
    -- a team that is not by area
    team_id uuid,
    worker_name text NOT NULL,
    worker_email text NOT NULL,
    PRIMARY KEY (tenant_id, service_user_id, recorded_at),
    FOREIGN KEY (tenant_id, service_user_id) REFERENCES service_user (tenant_id, id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES council_team (tenant_id, id)
);

CREATE TABLE care_query (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    contract_id uuid NOT NULL,
    -- none for a question about the whole contract, and for care without an order
    service_line_id uuid,
    about text NOT NULL CHECK (about IN ('hours', 'rate', 'no_order', 'other')),
    -- the person, as the provider knows them, where there is no line
    person text NOT NULL CHECK (length(person) <= 120),
    -- 0 urgent, 1 soon, 2 when there is time
    urgency smallint NOT NULL CHECK (urgency BETWEEN 0 AND 2),
    -- 0 open, 1 answered, 2 closed
    status smallint NOT NULL CHECK (status BETWEEN 0 AND 2),
    -- who was asked, as it was at the time; empty for the council's payments team
    team_id uuid,
    sent_to text NOT NULL CHECK (length(sent_to) <= 120),
    asked_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, contract_id) REFERENCES contract (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, organisation_id, service_line_id) REFERENCES service_line (tenant_id, organisation_id, id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES council_team (tenant_id, id)
);
CREATE INDEX care_query_list ON care_query (tenant_id, organisation_id, status, urgency, asked_at);
CREATE INDEX care_query_council_list ON care_query (tenant_id, status, urgency, asked_at);

-- What was said about it, by either side. Never changed.
CREATE TABLE care_query_message (
    tenant_id uuid NOT NULL,
    query_id uuid NOT NULL,
    number int NOT NULL CHECK (number > 0),
    organisation_id uuid NOT NULL,
    side text NOT NULL CHECK (side IN ('provider', 'council')),
    written_by uuid NOT NULL,
    writer text NOT NULL,
    written_at timestamptz NOT NULL,
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 4000),
    PRIMARY KEY (tenant_id, query_id, number),
    FOREIGN KEY (tenant_id, organisation_id, query_id) REFERENCES care_query (tenant_id, organisation_id, id)
);

GRANT SELECT, INSERT ON council_team, care_allocation, care_query_message TO counterfoil_council;
GRANT SELECT ON care_query TO counterfoil_council;
GRANT UPDATE (name, area, email) ON council_team TO counterfoil_council;
GRANT UPDATE (status, team_id, sent_to, changed_at) ON care_query TO counterfoil_council;
-- a provider learns who is asked, and not at which address
GRANT SELECT (tenant_id, id, name, area) ON council_team TO counterfoil_provider;
GRANT SELECT (tenant_id, service_user_id, recorded_at, area, team_id, worker_name) ON care_allocation
    TO counterfoil_provider;
GRANT SELECT, INSERT ON care_query TO counterfoil_provider;
GRANT UPDATE (status, changed_at) ON care_query TO counterfoil_provider;
GRANT SELECT, INSERT ON care_query_message TO counterfoil_provider;

ALTER TABLE council_team ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_team FORCE ROW LEVEL SECURITY;
ALTER TABLE care_allocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_allocation FORCE ROW LEVEL SECURITY;
ALTER TABLE care_query ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_query FORCE ROW LEVEL SECURITY;
ALTER TABLE care_query_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_query_message FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON council_team TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON care_allocation TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON care_query TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY council ON care_query_message TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));

CREATE POLICY provider ON council_team FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));
CREATE POLICY provider ON care_allocation FOR SELECT TO counterfoil_provider
    USING (EXISTS (SELECT FROM service_line line
        WHERE line.tenant_id = care_allocation.tenant_id AND line.service_user_id = care_allocation.service_user_id));
CREATE POLICY provider ON care_query FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_insert ON care_query FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
CREATE POLICY provider_update ON care_query FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR contract_id = ANY ((SELECT NULLIF(current_setting('app.contract_ids', true), '')::uuid[])::uuid[])));
-- messages are read and written through their query's own policy
CREATE POLICY provider ON care_query_message FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM care_query own
                WHERE own.tenant_id = care_query_message.tenant_id AND own.id = care_query_message.query_id)));
CREATE POLICY provider_insert ON care_query_message FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND side = 'provider'
        AND organisation_id = ANY ((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[])::uuid[])
        AND (organisation_id = ANY ((SELECT NULLIF(current_setting('app.whole_organisation_ids', true), '')::uuid[])::uuid[])
            OR EXISTS (SELECT FROM care_query own
                WHERE own.tenant_id = care_query_message.tenant_id AND own.id = care_query_message.query_id)));
