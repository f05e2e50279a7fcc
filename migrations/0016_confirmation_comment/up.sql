-- What a provider adds when it confirms, for the council to read. Gone with the confirmation that it belongs to.
ALTER TABLE claim ADD COLUMN confirmed_comment text
    CHECK (confirmed_comment IS NULL OR (confirmed_at IS NOT NULL AND length(confirmed_comment) <= 2000));
GRANT UPDATE (confirmed_comment) ON claim TO counterfoil_council, counterfoil_provider;
