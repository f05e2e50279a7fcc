//! The tables that say how often something has changed: what a council shows, migration 0025, and who may do what, 0026.

diesel::table! {
    council_revision (tenant_id, organisation_id) {
        tenant_id -> Uuid,
        organisation_id -> Uuid,
        revision -> Int8,
    }
}

diesel::table! {
    access_revision (one) {
        one -> Bool,
        revision -> Int8,
    }
}
