//! The table that says how often what a council shows has changed: migration 0025.

diesel::table! {
    council_revision (tenant_id, organisation_id) {
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        revision -> Int8,
    }
}
