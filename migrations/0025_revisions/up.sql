-- How often what a council shows has changed, so that a page that was made before is given again only while nothing
-- that it shows has. Every transaction that changes anything of a council advances one row as its last statement: the
-- organisation's where a provider acts, else the council's own, whose organisation is the id of nought. What an
-- organisation sees at a council is as new as the sum of these two rows.
CREATE TABLE council_revision (
    tenant_id uuid NOT NULL REFERENCES council (id),
    organisation_id uuid NOT NULL,
    revision bigint NOT NULL CHECK (revision > 0),
    PRIMARY KEY (tenant_id, organisation_id)
    -- rows are updated again and again, in their own page
) WITH (fillfactor = 40);

GRANT SELECT, INSERT, UPDATE (revision) ON council_revision TO counterfoil_council, counterfoil_provider;
GRANT SELECT ON council_revision TO counterfoil_identity;

ALTER TABLE council_revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE council_revision FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON council_revision TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON council_revision FOR SELECT TO counterfoil_provider
    USING (organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[]));
CREATE POLICY provider_insert ON council_revision FOR INSERT TO counterfoil_provider
    WITH CHECK (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[]));
CREATE POLICY provider_update ON council_revision FOR UPDATE TO counterfoil_provider
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)
        AND organisation_id = ANY (((SELECT NULLIF(current_setting('app.organisation_ids', true), '')::uuid[]))::uuid[]));
CREATE POLICY identity ON council_revision FOR SELECT TO counterfoil_identity USING (true);
