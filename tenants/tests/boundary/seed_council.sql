-- What a council has once: {tenant}, {label}, {day}, {schedule}, {period}, {run}, {member}.
INSERT INTO council (id, slug, name, division, nation, created_at)
VALUES ({tenant}, 'council-{label}', 'Council {label}', 'england-and-wales', 'england', now());
INSERT INTO person (id, email, name, created_at) VALUES ({member}, '{label}@example.com', 'Member {label}', now());
INSERT INTO council_member (tenant_id, person_id, role, since) VALUES ({tenant}, {member}, 'officer', now());
INSERT INTO council_profile (tenant_id, valid_from, recorded_at, recorded_by, name_shown, vocabulary, payment_format,
    small_balance_pence, submission, messages, verification_statement)
VALUES ({tenant}, {day}, {day}, '{}', 'Council', 'actuals', 'bacs', 0, 'next_working_day', '{}', 'I declare');
INSERT INTO council_key (tenant_id, version, nonce, wrapped, created_at)
VALUES ({tenant}, {number}, '\x000000000000000000000000', '\x00', now());
INSERT INTO originator (tenant_id, version, service_user_number, key_version, nonce, details, changed_at, changed_by)
VALUES ({tenant}, {number}, '123456', {number}, '\x000000000000000000000000', '\x00', now(), '{}');
INSERT INTO notification_setting (tenant_id, event, recorded_at, recorded_by, enabled, sender, lead_minutes, subject, body)
VALUES ({tenant}, 'cut-off-near', {day}, '{}', true, 'a@example.com', 60, 's', 'b');
INSERT INTO schedule (tenant_id, id, name, published_name, basis, definition)
VALUES ({tenant}, {schedule}, 'Weekly {label}', 'Weekly', 2, '{}');
INSERT INTO pay_period (tenant_id, id, schedule_id, number, starts, ends, cut_off, finalisation, bank_date, origin,
    findings, accepted, runnable)
VALUES ({tenant}, {period}, {schedule}, 1, {day}, {day}, now(), {day}, {day}, '{}', '[]', '[]', true);
INSERT INTO rate_row (tenant_id, id, service, tier, band, unit, rate, valid_from, recorded_at, recorded_by)
VALUES ({tenant}, md5('rate {label}')::uuid, 'care', '', '', 'hour', 188500, {day}, now(), '{}');
INSERT INTO non_delivery_reason (tenant_id, code, valid_from, recorded_at, recorded_by, words, kind, comment_needed)
VALUES ({tenant}, 'in-hospital', {day}, {day}, '{}', 'In hospital', 'frustrated', false);
INSERT INTO rule_setting (tenant_id, key, scope, valid_from, recorded_at, recorded_by, value)
VALUES ({tenant}, 'increment', '', {day}, {day}, '{}', '{}');
INSERT INTO rule_activation (tenant_id, id, component_digest, pack, version, active_from, recorded_at, recorded_by, approved_by)
VALUES ({tenant}, md5('rule {label}')::uuid, repeat('d', 64), 'standard', '1', {day}, now(), '{}', '{"other": 1}');
INSERT INTO run (tenant_id, id, schedule_id, period_id, sequence, rule_digest, created_at, opened_by)
VALUES ({tenant}, {run}, {schedule}, {period}, 1, repeat('d', 64), now(), '{}');
INSERT INTO file_serial (tenant_id, last) VALUES ({tenant}, 1);
INSERT INTO payment_file (tenant_id, id, run_id, serial, format, bytes, digest, items, total_pence, issued_at)
VALUES ({tenant}, md5('file {label}')::uuid, {run}, {number}, 'bacs', '\x00', repeat('e', 64), 1, 5, now());
INSERT INTO audit_head (tenant_id, sequence, settled) VALUES ({tenant}, {number}, {number});
INSERT INTO council_brand (tenant_id, recorded_at, recorded_by, name_shown, colour)
VALUES ({tenant}, {day}, '{}', 'Council', '#1d70b8');
INSERT INTO council_sign_on (tenant_id, issuer, client_id, secret_nonce, secret, domains, enabled, changed_at)
VALUES ({tenant}, 'https://login.example', 'counterfoil', '\x000000000000000000000000', '\x00', '{council.example}',
    true, now());
-- for a service that no line has: no provider reads it
INSERT INTO rate_row (tenant_id, id, service, tier, band, unit, rate, valid_from, recorded_at, recorded_by)
VALUES ({tenant}, md5('other rate {label}')::uuid, 'other care', '', '', 'hour', 188500, {day}, now(), '{}');
INSERT INTO provider_notice (tenant_id, id, title, body, holds_from, holds_to, recorded_at, recorded_by)
VALUES ({tenant}, md5('provider notice {label}')::uuid, 'Christmas', 'Early cut-offs', {day}, {day}, now(), '{}');
INSERT INTO guidance (tenant_id, id, version, recorded_at, recorded_by, service, body, dated, change, withdrawn)
VALUES ({tenant}, md5('guidance {label}')::uuid, 1, now(), '{}', 'Day care', 'How', {day}, 'First published', false);
INSERT INTO council_team (tenant_id, id, name, area, email)
VALUES ({tenant}, md5('team {label}')::uuid, 'Team {label}', 'North', 'team-{label}@example.com');
INSERT INTO invoice_setting (tenant_id, recorded_at, recorded_by, allowed) VALUES ({tenant}, {day}, '{}', true);
INSERT INTO billing_schedule (tenant_id, id, name, definition)
VALUES ({tenant}, md5('billing {label}')::uuid, 'Client billing {label}', '{}');
INSERT INTO billing_period (tenant_id, schedule_id, number, starts, ends, last_actuals, issued, origin)
VALUES ({tenant}, md5('billing {label}')::uuid, 1, {day}, {day}, now(), {day}, '{}');
INSERT INTO dispute_setting (tenant_id, recorded_at, recorded_by, respond_days) VALUES ({tenant}, {day}, '{}', 10);
INSERT INTO explanation_setting (tenant_id, recorded_at, recorded_by, welsh, usual, welsh_words)
VALUES ({tenant}, {day}, '{}', true, 'cy', '{}');
INSERT INTO rule_version (tenant_id, digest, name, version, interface, description, component, file_name, note, uploaded_at,
    uploaded_by, uploader)
VALUES ({tenant}, repeat('{number}', 64), 'rule-{label}', '1', '1.0.0', '{}', '\x00', 'rule.wasm', 'First', {day},
    {member}, 'Member');
INSERT INTO rule_refusal (tenant_id, id, digest, file_name, bytes, sentence, refused_at, uploaded_by, uploader)
VALUES ({tenant}, md5('refusal {label}')::uuid, repeat('e', 64), 'rule.pdf', 7, 'It is no rule.', {day}, {member}, 'Member');
INSERT INTO rule_case (tenant_id, digest, number, name, body, differences, ran_at, added_by, adder)
VALUES ({tenant}, repeat('{number}', 64), 1, 'A week', '{}', '[]', {day}, {member}, 'Member');
INSERT INTO rule_event (tenant_id, id, digest, kind, at, person_id, person, comment)
VALUES ({tenant}, md5('rule event {label}')::uuid, repeat('{number}', 64), 'approve', {day}, {member}, 'Member', '');
INSERT INTO rule_quarantine_setting (tenant_id, recorded_at, recorded_by, faults, follows)
VALUES ({tenant}, {day}, '{}', 5, 'suspend');
INSERT INTO council_revision (tenant_id, organisation_id, revision) VALUES ({tenant}, '00000000-0000-0000-0000-000000000000', 3);
INSERT INTO rule_trial (tenant_id, id, digest, name, version, settings, started_at, started_by, starter, state, claims, slowest)
VALUES ({tenant}, md5('trial {number}')::uuid, repeat('{number}', 64), 'rule-{label}', '1', '[]', {day}, {member}, 'Member',
    'running', 1, '[]');
INSERT INTO rule_trial_period (tenant_id, trial_id, schedule_id, period_id)
VALUES ({tenant}, md5('trial {number}')::uuid, {schedule}, {period});
