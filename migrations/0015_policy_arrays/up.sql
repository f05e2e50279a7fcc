-- Policies compare with arrays of ids. Read as text and cast outside of its subquery, such an array was read anew for
-- every row that a policy let through or not, which was most of the work of a page of claims; cast inside, it is read
-- once for each statement. The second cast changes nothing and keeps ANY from taking the subquery for a list of rows.
DO $$
DECLARE
    policy record;
    read_anew constant text := '\(\(( SELECT NULLIF\(current_setting\(''app\.[a-z_]+''::text, true\), ''''::text\)) AS "nullif"\)\)::uuid\[\]';
    read_once constant text := '((\1::uuid[]))::uuid[]';
BEGIN
    FOR policy IN
        SELECT tablename, policyname, qual, with_check FROM pg_policies
        WHERE schemaname = current_schema() AND concat(qual, with_check) ~ read_anew
    LOOP
        EXECUTE format('ALTER POLICY %I ON %I', policy.policyname, policy.tablename)
            || coalesce(' USING (' || regexp_replace(policy.qual, read_anew, read_once, 'g') || ')', '')
            || coalesce(' WITH CHECK (' || regexp_replace(policy.with_check, read_anew, read_once, 'g') || ')', '');
    END LOOP;
END
$$;
