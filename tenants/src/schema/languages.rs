//! In which languages councils explain what they pay: migration 0028.

diesel::table! {
    explanation_setting (tenant_id, recorded_at) {
        tenant_id -> Uuid,
        recorded_at -> Timestamptz,
        recorded_by -> Jsonb,
        welsh -> Bool,
        usual -> Text,
        welsh_words -> Jsonb,
    }
}
