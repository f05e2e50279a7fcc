//! `schema.rs` says what the migrations say: it is exactly what this test would write.

use std::fmt::Write as _;

use counterfoil_testkit::TestDatabase;

use crate::server::Server;

/// In the order of the migrations.
const SCHEMA: [&str; 11] = [
    include_str!("../../src/schema.rs"),
    include_str!("../../src/schema/access.rs"),
    include_str!("../../src/schema/care.rs"),
    include_str!("../../src/schema/payments.rs"),
    include_str!("../../src/schema/talk.rs"),
    include_str!("../../src/schema/documents.rs"),
    include_str!("../../src/schema/invoices.rs"),
    include_str!("../../src/schema/rules.rs"),
    include_str!("../../src/schema/revisions.rs"),
    include_str!("../../src/schema/trials.rs"),
    include_str!("../../src/schema/languages.rs"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_query_builder_knows_the_tables_as_they_are() {
    let db = TestDatabase::new().await;
    let mut server = Server::new(&db).await;
    let columns = server
        .lines(
            "SELECT c.relname || '|' || a.attname || '|' || format_type(a.atttypid, a.atttypmod) || '|' || \
             a.attnotnull::text || '|' || (SELECT string_agg(k.attname, ', ' ORDER BY key.place) \
               FROM pg_constraint p CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS key(number, place) \
               JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = key.number \
               WHERE p.conrelid = c.oid AND p.contype = 'p') AS line \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
             AND c.relname <> '__diesel_schema_migrations' ORDER BY c.oid, a.attnum",
        )
        .await;
    let mut expected = String::new();
    let mut table = "";
    for line in &columns {
        let parts: Vec<&str> = line.split('|').collect();
        let [name, column, kind, not_null, key] = parts[..] else { panic!("{line}") };
        if name != table {
            let end = if table.is_empty() { "" } else { "    }\n}\n\n" };
            write!(expected, "{end}diesel::table! {{\n    {name} ({key}) {{\n").unwrap();
            table = name;
        }
        let kind = match kind {
            "uuid" => "Uuid",
            "text" => "Text",
            "timestamp with time zone" => "Timestamptz",
            "jsonb" => "Jsonb",
            "integer" => "Int4",
            "bigint" => "Int8",
            "smallint" => "Int2",
            "boolean" => "Bool",
            "date" => "Date",
            "bytea" => "Bytea",
            "text[]" => "Array<Text>",
            other => panic!("{name}.{column} is {other}, which this test does not know"),
        };
        let kind = if not_null == "true" { kind.to_owned() } else { format!("Nullable<{kind}>") };
        writeln!(expected, "        {column} -> {kind},").unwrap();
    }
    expected.push_str("    }\n}\n");
    let written = SCHEMA.map(|file| &file[file.find("diesel::table!").unwrap()..]).join("\n");
    for (number, (written, expected)) in written.lines().zip(expected.lines()).enumerate() {
        assert_eq!(written, expected, "line {number} after the first table");
    }
    assert_eq!(written.lines().count(), expected.lines().count());
}
