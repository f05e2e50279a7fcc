-- The four roles that the service connects with. Roles belong to the whole server, so they are made only where
-- they are missing, and two databases migrated at the same moment must not trip over each other.
--
-- None of them owns anything, bypasses row level security or may TRUNCATE. Passwords are set by the binary
-- (DATABASE_ROLE_PASSWORD), never here.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY[
        'counterfoil_council',    -- all rows of one council
        'counterfoil_provider',   -- rows of the organisations that a person acts for, over all councils
        'counterfoil_identity',   -- who may sign in as what: platform tables only
        'counterfoil_dispatcher'  -- picks the next job: platform tables only
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format(
                    'CREATE ROLE %I LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
                    wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this server was migrated at the same moment
            END;
        END IF;
    END LOOP;
END
$$;

-- Nothing is granted by default: each table says who may do what with it.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public
    TO counterfoil_council, counterfoil_provider, counterfoil_identity, counterfoil_dispatcher;
