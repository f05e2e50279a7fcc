-- One row of everything for one council and one payee: {tenant}, {organisation} (a quoted id or NULL), {label} (two
-- letters that nothing else has), {day} and {number} (that no other
-- council has).
INSERT INTO job (tenant_id, kind, payload, run_at, most_attempts, dedupe_key, created_at)
VALUES ({tenant}, 'work-run', '{}', now(), 3, 'job {label}', now());
INSERT INTO payee (tenant_id, id, organisation_id, kind, supplier_number, name)
VALUES ({tenant}, md5('payee {label}')::uuid, {organisation},
    CASE WHEN {organisation} IS NULL THEN 'person' ELSE 'site' END, 'S {label}', 'Payee {label}');
INSERT INTO payee_bank (tenant_id, payee_id, version, key_version, nonce, details, changed_at, changed_by)
VALUES ({tenant}, md5('payee {label}')::uuid, 1, {number}, '\x000000000000000000000000', '\x00', now(), '{}');
INSERT INTO contract (tenant_id, id, organisation_id, payee_id, schedule_id, reference, service_type, recording,
    terms, claim_period, gross, kind, valid_from, attributes)
VALUES ({tenant}, md5('contract {label}')::uuid, {organisation}, md5('payee {label}')::uuid, {schedule}, 'C {label}',
    'home care', 'quantities', 'actual', 'week', true, 'spot', {day}, '[]');
INSERT INTO service_user (tenant_id, id, reference, name)
VALUES ({tenant}, md5('person {label}')::uuid, 'SS {label}', 'Person {label}');
INSERT INTO service_line (tenant_id, id, organisation_id, contract_id, service_user_id, reference)
VALUES ({tenant}, md5('line {label}')::uuid, {organisation}, md5('contract {label}')::uuid,
    md5('person {label}')::uuid, 'CPLI {label}');
INSERT INTO service_line_version (tenant_id, service_line_id, organisation_id, version, valid_from, recorded_at,
    recorded_by, service, unit, tier, tier_need, attributes, plan)
VALUES ({tenant}, md5('line {label}')::uuid, {organisation}, 1, {day}, now(), '{}', 'care', 'hour', '', '', '[]', '{}');
INSERT INTO stay (tenant_id, id, version, service_user_id, kind, admitted, withdrawn, recorded_at, recorded_by)
VALUES ({tenant}, md5('stay {label}')::uuid, 1, md5('person {label}')::uuid, 'hospital', {day}, false, now(), '{}');
INSERT INTO ending (tenant_id, service_user_id, version, kind, happened, notified, withdrawn, recorded_at, recorded_by)
VALUES ({tenant}, md5('person {label}')::uuid, 1, 'death', {day}, {day}, false, now(), '{}');
INSERT INTO tolerance_limit (tenant_id, id, level, contract_id, valid_from, recorded_at, recorded_by)
VALUES ({tenant}, md5('limit {label}')::uuid, 'line', md5('contract {label}')::uuid, {day}, now(), '{}');
INSERT INTO claim (tenant_id, id, organisation_id, contract_id, service_user_id, schedule_id, period_id, starts, ends,
    state, created_at)
VALUES ({tenant}, md5('claim {label}')::uuid, {organisation}, md5('contract {label}')::uuid,
    md5('person {label}')::uuid, {schedule}, {period}, {day}, {day}, 1, now());
INSERT INTO claim_line (tenant_id, id, organisation_id, claim_id, number, service_line_id)
VALUES ({tenant}, md5('claim line {label}')::uuid, {organisation}, md5('claim {label}')::uuid, 0,
    md5('line {label}')::uuid);
INSERT INTO statement (tenant_id, id, organisation_id, claim_id, version, received_at, stated_by, source, body)
VALUES ({tenant}, md5('statement {label}')::uuid, {organisation}, md5('claim {label}')::uuid, 1, now(), '{}', 'screen',
    '{}');
INSERT INTO assessment (tenant_id, id, organisation_id, claim_id, statement_version, purpose, input, input_digest,
    component_digest, pack, pack_version, interface, engine, fuel, findings, weighed, uses, assessed_at, planned_pence,
    claimed_pence, payable_pence, suspended_pence, rejected_pence, pending_pence)
VALUES ({tenant}, md5('assessment {label}')::uuid, {organisation}, md5('claim {label}')::uuid, 1, 0, '\x00',
    repeat('a', 64), repeat('b', 64), 'standard', '1', '1.0.0', 'native', 1, '[]', '{}', '[]', now(), 5, 5, 5, 0, 0, 0);
INSERT INTO charge (tenant_id, assessment_id, number, organisation_id, claim_id, line, starts, ends, accounts_for,
    units, divisor, pence, disposition, reason_code, reason_args)
VALUES ({tenant}, md5('assessment {label}')::uuid, 0, {organisation}, md5('claim {label}')::uuid, 0, {day}, {day}, 1, 1,
    1, 5, 0, 'delivered', '[]');
INSERT INTO decision (tenant_id, id, organisation_id, claim_id, statement_version, line, kind, reason, decided_by,
    decided_at)
VALUES ({tenant}, md5('decision {label}')::uuid, {organisation}, md5('claim {label}')::uuid, 1, 0, 'accept', 'because',
    md5('officer')::uuid, now());
INSERT INTO run_contract (tenant_id, run_id, contract_id)
VALUES ({tenant}, {run}, md5('contract {label}')::uuid);
INSERT INTO entry (tenant_id, claim_line_id, sequence, id, organisation_id, run_id, claim_id, contract_id, payee_id,
    assessment_id, entitlement_pence, posted_before_pence, pence, kind)
VALUES ({tenant}, md5('claim line {label}')::uuid, 1, md5('entry {label}')::uuid, {organisation}, {run},
    md5('claim {label}')::uuid, md5('contract {label}')::uuid, md5('payee {label}')::uuid,
    md5('assessment {label}')::uuid, 5, 0, 5, 0);
INSERT INTO payment (tenant_id, run_id, payee_id, organisation_id, sequence, brought_forward_pence, entries_pence,
    carried_forward_pence, pays_pence, bank_version, reference)
VALUES ({tenant}, {run}, md5('payee {label}')::uuid, {organisation}, 1, 0, 5, 0, 5, 1, 'ref');
INSERT INTO remittance (tenant_id, run_id, payee_id, organisation_id, number, csv, html, digest, made_at)
VALUES ({tenant}, {run}, md5('payee {label}')::uuid, {organisation}, 'R {label}', '\x00', '\x00', repeat('c', 64),
    now());
INSERT INTO payment_request (tenant_id, batch, contract_id, organisation_id, up_to, requested_at, requested_by)
VALUES ({tenant}, md5('request {label}')::uuid, md5('contract {label}')::uuid, {organisation}, {day}, now(), '{}');
INSERT INTO notice (tenant_id, id, event, dedupe_key, recipient, sender, subject, body, created_at)
VALUES ({tenant}, md5('notice {label}')::uuid, 'remittance-ready', 'notice {label}', 'a@example.com', 'b@example.com',
    's', 'b', now());
INSERT INTO audit_record (tenant_id, id, organisation_id, at, person_id, actor, action, object_kind, detail)
VALUES ({tenant}, md5('audit {label}')::uuid, {organisation}, now(), md5('somebody')::uuid, '{}', 'claim.state', 'claim',
    '{}');
INSERT INTO audit_link (tenant_id, sequence, record_id, digest)
VALUES ({tenant}, abs(hashtext('{label}')::bigint) + 1, md5('audit {label}')::uuid, sha256('{label}'));
INSERT INTO platform_record (id, at, person_id, subject_id, organisation_id, tenant_id, action, object_kind, detail)
VALUES (md5('platform {label}')::uuid, now(), md5('somebody')::uuid, md5('somebody')::uuid, {organisation}, {tenant},
    'organisation.link', 'organisation', '{}');
INSERT INTO platform_link (sequence, record_id, digest)
VALUES (abs(hashtext('{label}')::bigint) + 1, md5('platform {label}')::uuid, sha256('{label}'));
INSERT INTO care_allocation (tenant_id, service_user_id, recorded_at, recorded_by, area, worker_name, worker_email)
VALUES ({tenant}, md5('person {label}')::uuid, {day}, '{}', 'North', 'A worker', 'worker@example.com');
-- what a provider asks has an organisation
INSERT INTO care_query (tenant_id, id, organisation_id, contract_id, service_line_id, about, person, urgency, status,
    sent_to, asked_at, changed_at)
SELECT {tenant}, md5('query {label}')::uuid, {organisation}, md5('contract {label}')::uuid, md5('line {label}')::uuid,
    'hours', '', 0, 0, '', now(), now() WHERE {organisation} IS NOT NULL;
INSERT INTO care_query_message (tenant_id, query_id, number, organisation_id, side, written_by, writer, written_at, body)
SELECT {tenant}, md5('query {label}')::uuid, number, {organisation}, side, md5('somebody')::uuid, 'Somebody', now(),
    'Three hours' FROM (VALUES (1, 'provider'), (2, 'council')) AS said (number, side) WHERE {organisation} IS NOT NULL;
-- so does what a provider invoices
INSERT INTO provider_invoice (tenant_id, id, organisation_id, contract_id, number, number_key, dated, submission,
    submitted_at, submitted_by, name, comment, expected_pence, priced_pence)
SELECT {tenant}, md5('invoice {label}')::uuid, {organisation}, md5('contract {label}')::uuid, 'INV {label}',
    'INV{label}', {day}, md5('submission {label}')::uuid, now(), '{}', 'Somebody', '', 5, 5
WHERE {organisation} IS NOT NULL;
INSERT INTO provider_invoice_line (tenant_id, invoice_id, number, organisation_id, claim_id, line, receipt, planned,
    delivered, frustrated, expected_pence, priced_pence, worked_out)
SELECT {tenant}, md5('invoice {label}')::uuid, 0, {organisation}, md5('claim {label}')::uuid, 0,
    md5('receipt {label}')::uuid, 1, 1, 0, 5, 5, '' WHERE {organisation} IS NOT NULL;
INSERT INTO provider_invoice_withdrawal (tenant_id, invoice_id, organisation_id, withdrawn_at, withdrawn_by, because)
SELECT {tenant}, md5('invoice {label}')::uuid, {organisation}, now(), '{}', 'Wrong week' WHERE {organisation} IS NOT NULL;
-- what is said of a claim has an organisation, and a dispute here is its provider's
INSERT INTO claim_conversation (tenant_id, claim_id, organisation_id, newest, messages, provider_unread, council_unread)
SELECT {tenant}, md5('claim {label}')::uuid, {organisation}, 3, 2, 1, 0 WHERE {organisation} IS NOT NULL;
INSERT INTO dispute (tenant_id, id, organisation_id, claim_id, line, opened_by, reason, wanted, wanted_pence, state, version,
    respond_by, opened_at, changed_at)
SELECT {tenant}, md5('dispute {label}')::uuid, {organisation}, md5('claim {label}')::uuid, 0, 'provider', 'rate',
    'Tier 2', 505, 0, 1, now(), now(), now() WHERE {organisation} IS NOT NULL;
INSERT INTO claim_message (tenant_id, claim_id, number, organisation_id, dispute_id, side, event, written_by, writer,
    written_at, body)
SELECT {tenant}, md5('claim {label}')::uuid, number, {organisation}, dispute, side, event, md5('somebody')::uuid, 'Somebody',
    now(), 'Words' FROM (VALUES (1, 'provider', 'write', NULL::uuid), (2, 'council', 'write', NULL),
    (3, 'provider', 'open', md5('dispute {label}')::uuid)) AS said (number, side, event, dispute)
WHERE {organisation} IS NOT NULL;
INSERT INTO attachment (tenant_id, id, organisation_id, claim_id, number, side, name, kind, bytes, digest, added_at)
SELECT {tenant}, md5('attachment ' || number || ' {label}')::uuid, {organisation}, md5('claim {label}')::uuid, number, side,
    'log.csv', 'csv', '\x61', repeat('f', 64), now()
FROM (VALUES (1, 'provider'), (2, 'council')) AS said (number, side) WHERE {organisation} IS NOT NULL;
-- what a council asks its provider to agree, and a provider its council to change
INSERT INTO contract_document (tenant_id, id, organisation_id, contract_id, service_line_id, kind, version, status,
    agree_by, changed_at)
SELECT {tenant}, md5('document {label}')::uuid, {organisation}, md5('contract {label}')::uuid,
    md5('line {label}')::uuid, 'agreement', 1, 0, {day}, now() WHERE {organisation} IS NOT NULL;
INSERT INTO contract_document_version (tenant_id, document_id, version, organisation_id, contract_id, title, terms,
    agree_by, digest, published_at, published_by, publisher, publisher_email)
SELECT {tenant}, md5('document {label}')::uuid, 1, {organisation}, md5('contract {label}')::uuid, 'Agreement', 'Seven hours',
    {day}, sha256('{label}'), now(), md5('officer')::uuid, 'An officer', 'officer@example.com'
    WHERE {organisation} IS NOT NULL;
INSERT INTO contract_document_answer (tenant_id, document_id, version, organisation_id, contract_id, agreed, digest,
    answered_at, answered_by, name, role, reason)
SELECT {tenant}, md5('document {label}')::uuid, 1, {organisation}, md5('contract {label}')::uuid, true, sha256('{label}'),
    now(), md5('somebody')::uuid, 'Somebody', 'Manager', '' WHERE {organisation} IS NOT NULL;
INSERT INTO adjustment (tenant_id, id, organisation_id, contract_id, service_line_id, number, wanted_from, wanted, unit, why,
    seen_version, asked_at, asked_by, asker, asker_email)
SELECT {tenant}, md5('adjustment ' || number || ' {label}')::uuid, {organisation}, md5('contract {label}')::uuid,
    md5('line {label}')::uuid, number, {day}, 9000, 'hour', 'She needs more', 1, now(), md5('somebody')::uuid, 'Somebody',
    'somebody@example.com' FROM generate_series(1, 2) AS number WHERE {organisation} IS NOT NULL;
INSERT INTO adjustment_answer (tenant_id, adjustment_id, organisation_id, contract_id, service_line_id, number, outcome,
    covers_from, quantity, seen_version, recorded_version, reason, answered_at, answered_by, answerer)
SELECT {tenant}, md5('adjustment ' || number || ' {label}')::uuid, {organisation}, md5('contract {label}')::uuid,
    md5('line {label}')::uuid, number, outcome, starts, quantity, 1, recorded, '', now(), md5('officer')::uuid, 'Somebody'
    FROM (VALUES (1, 1, {day}::date, 9000, 2), (2, 3, NULL::date, NULL, NULL))
        AS said (number, outcome, starts, quantity, recorded) WHERE {organisation} IS NOT NULL;
INSERT INTO council_revision (tenant_id, organisation_id, revision)
SELECT {tenant}, {organisation}, 2 WHERE {organisation} IS NOT NULL ON CONFLICT DO NOTHING;
-- a trial takes a claim of each contract
INSERT INTO rule_trial_part (tenant_id, trial_id, number, contract_id, starts, claims)
SELECT tenant_id, id, (SELECT count(*) + 1 FROM rule_trial_part WHERE tenant_id = {tenant}),
    md5('contract {label}')::uuid, {day}, 1 FROM rule_trial WHERE tenant_id = {tenant};
INSERT INTO rule_trial_line (tenant_id, trial_id, claim_id, line, contract_id, payable_before, payable_now,
    suspended_before, suspended_now)
SELECT tenant_id, id, md5('claim {label}')::uuid, 0, md5('contract {label}')::uuid, 5, 6, 0, 0 FROM rule_trial
WHERE tenant_id = {tenant};
