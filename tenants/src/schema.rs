//! The tables as diesel's query builder knows them, in the order of the migrations. Kept in step with the
//! migrations by the test `schema_matches`; row types with their queries stand in the modules named after them.

#![allow(missing_docs, clippy::wildcard_imports)]

mod access;
mod care;
mod documents;
mod invoices;
mod languages;
mod payments;
mod revisions;
mod rules;
mod talk;
mod trials;

pub(crate) use access::*;
pub(crate) use care::*;
pub(crate) use documents::*;
pub(crate) use invoices::*;
pub(crate) use languages::*;
pub(crate) use payments::*;
pub(crate) use revisions::*;
pub(crate) use rules::*;
pub(crate) use talk::*;
pub(crate) use trials::*;

diesel::table! {
    council (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        division -> Text,
        created_at -> Timestamptz,
        nation -> Text,
        suspended_at -> Nullable<Timestamptz>,
        published_password_rule -> Bool,
    }
}

diesel::table! {
    organisation (id) {
        id -> Uuid,
        name -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    person (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        created_at -> Timestamptz,
        password_hash -> Nullable<Text>,
        password_set_at -> Nullable<Timestamptz>,
        password_keeps_rule -> Bool,
        last_seen_at -> Nullable<Timestamptz>,
        sessions_after -> Nullable<Timestamptz>,
        explanations -> Nullable<Text>,
    }
}

diesel::table! {
    council_member (tenant_id, person_id, role) {
        tenant_id -> Uuid,
        person_id -> Uuid,
        role -> Text,
        since -> Timestamptz,
    }
}

diesel::table! {
    organisation_member (organisation_id, person_id) {
        organisation_id -> Uuid,
        person_id -> Uuid,
        role -> Text,
        since -> Timestamptz,
        limited -> Bool,
    }
}

diesel::table! {
    job (id) {
        id -> Uuid,
        tenant_id -> Nullable<Uuid>,
        kind -> Text,
        payload -> Jsonb,
        run_at -> Timestamptz,
        attempts -> Int4,
        most_attempts -> Int4,
        locked_by -> Nullable<Text>,
        locked_until -> Nullable<Timestamptz>,
        state -> Int2,
        last_error -> Nullable<Text>,
        dedupe_key -> Nullable<Text>,
        request_id -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    council_profile (tenant_id, valid_from, recorded_at) {
        tenant_id -> Uuid,
        valid_from -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        name_shown -> Text,
        vocabulary -> Text,
        payment_format -> Text,
        small_balance_pence -> Int8,
        submission -> Text,
        messages -> Jsonb,
        verification_statement -> Text,
    }
}

diesel::table! {
    council_key (tenant_id, version) {
        tenant_id -> Uuid,
        version -> Int4,
        nonce -> Bytea,
        wrapped -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    originator (tenant_id, version) {
        tenant_id -> Uuid,
        version -> Int4,
        service_user_number -> Text,
        key_version -> Int4,
        nonce -> Bytea,
        details -> Bytea,
        changed_at -> Timestamptz,
        changed_by -> Jsonb,
    }
}

diesel::table! {
    notification_setting (tenant_id, event, recorded_at) {
        tenant_id -> Uuid,
        event -> Text,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        enabled -> Bool,
        sender -> Text,
        reply_to -> Nullable<Text>,
        lead_minutes -> Int4,
        subject -> Text,
        body -> Text,
    }
}

diesel::table! {
    schedule (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        published_name -> Text,
        basis -> Int2,
        definition -> Jsonb,
    }
}

diesel::table! {
    pay_period (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        schedule_id -> Uuid,
        number -> Int4,
        starts -> Date,
        ends -> Date,
        cut_off -> Timestamptz,
        finalisation -> Date,
        bank_date -> Date,
        origin -> Jsonb,
        findings -> Jsonb,
        accepted -> Jsonb,
        runnable -> Bool,
    }
}

diesel::table! {
    payee (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        kind -> Text,
        supplier_number -> Text,
        name -> Text,
        remittance_email -> Nullable<Text>,
    }
}

diesel::table! {
    payee_bank (tenant_id, payee_id, version) {
        tenant_id -> Uuid,
        payee_id -> Uuid,
        version -> Int4,
        key_version -> Int4,
        nonce -> Bytea,
        details -> Bytea,
        changed_at -> Timestamptz,
        changed_by -> Jsonb,
    }
}

diesel::table! {
    contract (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        payee_id -> Uuid,
        schedule_id -> Uuid,
        reference -> Text,
        service_type -> Text,
        recording -> Text,
        terms -> Text,
        claim_period -> Text,
        gross -> Bool,
        kind -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        attributes -> Jsonb,
    }
}

diesel::table! {
    service_user (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        reference -> Text,
        name -> Text,
    }
}

diesel::table! {
    service_line (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        contract_id -> Uuid,
        service_user_id -> Uuid,
        reference -> Text,
        purchase_order -> Nullable<Text>,
    }
}

diesel::table! {
    service_line_version (tenant_id, service_line_id, version) {
        tenant_id -> Uuid,
        service_line_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        version -> Int4,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        service -> Text,
        unit -> Text,
        tier -> Text,
        tier_need -> Text,
        attributes -> Jsonb,
        plan -> Jsonb,
    }
}

diesel::table! {
    stay (tenant_id, id, version) {
        tenant_id -> Uuid,
        id -> Uuid,
        version -> Int4,
        service_user_id -> Uuid,
        kind -> Text,
        admitted -> Date,
        discharged -> Nullable<Date>,
        withdrawn -> Bool,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
    }
}

diesel::table! {
    ending (tenant_id, service_user_id, version) {
        tenant_id -> Uuid,
        service_user_id -> Uuid,
        version -> Int4,
        kind -> Text,
        happened -> Date,
        notified -> Date,
        withdrawn -> Bool,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
    }
}

diesel::table! {
    rate_row (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        service -> Text,
        tier -> Text,
        band -> Text,
        minutes -> Nullable<Int2>,
        day_kind -> Nullable<Text>,
        time_from -> Nullable<Int2>,
        time_to -> Nullable<Int2>,
        unit -> Text,
        rate -> Int8,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
    }
}

diesel::table! {
    tolerance_limit (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        level -> Text,
        contract_id -> Nullable<Uuid>,
        service -> Nullable<Text>,
        units -> Nullable<Int8>,
        percent -> Nullable<Int4>,
        pence -> Nullable<Int8>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
    }
}

diesel::table! {
    non_delivery_reason (tenant_id, code, valid_from, recorded_at) {
        tenant_id -> Uuid,
        code -> Text,
        valid_from -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        valid_to -> Nullable<Date>,
        words -> Text,
        kind -> Text,
        comment_needed -> Bool,
    }
}

diesel::table! {
    rule_setting (tenant_id, key, scope, valid_from, recorded_at) {
        tenant_id -> Uuid,
        key -> Text,
        scope -> Text,
        valid_from -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        value -> Jsonb,
    }
}

diesel::table! {
    rule_activation (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        component_digest -> Text,
        pack -> Text,
        version -> Text,
        active_from -> Date,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        approved_by -> Jsonb,
    }
}

diesel::table! {
    claim (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        contract_id -> Uuid,
        service_user_id -> Uuid,
        schedule_id -> Uuid,
        period_id -> Uuid,
        starts -> Date,
        ends -> Date,
        state -> Int2,
        version -> Int4,
        statement_version -> Int4,
        assessment_id -> Nullable<Uuid>,
        confirmed_at -> Nullable<Timestamptz>,
        confirmed_by -> Nullable<Uuid>,
        confirmed_name -> Nullable<Text>,
        receipt -> Nullable<Uuid>,
        confirmed_version -> Nullable<Int4>,
        sent_back_reason -> Nullable<Text>,
        run_period_id -> Nullable<Uuid>,
        run_id -> Nullable<Uuid>,
        posted_assessment_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        confirmed_comment -> Nullable<Text>,
        rejected_reason -> Nullable<Text>,
        rejected_name -> Nullable<Text>,
        rejected_at -> Nullable<Timestamptz>,
        provider_reference -> Nullable<Text>,
        invoice_date -> Nullable<Date>,
    }
}

diesel::table! {
    claim_line (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        claim_id -> Uuid,
        number -> Int4,
        service_line_id -> Uuid,
    }
}

diesel::table! {
    statement (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        claim_id -> Uuid,
        version -> Int4,
        received_at -> Timestamptz,
        stated_by -> Jsonb,
        source -> Text,
        body -> Jsonb,
    }
}

diesel::table! {
    assessment (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        claim_id -> Uuid,
        statement_version -> Int4,
        purpose -> Int2,
        input -> Bytea,
        input_digest -> Text,
        component_digest -> Text,
        pack -> Text,
        pack_version -> Text,
        interface -> Text,
        engine -> Text,
        fuel -> Int8,
        fault -> Nullable<Jsonb>,
        findings -> Jsonb,
        weighed -> Jsonb,
        uses -> Jsonb,
        assessed_at -> Timestamptz,
        planned_pence -> Int8,
        claimed_pence -> Int8,
        payable_pence -> Int8,
        suspended_pence -> Int8,
        rejected_pence -> Int8,
        pending_pence -> Int8,
    }
}

diesel::table! {
    decision (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        claim_id -> Uuid,
        statement_version -> Int4,
        line -> Int4,
        kind -> Text,
        quantity -> Nullable<Int8>,
        pence -> Nullable<Int8>,
        reason -> Text,
        decided_by -> Uuid,
        second_by -> Nullable<Uuid>,
        decided_at -> Timestamptz,
    }
}

diesel::table! {
    charge (tenant_id, assessment_id, number) {
        tenant_id -> Uuid,
        assessment_id -> Uuid,
        number -> Int4,
        organisation_id -> Nullable<Uuid>,
        claim_id -> Uuid,
        line -> Int4,
        starts -> Date,
        ends -> Date,
        visit -> Nullable<Int4>,
        accounts_for -> Int8,
        units -> Int8,
        divisor -> Int2,
        rate -> Nullable<Int8>,
        pence -> Int8,
        disposition -> Int2,
        reason_code -> Text,
        reason_args -> Jsonb,
        moved_by -> Nullable<Jsonb>,
    }
}

diesel::table! {
    run (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        schedule_id -> Uuid,
        period_id -> Uuid,
        sequence -> Int4,
        state -> Int2,
        rule_digest -> Text,
        created_at -> Timestamptz,
        opened_by -> Jsonb,
        finalised_at -> Nullable<Timestamptz>,
        finalised_by -> Nullable<Jsonb>,
        approved_at -> Nullable<Timestamptz>,
        approved_by -> Nullable<Jsonb>,
        banks_digest -> Nullable<Text>,
    }
}

diesel::table! {
    run_contract (tenant_id, run_id, contract_id) {
        tenant_id -> Uuid,
        run_id -> Uuid,
        contract_id -> Uuid,
        state -> Int2,
        worker -> Nullable<Text>,
        done_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    entry (tenant_id, claim_line_id, sequence) {
        tenant_id -> Uuid,
        claim_line_id -> Uuid,
        sequence -> Int4,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        run_id -> Uuid,
        claim_id -> Uuid,
        contract_id -> Uuid,
        payee_id -> Uuid,
        assessment_id -> Uuid,
        entitlement_pence -> Int8,
        posted_before_pence -> Int8,
        pence -> Int8,
        kind -> Int2,
    }
}

diesel::table! {
    payment (tenant_id, run_id, payee_id) {
        tenant_id -> Uuid,
        run_id -> Uuid,
        payee_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        sequence -> Int4,
        brought_forward_pence -> Int8,
        entries_pence -> Int8,
        carried_forward_pence -> Int8,
        pays_pence -> Int8,
        bank_version -> Nullable<Int4>,
        reference -> Text,
    }
}

diesel::table! {
    file_serial (tenant_id) {
        tenant_id -> Uuid,
        last -> Int4,
    }
}

diesel::table! {
    payment_file (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        run_id -> Uuid,
        serial -> Int4,
        format -> Text,
        bytes -> Bytea,
        digest -> Text,
        items -> Int4,
        total_pence -> Int8,
        issued_at -> Timestamptz,
    }
}

diesel::table! {
    remittance (tenant_id, run_id, payee_id) {
        tenant_id -> Uuid,
        run_id -> Uuid,
        payee_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        number -> Text,
        csv -> Bytea,
        html -> Bytea,
        digest -> Text,
        made_at -> Timestamptz,
        advice -> Nullable<Jsonb>,
    }
}

diesel::table! {
    notice (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        event -> Text,
        dedupe_key -> Text,
        recipient -> Text,
        sender -> Text,
        reply_to -> Nullable<Text>,
        subject -> Text,
        body -> Text,
        state -> Int2,
        message_id -> Nullable<Text>,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_record (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        at -> Timestamptz,
        person_id -> Nullable<Uuid>,
        actor -> Jsonb,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<Uuid>,
        detail -> Jsonb,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        written_in -> Int8,
    }
}

diesel::table! {
    audit_head (tenant_id) {
        tenant_id -> Uuid,
        sequence -> Int8,
        digest -> Bytea,
        sealed_at -> Nullable<Timestamptz>,
        settled -> Int8,
    }
}

diesel::table! {
    audit_link (tenant_id, sequence) {
        tenant_id -> Uuid,
        sequence -> Int8,
        record_id -> Uuid,
        digest -> Bytea,
    }
}

diesel::table! {
    platform_record (id) {
        id -> Uuid,
        at -> Timestamptz,
        person_id -> Nullable<Uuid>,
        subject_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        tenant_id -> Nullable<Uuid>,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<Uuid>,
        detail -> Jsonb,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        written_in -> Int8,
    }
}

diesel::table! {
    platform_head (single) {
        single -> Bool,
        sequence -> Int8,
        digest -> Bytea,
        sealed_at -> Nullable<Timestamptz>,
        settled -> Int8,
    }
}

diesel::table! {
    platform_link (sequence) {
        sequence -> Int8,
        record_id -> Uuid,
        digest -> Bytea,
    }
}
