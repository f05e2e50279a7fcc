//! The interface in TypeScript has every shape of the published one, field by field.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use counterfoil_rules::abi::frozen;
use wit_parser::{Function, Interface, Resolve, Type, TypeDef, TypeDefKind};

#[test]
fn the_interface_in_typescript_is_that_of_the_newest_version() {
    let rule_plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut resolve = Resolve::default();
    let package = resolve.push_dir(rule_plugins.join("wit").join(frozen().next().unwrap())).unwrap().0;
    let pricing = &resolve.interfaces[resolve.packages[package].interfaces["pricing"]];
    let written = std::fs::read_to_string(rule_plugins.join("sdk/typescript/interface.ts")).unwrap();
    let comment = |line: &&str| !line.trim_start().starts_with('/') && !line.trim().is_empty();
    let written: Vec<&str> = written.lines().filter(comment).collect();
    let expected = in_typescript(&resolve, pricing);
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(written, expected);
}

fn in_typescript(resolve: &Resolve, interface: &Interface) -> String {
    let mut text = String::new();
    for id in interface.types.values() {
        shape(&mut text, resolve, &resolve.types[*id]);
    }
    text.push_str("export interface Pricing {\n");
    for function in interface.functions.values() {
        method(&mut text, resolve, function);
    }
    text + "}\n"
}

fn shape(text: &mut String, resolve: &Resolve, shape: &TypeDef) {
    let name = pascal(shape.name.as_deref().unwrap());
    match &shape.kind {
        TypeDefKind::Record(record) => {
            writeln!(text, "export interface {name} {{").unwrap();
            for field in &record.fields {
                writeln!(text, "  readonly {}: {};", camel(&field.name), typed(resolve, &field.ty)).unwrap();
            }
            text.push_str("}\n");
        }
        TypeDefKind::Enum(cases) => {
            let cases = cases.cases.iter().map(|case| format!("\n  | \"{}\"", case.name)).collect::<String>();
            writeln!(text, "export type {name} ={cases};").unwrap();
        }
        TypeDefKind::Variant(cases) => {
            let case = |case: &wit_parser::Case| {
                let value = typed(resolve, case.ty.as_ref().unwrap());
                format!("\n  | {{ readonly tag: \"{}\"; readonly val: {value} }}", case.name)
            };
            let cases = cases.cases.iter().map(case).collect::<String>();
            writeln!(text, "export type {name} ={cases};").unwrap();
        }
        TypeDefKind::Type(of) => writeln!(text, "export type {name} = {};", typed(resolve, of)).unwrap(),
        other => panic!("nobody says how {} is written in TypeScript", other.as_str()),
    }
}

fn method(text: &mut String, resolve: &Resolve, function: &Function) {
    let given = |param: &wit_parser::Param| format!("{}: {}", camel(&param.name), typed(resolve, &param.ty));
    let params: Vec<String> = function.params.iter().map(given).collect();
    let result = typed(resolve, function.result.as_ref().unwrap());
    writeln!(text, "  {}({}): {result};", camel(&function.name), params.join(", ")).unwrap();
}

fn typed(resolve: &Resolve, of: &Type) -> String {
    match of {
        Type::Bool => "boolean".to_owned(),
        Type::U8 | Type::U16 | Type::U32 | Type::S32 => "number".to_owned(),
        Type::S64 => "bigint".to_owned(),
        Type::String => "string".to_owned(),
        Type::Id(id) => {
            let def = &resolve.types[*id];
            match (&def.name, &def.kind) {
                (Some(name), _) => pascal(name),
                (None, TypeDefKind::Option(of)) => typed(resolve, of) + " | undefined",
                (None, TypeDefKind::List(of)) => format!("readonly {}[]", typed(resolve, of)),
                (None, TypeDefKind::Tuple(of)) => {
                    let parts: Vec<String> = of.types.iter().map(|of| typed(resolve, of)).collect();
                    format!("readonly [{}]", parts.join(", "))
                }
                (None, other) => panic!("nobody says how {} is written in TypeScript", other.as_str()),
            }
        }
        other => panic!("nobody says how {other:?} is written in TypeScript"),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('-');
    words.next().map(str::to_owned).into_iter().chain(words.map(pascal)).collect()
}

fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capital).collect()
}
