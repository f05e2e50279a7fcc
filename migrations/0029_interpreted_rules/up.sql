-- A component may be as large as one with the interpreter of its language inside. Which of them a service takes is its
-- operator's to say; the engine refuses the others before anything is stored.
ALTER TABLE rule_version DROP CONSTRAINT rule_version_component_check;
ALTER TABLE rule_version ADD CONSTRAINT rule_version_component_check
    CHECK (octet_length(component) BETWEEN 1 AND 33554432);
