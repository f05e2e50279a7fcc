-- Somebody of a provider's staff, with everything that somebody signs in with: {person} (a quoted id), {name},
-- {organisation}.
INSERT INTO person (id, email, name, created_at) VALUES ({person}, '{name}@example.com', 'Staff', now());
INSERT INTO organisation_member (organisation_id, person_id, role, since, limited)
VALUES ({organisation}, {person}, 'staff', now(), true);
INSERT INTO organisation_member_contract (organisation_id, person_id, tenant_id, contract_id)
VALUES ({organisation}, {person}, md5('council a')::uuid, md5('contract ay')::uuid);
INSERT INTO platform_operator (person_id, since) VALUES ({person}, now());
INSERT INTO totp_device (person_id, confirmed, nonce, secret, added_at)
VALUES ({person}, true, '\x000000000000000000000000', '\x00', now());
INSERT INTO recovery_code (person_id, digest, made_at) VALUES ({person}, sha256('{name}'), now());
INSERT INTO passkey (id, person_id, credential_id, name, stored, added_at)
VALUES ({person}, {person}, '{name}', 'Key', '{}', now());
INSERT INTO access_link (id, person_id, kind, made_at, expires_at, digest)
VALUES ({person}, {person}, 'invitation', now(), now(), sha256('{name}'));
INSERT INTO letter (id, person_id, kind, link_id, send_at, made_at)
VALUES ({person}, {person}, 'invitation', {person}, now(), now());
INSERT INTO guess_limit (bucket, tokens, counted_at) VALUES (sha256('{name}'), 1000, now());
INSERT INTO known_browser (digest, person_id, since, last_used_at) VALUES (sha256('{name}'), {person}, now(), now());
INSERT INTO sign_on_subject (tenant_id, issuer, subject, person_id, since)
VALUES (md5('council a')::uuid, 'https://login.example', '{name}', {person}, now());
INSERT INTO organisation_invitation (tenant_id, id, name, email, contact, person_id, invited_by, invited_at)
VALUES (md5('council a')::uuid, {person}, 'Care', '{name}@example.com', 'Staff', {person}, {person}, now());
INSERT INTO calendar_feed (id, person_id, organisation_id, digest, made_at)
VALUES ({person}, {person}, {organisation}, sha256('feed {name}'), now());
