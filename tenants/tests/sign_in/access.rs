//! What a login may do, as far as signing in asks: whose rule its password has to keep, and what single sign-on vouches
//! for.

use counterfoil_core::ids::OrganisationId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::login::NotChanged;
use counterfoil_tenants::identity::password::Unfit;
use counterfoil_tenants::identity::{CouncilRole, OrganisationRole};
use counterfoil_testkit::{TestCouncil, TestPerson, asked};

use crate::support::{HOME, World, minutes, morning};

/// Twelve characters and hard to guess, without what the published rule asks for.
const PLAIN: &str = "another tugboat ladle";
const KEEPS_RULE: &str = "Another tugboat 47";

async fn asks_for_the_rule(world: &World, council: &TestCouncil) {
    let id = council.tenant.uuid();
    world.run(&format!("UPDATE council SET published_password_rule = true WHERE id = '{id}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_council_that_asks_for_the_published_rule_is_enough() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let strict = TestCouncil::new(db, "Worcestershire").await;
    let other = TestCouncil::new(db, "Bradford").await;
    asks_for_the_rule(&world, &strict).await;
    let organisation = OrganisationId::from_uuid(db.id());
    identity.add_organisation(organisation, "Good Care", morning()).await.unwrap();
    identity.link_organisation(other.tenant, organisation, morning()).await.unwrap();
    let mut ann = TestPerson::new(db, "Ann Smith", morning()).await;
    identity.join_organisation(ann.id, organisation, OrganisationRole::Staff, morning()).await.unwrap();
    identity.join_council(ann.id, other.tenant, CouncilRole::Auditor, morning()).await.unwrap();

    let rule = async || identity.access(ann.id).await.unwrap().unwrap().published_password_rule();
    assert!(!rule().await);
    let at = asked(morning() + minutes(10), HOME);
    identity.change_password(&at, ann.id, &ann.password, PLAIN).await.unwrap().unwrap();
    ann.password = PLAIN.to_owned();
    assert!(!identity.login(ann.id).await.unwrap().password_keeps_rule);

    // the organisation begins to work for the strict council as well
    identity.link_organisation(strict.tenant, organisation, at.at).await.unwrap();
    assert!(identity.access(ann.id).await.unwrap().unwrap().published_password_rule());
    let unfit = identity.change_password(&at, ann.id, &ann.password, "yet another tugboat ladle").await.unwrap();
    assert_eq!(unfit, Err(NotChanged::New(Unfit::Rule)));
    identity.send_password_link(&at, &ann.email).await.unwrap();
    let token = db.link_for(&ann.email, LetterKind::ResetPassword, at.at).await;
    let unfit = identity.choose_password(&at, &token, "yet another tugboat ladle").await.unwrap();
    assert_eq!(unfit, Err(Unfit::Rule));
    // twelve characters all the same: the union, and not the one rule or the other
    assert_eq!(identity.choose_password(&at, &token, "Tugboat47").await.unwrap(), Err(Unfit::Short));
    assert_eq!(identity.choose_password(&at, &token, KEEPS_RULE).await.unwrap(), Ok(ann.id));
    assert!(identity.login(ann.id).await.unwrap().password_keeps_rule);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_of_a_council_keep_to_its_rule_while_it_is_not_suspended() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let strict = TestCouncil::new(db, "Worcestershire").await;
    asks_for_the_rule(&world, &strict).await;
    let rule = async || identity.access(strict.officer).await.unwrap().unwrap().published_password_rule();
    assert!(rule().await);
    // by hand, past the service
    world.run("UPDATE council SET suspended_at = now(); UPDATE access_revision SET revision = revision + 1").await;
    assert!(!rule().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn single_sign_on_of_a_council_vouches_for_that_council_and_nothing_else() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let (one, other) = (TestCouncil::new(db, "Worcestershire").await, TestCouncil::new(db, "Bradford").await);
    let organisation = OrganisationId::from_uuid(db.id());
    identity.add_organisation(organisation, "Good Care", morning()).await.unwrap();
    identity.link_organisation(one.tenant, organisation, morning()).await.unwrap();
    let (ann, _) = TestPerson::invited(db, "Ann Smith", morning()).await;
    for council in [&one, &other] {
        identity.join_council(ann, council.tenant, CouncilRole::Auditor, morning()).await.unwrap();
    }
    identity.join_organisation(ann, organisation, OrganisationRole::Administrator, morning()).await.unwrap();
    world.run(&format!("INSERT INTO platform_operator VALUES ('{}', now())", ann.uuid())).await;

    let access = identity.access(ann).await.unwrap().unwrap();
    assert_eq!((access.councils().len(), access.organisations().len(), access.is_operator()), (2, 1, true));
    let confined = access.confined_to(one.tenant);
    assert_eq!((confined.councils().len(), confined.organisations().len(), confined.is_operator()), (1, 0, false));
    assert_eq!(confined.council_scope(one.tenant).unwrap().tenant(), one.tenant);
    assert!(confined.council(other.tenant).is_none());
    assert!(matches!(confined.council_scope(other.tenant).map(drop), Err(Error::NotFound)));
    assert!(matches!(confined.provider_scope().map(drop), Err(Error::NotFound)));
    // a council where they are nobody leaves nothing
    let nowhere = confined.confined_to(other.tenant);
    assert!(nowhere.councils().is_empty() && nowhere.organisations().is_empty());
}
