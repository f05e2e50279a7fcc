-- In which languages a council explains what it pays: English, or English and Welsh; and in which of them each person reads
-- explanations where a council offers it. Rows are added and never changed; the newest counts. Before the first, a
-- council explains in English.
CREATE TABLE explanation_setting (
    tenant_id uuid NOT NULL REFERENCES council (id),
    recorded_at timestamptz NOT NULL,
    recorded_by jsonb NOT NULL,
    welsh boolean NOT NULL,
    -- what documents are written in that are made once, and what is read by whoever has not chosen
    usual text NOT NULL CHECK (usual IN ('en', 'cy')),
    -- Welsh for what the council says in words of its own: {"reasons": {code: sentence}, "codes": {code: words}}
    welsh_words jsonb NOT NULL,
    PRIMARY KEY (tenant_id, recorded_at),
    CHECK (welsh OR usual = 'en')
);

GRANT SELECT, INSERT ON explanation_setting TO counterfoil_council;
GRANT SELECT (tenant_id, recorded_at, welsh, usual, welsh_words) ON explanation_setting TO counterfoil_provider;

ALTER TABLE explanation_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE explanation_setting FORCE ROW LEVEL SECURITY;

CREATE POLICY council ON explanation_setting TO counterfoil_council
    USING (tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY provider ON explanation_setting FOR SELECT TO counterfoil_provider
    USING (tenant_id IN (SELECT own.tenant_id FROM contract own));

-- none: as each council usually does
ALTER TABLE person ADD COLUMN explanations text CHECK (explanations IN ('en', 'cy'));
GRANT UPDATE (explanations) ON person TO counterfoil_identity;
