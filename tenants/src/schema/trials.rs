//! The tables behind trials of a payment rule: migration 0027.

diesel::table! {
    rule_trial (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        digest -> Text,
        name -> Text,
        version -> Text,
        settings -> Jsonb,
        started_at -> Timestamptz,
        started_by -> Uuid,
        starter -> Text,
        state -> Text,
        ended_at -> Nullable<Timestamptz>,
        claims -> Int4,
        done -> Int4,
        listed -> Int4,
        slowest -> Jsonb,
    }
}

diesel::table! {
    rule_trial_period (tenant_id, trial_id, period_id) {
        tenant_id -> Uuid,
        trial_id -> Uuid,
        schedule_id -> Uuid,
        period_id -> Uuid,
    }
}

diesel::table! {
    rule_trial_part (tenant_id, trial_id, number) {
        tenant_id -> Uuid,
        trial_id -> Uuid,
        number -> Int4,
        contract_id -> Uuid,
        starts -> Date,
        claims -> Int4,
        done_at -> Nullable<Timestamptz>,
        left_out -> Int4,
        faulted -> Int4,
        lines -> Int4,
        differing -> Int4,
        newly_suspended -> Int4,
        payable_before -> Int8,
        payable_now -> Int8,
        suspended_before -> Int8,
        suspended_now -> Int8,
        fuel_before -> Int8,
        fuel_now -> Int8,
    }
}

diesel::table! {
    rule_trial_line (tenant_id, trial_id, claim_id, line) {
        tenant_id -> Uuid,
        trial_id -> Uuid,
        claim_id -> Uuid,
        line -> Int4,
        contract_id -> Uuid,
        payable_before -> Int8,
        payable_now -> Int8,
        suspended_before -> Int8,
        suspended_now -> Int8,
        reason -> Nullable<Jsonb>,
        fault -> Nullable<Text>,
    }
}
