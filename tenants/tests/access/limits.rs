//! Limits by contract: what somebody sees who is limited, and what they can be limited to.

use std::collections::BTreeSet;

use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{ContractId, PersonId, TenantId};
use counterfoil_tenants::identity::OrganisationRole::{Administrator, Staff};
use counterfoil_tenants::identity::people::Sees;
use counterfoil_tenants::{Error, claim, contract};
use counterfoil_testkit::{Contracted, TestClaim, TestCouncil, TestDatabase, TestProvider, instant};

use crate::support::{administrator_of, asks};

/// Two contracts with one council and one with another, a claim of each, and a manager.
struct Town {
    db: TestDatabase,
    provider: TestProvider,
    manager: PersonId,
    made: Vec<(TenantId, Contracted, TestClaim)>,
}

impl Town {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let provider = TestProvider::new(&db, "Good Care").await;
        let manager = administrator_of(&db, &provider, "manager@care.example").await;
        let mut made = Vec::new();
        for (name, contracts) in [("Worcestershire", 2), ("Bradford", 1)] {
            let council = TestCouncil::new(&db, name).await;
            let schedule = council.weekly_schedule(&db, 1).await;
            for _ in 0..contracts {
                let contracted = council.contract_with(&db, &schedule, &provider).await;
                let claim = council.claim(&db, &schedule, &contracted, 0).await;
                made.push((council.tenant, contracted, claim));
            }
        }
        Self { db, provider, manager, made }
    }

    fn contract(&self, number: usize) -> (TenantId, ContractId) {
        (self.made[number].0, self.made[number].1.contract)
    }

    async fn limit(&self, contracts: BTreeSet<(TenantId, ContractId)>) -> Result<(), Error> {
        let sees = Sees::Contracts(contracts);
        let identity = self.db.identity();
        let (by, whom) = (asks(self.manager), self.provider.person);
        identity.change_person(&by, self.provider.organisation, whom, (Staff, &sees)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_person_sees_the_claims_and_lines_of_their_contracts_only() {
    let town = Town::new().await;
    let identity = town.db.identity();
    let person = town.provider.person;
    town.limit(BTreeSet::from([town.contract(0)])).await.unwrap();

    let scope = identity.provider_scope(person).await.unwrap();
    assert!(!scope.sees_whole(town.provider.organisation));
    let (claims, contracts) = scope
        .read(async |tx| {
            let claims = claim::of_provider(tx, &[ClaimState::Generated], 100).await?;
            Ok((claims, contract::of_provider(tx).await?))
        })
        .await
        .unwrap();
    let (tenant, own, generated) = &town.made[0];
    assert_eq!(claims.iter().map(|(_, claim)| claim.id).collect::<Vec<_>>(), [generated.id]);
    assert_eq!(contracts.iter().map(|(_, contract)| contract.id).collect::<Vec<_>>(), [own.contract]);

    let organisation = town.provider.organisation;
    let at = instant(2024, 12, 9, 9);
    for (number, (council, _, made)) in town.made.iter().enumerate() {
        let read = scope
            .transaction(at, *council, organisation, async |tx| {
                let lines = claim::lines_of(tx, made.id).await?;
                Ok((claim::find_own(tx, made.id).await.is_ok(), lines.len()))
            })
            .await
            .unwrap();
        assert_eq!(read, if number == 0 { (true, 1) } else { (false, 0) }, "contract {number}");
    }
    let locked = scope
        .transaction(at, *tenant, organisation, async |tx| claim::lock_own(tx, town.made[1].2.id).await.map(|_| ()))
        .await;
    assert!(matches!(locked, Err(Error::NotFound)), "nor can they take hold of another contract's claim");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_follow_what_the_manager_says() {
    let town = Town::new().await;
    let identity = town.db.identity();
    let person = town.provider.person;
    let seen = async || {
        let scope = identity.provider_scope(person).await.unwrap();
        scope.read(async |tx| Ok(contract::of_provider(tx).await?.len())).await.unwrap()
    };
    assert_eq!(seen().await, 3);
    town.limit(BTreeSet::from([town.contract(0), town.contract(2)])).await.unwrap();
    assert_eq!(seen().await, 2);
    let kept = identity.people_of(town.provider.organisation).await.unwrap();
    let kept = kept.iter().find(|member| member.person == person).unwrap();
    assert_eq!(kept.sees, Sees::Contracts(BTreeSet::from([town.contract(0), town.contract(2)])));
    let everything = (Staff, &Sees::Everything);
    identity.change_person(&asks(town.manager), town.provider.organisation, person, everything).await.unwrap();
    assert_eq!(seen().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_limited_in_one_organisation_sees_all_of_another() {
    let town = Town::new().await;
    let identity = town.db.identity();
    town.limit(BTreeSet::from([town.contract(0)])).await.unwrap();
    let other = TestProvider::new(&town.db, "Other Care").await;
    let council = TestCouncil::new(&town.db, "Fenmere").await;
    let schedule = council.weekly_schedule(&town.db, 1).await;
    let theirs = council.contract_with(&town.db, &schedule, &other).await;
    let person = town.provider.person;
    identity.join_organisation(person, other.organisation, Staff, crate::support::noon()).await.unwrap();
    let scope = identity.provider_scope(person).await.unwrap();
    let contracts = scope.read(async |tx| contract::of_provider(tx).await).await.unwrap();
    let seen: BTreeSet<_> = contracts.iter().map(|(_, contract)| contract.id).collect();
    assert_eq!(seen, BTreeSet::from([town.contract(0).1, theirs.contract]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_limited_to_what_is_not_the_organisations() {
    let town = Town::new().await;
    let identity = town.db.identity();
    let rival = TestProvider::new(&town.db, "Other Care").await;
    let council = TestCouncil::new(&town.db, "Fenmere").await;
    let schedule = council.weekly_schedule(&town.db, 1).await;
    let theirs = council.contract_with(&town.db, &schedule, &rival).await;
    for wrong in [(council.tenant, theirs.contract), (council.tenant, town.contract(0).1)] {
        let refused = town.limit(BTreeSet::from([town.contract(0), wrong])).await;
        assert!(matches!(refused, Err(Error::NotFound)));
    }
    let none = town.limit(BTreeSet::new()).await;
    assert!(matches!(none, Err(Error::Refused(_))), "nothing selected");
    let sees = Sees::Contracts(BTreeSet::from([town.contract(0)]));
    let (by, organisation) = (asks(town.manager), town.provider.organisation);
    let administrator = identity.change_person(&by, organisation, town.provider.person, (Administrator, &sees)).await;
    assert!(matches!(administrator, Err(Error::Refused(_))));
    // the manager of two organisations does not limit somebody of one to the other's contracts
    identity.join_organisation(town.manager, rival.organisation, Administrator, crate::support::noon()).await.unwrap();
    let others = town.limit(BTreeSet::from([(council.tenant, theirs.contract)])).await;
    assert!(matches!(others, Err(Error::NotFound)));
}
