//! A rule that stops with an error: its council's claims are suspended with a sentence, pay nothing and take nothing
//! back; the other council's claims go on.

use counterfoil_core::entry::EntryKind;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::words::Words;
use counterfoil_core::pricing::{Fault, Reason};
use counterfoil_core::statement::Actuals;
use counterfoil_tenants::steps::change_records::{Touched, reassess};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::support::{Town, World, date, pence, saturday, week, winter};

/// Where the description lies in the guest's memory: name `g`, version `1`, covers nothing, schema `{}`.
const DESCRIPTION: u32 = 1_024;

/// A component that describes itself and stops with an error on every claim.
pub(crate) fn trapping() -> Vec<u8> {
    let text = DESCRIPTION + 64;
    let words: Vec<u8> =
        [text, 1, text + 1, 1, 0, 0, text + 2, 2, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
    let escaped: String = words.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let wat = format!(
        r#"(module
  (memory (export "memory") 8)
  (global $next (mut i32) (i32.const 262144))
  (data (i32.const {DESCRIPTION}) "{escaped}")
  (data (i32.const {text}) "g1{{}}")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "counterfoil:rules/pricing@1.0.0#describe") (result i32) (i32.const {DESCRIPTION}))
  (func (export "counterfoil:rules/pricing@1.0.0#assess") (param i32) (result i32) unreachable)
)"#
    );
    let mut module = wat::parse_str(wat).unwrap();
    let mut resolve = Resolve::default();
    let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rule-plugins/wit/1.0.0");
    let package = resolve.push_dir(wit).unwrap().0;
    let world = resolve.select_world(&[package], Some("rule")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_traps_suspends_its_councils_claims_and_no_others() {
    let world = World::new().await;
    let (broken, sound) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    let (one, other) = (broken.home_care(7_000).await, sound.home_care(7_000).await);
    let paid = broken.confirmed_as_planned(&one, saturday()).await;
    broken.run(saturday()).await;

    let component = world.engine.load(&trapping()).unwrap();
    let at = winter(date(2024, 12, 28), 8, 0, 0);
    broken.switch_on(&component, saturday(), at).await;
    // what was paid already is assessed again, as after any change
    reassess(&broken.service, &world.means, at, Touched::From(saturday())).await.unwrap();
    let mut stated = Vec::new();
    for (town, care) in [(&broken, &one), (&sound, &other)] {
        let id = town.claim(care, week(1)).await.id;
        town.state(id, Actuals::AsPlanned, "", winter(date(2024, 12, 28), 9, 0, 0)).await;
        town.confirm(id, winter(date(2024, 12, 28), 10, 0, 0)).await;
        stated.push(id);
    }
    for id in [paid, stated[0]] {
        let (row, charges) = broken.assessed(id).await;
        let fault = row.fault.unwrap();
        assert!(matches!(fault, Fault::Trapped { .. }), "{fault:?}");
        assert!(fault.to_string().starts_with("the rule stopped with an error of its own"), "{fault}");
        let words = Words::of(Language::English, [&*world.means.words]);
        let sentence = words.sentence(&Reason::plain(fault.code())).words;
        assert_eq!(sentence, "The council's rule stopped with an error on this claim: an officer looks.");
        assert_eq!((charges.len(), row.payable_pence), (0, pence(0)));
    }

    let (of_broken, of_sound) = (broken.run(week(1)).await, sound.run(week(1)).await);
    assert!(broken.entries(of_broken).await.is_empty(), "nothing is paid and nothing taken back");
    assert_eq!(broken.story_of(paid).await, [(EntryKind::First, pence(13_195))]);
    assert_eq!(sound.story_of(stated[1]).await, [(EntryKind::First, pence(13_195))]);
    assert_eq!(sound.read_file(of_sound).await.total, 13_195);

    // the rule from before is switched on again: the claim is priced and paid, and the paid one stays as it was
    let at = winter(date(2025, 1, 4), 8, 0, 0);
    broken.switch_on(&world.standard, saturday(), at).await;
    reassess(&broken.service, &world.means, at, Touched::From(saturday())).await.unwrap();
    broken.run(week(2)).await;
    assert_eq!(broken.story_of(stated[0]).await, [(EntryKind::First, pence(13_195))]);
    assert_eq!(broken.story_of(paid).await, [(EntryKind::First, pence(13_195))]);
}
