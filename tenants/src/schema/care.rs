//! The tables behind providers' pages about care, calendars, notices and queries: migrations 0018 and 0019.

diesel::table! {
    calendar_feed (id) {
        id -> Uuid,
        person_id -> Uuid,
        organisation_id -> Uuid,
        digest -> Bytea,
        made_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    provider_notice (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        title -> Text,
        body -> Text,
        holds_from -> Date,
        holds_to -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        withdrawn -> Bool,
    }
}

diesel::table! {
    guidance (tenant_id, id, version) {
        tenant_id -> Uuid,
        id -> Uuid,
        version -> Int4,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        service -> Text,
        body -> Text,
        dated -> Date,
        change -> Text,
        withdrawn -> Bool,
    }
}

diesel::table! {
    council_team (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        area -> Text,
        email -> Text,
    }
}

diesel::table! {
    care_allocation (tenant_id, service_user_id, recorded_at) {
        tenant_id -> Uuid,
        service_user_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        area -> Text,
        team_id -> Nullable<Uuid>,
        worker_name -> Text,
        worker_email -> Text,
    }
}

diesel::table! {
    care_query (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        service_line_id -> Nullable<Uuid>,
        about -> Text,
        person -> Text,
        urgency -> Int2,
        status -> Int2,
        team_id -> Nullable<Uuid>,
        sent_to -> Text,
        asked_at -> Timestamptz,
        changed_at -> Timestamptz,
        answer_read -> Bool,
    }
}

diesel::table! {
    care_query_message (tenant_id, query_id, number) {
        tenant_id -> Uuid,
        query_id -> Uuid,
        number -> Int4,
        organisation_id -> Uuid,
        side -> Text,
        written_by -> Uuid,
        writer -> Text,
        written_at -> Timestamptz,
        body -> Text,
    }
}
