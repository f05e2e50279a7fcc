//! The table behind providers' requests for payment: migration 0020.

diesel::table! {
    payment_request (tenant_id, batch, contract_id) {
        tenant_id -> Uuid,
        batch -> Uuid,
        contract_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        up_to -> Date,
        requested_at -> Timestamptz,
        requested_by -> Jsonb,
        done_at -> Nullable<Timestamptz>,
        claims -> Nullable<Int4>,
    }
}
