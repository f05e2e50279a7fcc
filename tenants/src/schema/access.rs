//! The tables of people and access: what migration `access` adds.

diesel::table! {
    council_organisation (tenant_id, organisation_id) {
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        since -> Timestamptz,
    }
}

diesel::table! {
    council_brand (tenant_id, recorded_at) {
        tenant_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        name_shown -> Text,
        colour -> Text,
        logo -> Nullable<Bytea>,
        logo_type -> Nullable<Text>,
        contact_name -> Text,
        contact_email -> Text,
        contact_phone -> Text,
        contact_hours -> Text,
        accessibility_email -> Text,
        help_text -> Text,
    }
}

diesel::table! {
    council_sign_on (tenant_id) {
        tenant_id -> Uuid,
        issuer -> Text,
        client_id -> Text,
        secret_nonce -> Bytea,
        secret -> Bytea,
        domains -> Array<Text>,
        enabled -> Bool,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    platform_operator (person_id) {
        person_id -> Uuid,
        since -> Timestamptz,
    }
}

diesel::table! {
    totp_device (person_id, confirmed) {
        person_id -> Uuid,
        confirmed -> Bool,
        nonce -> Bytea,
        secret -> Bytea,
        added_at -> Timestamptz,
        last_step -> Int8,
    }
}

diesel::table! {
    recovery_code (person_id, digest) {
        person_id -> Uuid,
        digest -> Bytea,
        made_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    passkey (id) {
        id -> Uuid,
        person_id -> Uuid,
        credential_id -> Bytea,
        name -> Text,
        stored -> Jsonb,
        added_at -> Timestamptz,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sign_on_subject (tenant_id, issuer, subject) {
        tenant_id -> Uuid,
        issuer -> Text,
        subject -> Text,
        person_id -> Uuid,
        since -> Timestamptz,
    }
}

diesel::table! {
    access_link (id) {
        id -> Uuid,
        person_id -> Uuid,
        kind -> Text,
        context -> Jsonb,
        made_at -> Timestamptz,
        expires_at -> Timestamptz,
        digest -> Nullable<Bytea>,
        used_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    letter (id) {
        id -> Uuid,
        person_id -> Uuid,
        kind -> Text,
        link_id -> Nullable<Uuid>,
        context -> Jsonb,
        state -> Int2,
        attempts -> Int4,
        send_at -> Timestamptz,
        last_error -> Nullable<Text>,
        made_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    guess_limit (bucket) {
        bucket -> Bytea,
        tokens -> Int8,
        counted_at -> Timestamptz,
    }
}

diesel::table! {
    known_browser (digest) {
        digest -> Bytea,
        person_id -> Uuid,
        since -> Timestamptz,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    organisation_member_contract (organisation_id, person_id, tenant_id, contract_id) {
        organisation_id -> Uuid,
        person_id -> Uuid,
        tenant_id -> Uuid,
        contract_id -> Uuid,
    }
}

diesel::table! {
    organisation_invitation (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        reference -> Text,
        email -> Text,
        contact -> Text,
        person_id -> Uuid,
        invited_by -> Uuid,
        invited_at -> Timestamptz,
        accepted_at -> Nullable<Timestamptz>,
        declined_at -> Nullable<Timestamptz>,
        withdrawn_at -> Nullable<Timestamptz>,
        organisation_id -> Nullable<Uuid>,
    }
}
