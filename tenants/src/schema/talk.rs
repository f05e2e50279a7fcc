//! The tables behind what both sides say about a claim: migration 0021.

diesel::table! {
    claim_conversation (tenant_id, claim_id) {
        tenant_id -> Uuid,
        claim_id -> Uuid,
        organisation_id -> Uuid,
        newest -> Int4,
        messages -> Int4,
        provider_unread -> Int4,
        council_unread -> Int4,
    }
}

diesel::table! {
    dispute (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        claim_id -> Uuid,
        line -> Nullable<Int4>,
        opened_by -> Text,
        reason -> Text,
        wanted -> Text,
        wanted_pence -> Nullable<Int8>,
        state -> Int2,
        version -> Int4,
        respond_by -> Timestamptz,
        opened_at -> Timestamptz,
        changed_at -> Timestamptz,
        provider_unread -> Int4,
        council_unread -> Int4,
    }
}

diesel::table! {
    claim_message (tenant_id, claim_id, number) {
        tenant_id -> Uuid,
        claim_id -> Uuid,
        number -> Int4,
        organisation_id -> Uuid,
        dispute_id -> Nullable<Uuid>,
        side -> Text,
        event -> Text,
        written_by -> Uuid,
        writer -> Text,
        written_at -> Timestamptz,
        body -> Text,
    }
}

diesel::table! {
    attachment (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        claim_id -> Uuid,
        number -> Int4,
        side -> Text,
        name -> Text,
        kind -> Text,
        bytes -> Bytea,
        digest -> Text,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    dispute_setting (tenant_id, recorded_at) {
        tenant_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        respond_days -> Int2,
    }
}
