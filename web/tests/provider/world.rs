//! Two councils, two providers, and priced claims.

use counterfoil_core::claim::ClaimState;
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, ClaimId, PersonId};
use counterfoil_core::money::{Money, Rate};
use counterfoil_core::pricing::{Arg, Reason};
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_core::tolerance::{LineUse, Use};
use counterfoil_tenants::assessment::{self, AssessmentRow, Purpose};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::charge::{self, Charges};
use counterfoil_tenants::claim;
use counterfoil_tenants::identity::{CouncilRole, OrganisationRole};
use counterfoil_tenants::statement::{self, NewStatement, Source};
use counterfoil_testkit::{Contracted, TestClaim, TestCouncil, TestDatabase, TestProvider, WeeklySchedule, instant};

/// A council with a weekly schedule.
pub(crate) struct Council {
    pub(crate) is: TestCouncil,
    pub(crate) slug: &'static str,
    pub(crate) schedule: WeeklySchedule,
}

impl Council {
    pub(crate) async fn new(db: &TestDatabase, name: &'static str, slug: &'static str) -> Self {
        let is = TestCouncil::new(db, name).await;
        let schedule = is.weekly_schedule(db, 4).await;
        Self { is, slug, schedule }
    }

    /// A contract with a provider, which is linked.
    pub(crate) async fn contract(&self, db: &TestDatabase, provider: &TestProvider) -> Contracted {
        let at = instant(2024, 4, 1, 9);
        db.identity().link_organisation(self.is.tenant, provider.organisation, at).await.unwrap();
        self.is.contract_with(db, &self.schedule, provider).await
    }

    /// A claim for a week, stated and priced: 7 hours at £18.85, of which so many pence are suspended.
    pub(crate) async fn priced(
        &self,
        db: &TestDatabase,
        contracted: &Contracted,
        (week, suspended): (usize, i64),
    ) -> TestClaim {
        let claim = self.is.claim(db, &self.schedule, contracted, week).await;
        let total = 13_195;
        let charged = |amount: i64, disposition, code: &str| DisposedCharge {
            line: 0,
            from: instant(2024, 12, 7, 0).date_naive() + chrono::Days::new(7 * u64::try_from(week).unwrap()),
            to: instant(2024, 12, 13, 0).date_naive() + chrono::Days::new(7 * u64::try_from(week).unwrap()),
            visit: None,
            accounts_for: 7_000,
            units: 7_000,
            divisor: 1,
            rate: Some(Rate::from_ten_thousandths(188_500)),
            amount: Money::from_pence(amount),
            disposition,
            reason: Reason { code: code.to_owned(), args: vec![Arg::Units(7_000)] },
            moved_by: None,
        };
        let mut charges = vec![charged(total - suspended, Disposition::Payable, "delivered")];
        if suspended > 0 {
            charges.push(charged(suspended, Disposition::Suspended, "above-plan"));
        }
        let id = AssessmentId::from_uuid(db.id());
        let row = AssessmentRow {
            id,
            organisation_id: contracted.organisation,
            claim_id: claim.id,
            statement_version: 1,
            purpose: Purpose::Shown,
            input: b"{}".to_vec(),
            input_digest: "a".repeat(64),
            component_digest: "b".repeat(64),
            pack: "standard".to_owned(),
            pack_version: "1.2.0".to_owned(),
            interface: "1.0.0".to_owned(),
            engine: "test".to_owned(),
            fuel: 1,
            fault: None,
            findings: Vec::new(),
            weighed: serde_json::json!({}),
            uses: vec![LineUse {
                line: 0,
                whole: Use {
                    planned_units: 7_000,
                    claimed_units: 7_000,
                    planned: Money::from_pence(total),
                    claimed: Money::from_pence(total),
                },
                visits: Vec::new(),
            }],
            assessed_at: instant(2024, 12, 14, 10),
            planned_pence: Money::from_pence(total),
            claimed_pence: Money::from_pence(total),
            payable_pence: Money::from_pence(total - suspended),
            suspended_pence: Money::from_pence(suspended),
            rejected_pence: Money::ZERO,
            pending_pence: Money::ZERO,
        };
        let stated = NewStatement {
            organisation_id: contracted.organisation,
            claim_id: claim.id,
            version: 1,
            source: Source::Screen,
            body: Statement {
                lines: vec![LineStatement {
                    line: 0,
                    actuals: Actuals::AsPlanned,
                    comment: "All as planned".to_owned(),
                }],
                payment_reference: "INV-7".to_owned(),
                note: String::new(),
            },
        };
        self.is
            .scope
            .transaction(instant(2024, 12, 14, 10), async |tx| {
                let mut audited = tx.audited(Record::of(Action::AssessClaim, claim.id)).await?;
                statement::add(&mut audited, stated.clone()).await?;
                assessment::add(&mut audited, vec![row.clone()]).await?;
                let charges = Charges {
                    assessment_id: id,
                    organisation_id: contracted.organisation,
                    claim_id: claim.id,
                    charges: charges.clone(),
                };
                charge::add(&mut audited, vec![charges]).await?;
                claim::set_assessment(&mut audited, claim.id, 1, id).await
            })
            .await
            .unwrap();
        claim
    }

    /// Moves a claim to a state.
    pub(crate) async fn moved(&self, id: ClaimId, to: ClaimState) {
        let moved = self
            .is
            .scope
            .transaction(instant(2024, 12, 18, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::ConfirmClaim, id)).await?;
                claim::move_all(&mut audited, &[id], &ClaimState::ALL, to, None).await
            })
            .await
            .unwrap();
        assert_eq!(moved, [id]);
    }

    /// Another member of its staff.
    pub(crate) async fn member(&self, db: &TestDatabase, name: &str, roles: &[CouncilRole]) -> PersonId {
        let person = person(db, name).await;
        for role in roles {
            db.identity().join_council(person, self.is.tenant, *role, instant(2024, 1, 1, 9)).await.unwrap();
        }
        person
    }

    /// Where its claims with a provider are.
    pub(crate) fn claims_of(&self, provider: &TestProvider) -> String {
        format!("/organisations/{}/councils/{}/claims", provider.organisation, self.slug)
    }
}

/// Somebody with a login.
pub(crate) async fn person(db: &TestDatabase, name: &str) -> PersonId {
    let id = PersonId::from_uuid(db.id());
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    db.identity().add_person(id, &email, name, instant(2024, 1, 1, 9)).await.unwrap();
    id
}

/// Somebody who administers a provider's organisation.
pub(crate) async fn administrator(db: &TestDatabase, provider: &TestProvider, name: &str) -> PersonId {
    let person = person(db, name).await;
    let at = instant(2024, 1, 1, 9);
    db.identity().join_organisation(person, provider.organisation, OrganisationRole::Administrator, at).await.unwrap();
    person
}

impl Council {
    /// So many copies of a claim, each a week earlier than the one before it.
    pub(crate) async fn copies(&self, db: &TestDatabase, claim: ClaimId, many: u64) {
        let ids: Vec<ClaimId> = (0..many).map(|_| ClaimId::from_uuid(db.id())).collect();
        let made = self
            .is
            .scope
            .transaction(instant(2024, 12, 7, 0), async |tx| {
                let copied = claim::find(tx, claim).await?;
                let mut audited = tx.audited(Record::of(Action::GenerateClaims, self.schedule.id)).await?;
                let weeks = (1..).map(|week| chrono::Days::new(7 * week));
                let copy = |(id, weeks): (&ClaimId, chrono::Days)| claim::Claim {
                    id: *id,
                    starts: copied.starts - weeks,
                    ends: copied.ends - weeks,
                    ..copied.clone()
                };
                claim::generate(&mut audited, ids.iter().zip(weeks).map(copy).collect()).await
            })
            .await
            .unwrap();
        assert_eq!(made.len(), ids.len());
    }
}
