//! The tables behind invoices that providers write and the calendars of client billing: migration 0023.

diesel::table! {
    invoice_setting (tenant_id, recorded_at) {
        tenant_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        allowed -> Bool,
    }
}

diesel::table! {
    provider_invoice (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        organisation_id -> Uuid,
        contract_id -> Uuid,
        number -> Text,
        number_key -> Text,
        dated -> Date,
        submission -> Uuid,
        submitted_at -> Timestamptz,
        submitted_by -> Jsonb,
        name -> Text,
        comment -> Text,
        expected_pence -> Int8,
        priced_pence -> Int8,
    }
}

diesel::table! {
    provider_invoice_line (tenant_id, invoice_id, number) {
        tenant_id -> Uuid,
        invoice_id -> Uuid,
        number -> Int4,
        organisation_id -> Uuid,
        claim_id -> Uuid,
        line -> Int4,
        receipt -> Uuid,
        planned -> Int8,
        delivered -> Int8,
        frustrated -> Int8,
        expected_pence -> Int8,
        priced_pence -> Nullable<Int8>,
        worked_out -> Text,
    }
}

diesel::table! {
    provider_invoice_withdrawal (tenant_id, invoice_id) {
        tenant_id -> Uuid,
        invoice_id -> Uuid,
        organisation_id -> Uuid,
        withdrawn_at -> Timestamptz,
        withdrawn_by -> Jsonb,
        because -> Text,
    }
}

diesel::table! {
    billing_schedule (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
        definition -> Jsonb,
    }
}

diesel::table! {
    billing_period (tenant_id, schedule_id, number) {
        tenant_id -> Uuid,
        schedule_id -> Uuid,
        number -> Int4,
        starts -> Date,
        ends -> Date,
        last_actuals -> Timestamptz,
        issued -> Date,
        origin -> Jsonb,
    }
}
