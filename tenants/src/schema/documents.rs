//! The tables behind documents to agree and adjustments of plans: migration 0022.

diesel::table! {
    contract_document (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        service_line_id -> Nullable<Uuid>,
        kind -> Text,
        version -> Int4,
        status -> Int2,
        agree_by -> Date,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    contract_document_version (tenant_id, document_id, version) {
        tenant_id -> Uuid,
        document_id -> Uuid,
        version -> Int4,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        title -> Text,
        terms -> Text,
        agree_by -> Date,
        attachment_name -> Nullable<Text>,
        attachment -> Nullable<Bytea>,
        digest -> Bytea,
        published_at -> Timestamptz,
        published_by -> Uuid,
        publisher -> Text,
        publisher_email -> Text,
    }
}

diesel::table! {
    contract_document_answer (tenant_id, document_id, version) {
        tenant_id -> Uuid,
        document_id -> Uuid,
        version -> Int4,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        agreed -> Bool,
        digest -> Bytea,
        answered_at -> Timestamptz,
        answered_by -> Uuid,
        name -> Text,
        role -> Text,
        reason -> Text,
    }
}

diesel::table! {
    adjustment (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        service_line_id -> Uuid,
        number -> Int4,
        claim_id -> Nullable<Uuid>,
        wanted_from -> Date,
        wanted_to -> Nullable<Date>,
        wanted -> Int8,
        unit -> Text,
        why -> Text,
        seen_version -> Int4,
        asked_at -> Timestamptz,
        asked_by -> Uuid,
        asker -> Text,
        asker_email -> Text,
    }
}

diesel::table! {
    adjustment_answer (tenant_id, adjustment_id) {
        tenant_id -> Uuid,
        adjustment_id -> Uuid,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        service_line_id -> Uuid,
        number -> Int4,
        outcome -> Int2,
        covers_from -> Nullable<Date>,
        covers_to -> Nullable<Date>,
        quantity -> Nullable<Int8>,
        seen_version -> Int4,
        recorded_version -> Nullable<Int4>,
        reason -> Text,
        answered_at -> Timestamptz,
        answered_by -> Uuid,
        answerer -> Text,
    }
}
