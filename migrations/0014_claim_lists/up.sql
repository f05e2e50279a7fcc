-- Lists of claims, as providers and councils page through them. The newest care comes first; a page far down is found in
-- the index alone, since everything that the policies and filters compare is in it.

CREATE INDEX claim_list ON claim (tenant_id, organisation_id, starts, id) INCLUDE (contract_id, state, period_id);
CREATE INDEX claim_council_list ON claim (tenant_id, starts, id) INCLUDE (organisation_id, contract_id, state, period_id);
-- to order by what is claimed without reading what the rules were told
CREATE INDEX assessment_claimed ON assessment (tenant_id, id) INCLUDE (organisation_id, claim_id, claimed_pence);
CREATE INDEX assessment_held ON assessment (tenant_id, id) WHERE suspended_pence > 0 OR fault IS NOT NULL;

-- The same people as before, looked up one by one: a page of fifty claims does not go through every line of a provider.
DROP POLICY provider ON service_user;
CREATE POLICY provider ON service_user FOR SELECT TO counterfoil_provider
    USING (EXISTS (SELECT FROM service_line line
        WHERE line.tenant_id = service_user.tenant_id AND line.service_user_id = service_user.id));
