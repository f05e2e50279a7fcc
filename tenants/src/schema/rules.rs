//! The tables behind the versions of a council's payment rule: migration 0024.

diesel::table! {
    rule_version (tenant_id, digest) {
        tenant_id -> Uuid,
        digest -> Text,
        name -> Text,
        version -> Text,
        interface -> Text,
        description -> Jsonb,
        component -> Bytea,
        file_name -> Text,
        note -> Text,
        uploaded_at -> Timestamptz,
        uploaded_by -> Uuid,
        uploader -> Text,
    }
}

diesel::table! {
    rule_refusal (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        digest -> Text,
        file_name -> Text,
        bytes -> Int4,
        sentence -> Text,
        refused_at -> Timestamptz,
        uploaded_by -> Uuid,
        uploader -> Text,
    }
}

diesel::table! {
    rule_case (tenant_id, digest, number) {
        tenant_id -> Uuid,
        digest -> Text,
        number -> Int4,
        name -> Text,
        body -> Text,
        differences -> Jsonb,
        ran_at -> Timestamptz,
        added_by -> Uuid,
        adder -> Text,
    }
}

diesel::table! {
    rule_event (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        digest -> Text,
        kind -> Text,
        at -> Timestamptz,
        person_id -> Nullable<Uuid>,
        person -> Text,
        comment -> Text,
        active_from -> Nullable<Date>,
    }
}

diesel::table! {
    rule_quarantine_setting (tenant_id, recorded_at) {
        tenant_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        faults -> Int4,
        follows -> Text,
    }
}
