-- How often anything has changed of which people may do what, so that it is read in full only when it has. Every
-- transaction of the identity role that changes anything advances it as its last statement: no other role may write the
-- tables that say who may do what, but for how a council shows itself. One row, locked for as long as committing takes.
--
-- Whoever changes those tables by hand advances it too: UPDATE access_revision SET revision = revision + 1. Without that
-- the change counts within a minute.
CREATE TABLE access_revision (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL CHECK (revision > 0)
    -- the row is updated again and again, in its own page
) WITH (fillfactor = 10);

INSERT INTO access_revision (revision) VALUES (1);

GRANT SELECT, UPDATE (revision) ON access_revision TO counterfoil_identity;

ALTER TABLE access_revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_revision FORCE ROW LEVEL SECURITY;

CREATE POLICY identity ON access_revision TO counterfoil_identity USING (true);
