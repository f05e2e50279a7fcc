//! Taking a council on, suspending and resuming it. A council has to be usable from its first day: a key for its bank
//! details, settings to begin with, a name and colour, and an administrator who is invited.
//!
//! Its own data are written in its own scope and so in another transaction than the platform's. It stays suspended until
//! all is there; whoever was interrupted says the same again, and it goes on from where it was.

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_core::actor::Actor;
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;
use counterfoil_core::money::Money;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{Record, platform};
use crate::bank;
use crate::error::{Error, Result};
use crate::identity::brand::{self, Contacts, NewBrand, NewLogo};
use crate::identity::invite::{self, Invited, one_line};
use crate::identity::{Asked, Council, CouncilRole, Identity, Nation, acting, council, person, staff, taken};
use crate::profile::{self, PaymentFormat, Profile, SubmissionDay};
use crate::record::Kept as _;
use crate::schema;
use crate::scope::{CouncilScope, Tx};
use crate::vault::MasterKey;

/// The longest name of a council.
const LONGEST_NAME: usize = 120;
/// The longest reason.
const LONGEST_REASON: usize = 500;
/// What a provider declares until the council words it otherwise.
const DECLARATION: &str = "I declare that this is a true record of the care that was delivered.";
const TAKEN: &str = "There is a council of that name in addresses already.";

/// A council to take on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCouncil {
    /// Its name in addresses: lower-case letters, digits and hyphens, at most 60.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Its country.
    pub nation: Nation,
    /// Its colour, as `#rrggbb`.
    pub colour: String,
    /// Where its first administrator is invited.
    pub administrator_email: String,
    /// Their name.
    pub administrator_name: String,
    /// Whether it asks for passwords that keep to the published rule.
    pub published_password_rule: bool,
}

/// A council that was taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onboarded {
    /// The council.
    pub tenant: TenantId,
    /// Its first administrator.
    pub administrator: Invited,
}

impl NewCouncil {
    fn checked(&self) -> Result<Self> {
        let slug = self.slug.trim().to_owned();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if slug.is_empty() || slug.len() > 60 || !slug.bytes().all(plain) || slug.starts_with('-') {
            let words = "Enter a name for addresses with lower-case letters, digits and hyphens, like south-tyneside";
            return Err(Error::Refused(words.to_owned()));
        }
        let name = one_line(&self.name, LONGEST_NAME, "a name")?;
        if name.is_empty() {
            return Err(Error::Refused("Enter the council\u{2019}s name".to_owned()));
        }
        Ok(Self {
            slug,
            name,
            colour: brand::colour(&self.colour)?,
            administrator_email: person::email(&self.administrator_email)?,
            administrator_name: invite::name(&self.administrator_name)?,
            ..self.clone()
        })
    }
}

impl Identity {
    /// Takes a council on and invites its first administrator.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no operator; [`Error::Refused`] for what will not do; [`Error::Conflict`]
    /// where its name in addresses is taken.
    pub async fn onboard_council(&self, key: &MasterKey, asked: &Asked, new: &NewCouncil) -> Result<Onboarded> {
        let new = new.checked()?;
        let tenant = self.begin(asked, &new).await?;
        self.set_up(key, asked, tenant, &new).await?;
        self.complete(asked, tenant, &new).await
    }

    /// Puts the council down, suspended; or finds it where this was begun before.
    async fn begin(&self, asked: &Asked, new: &NewCouncil) -> Result<TenantId> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            acting::as_operator(conn, asked).await?;
            let there: Option<(Uuid, String, String)> = schema::council::table
                .filter(schema::council::slug.eq(&new.slug))
                .select((schema::council::id, schema::council::name, schema::council::nation))
                .first(conn)
                .await
                .optional()?;
            if let Some((id, name, nation)) = there {
                let tenant = TenantId::from_uuid(id);
                let same = name == new.name && nation == new.nation.raw();
                return if same && is_unfinished(conn, tenant).await? {
                    Ok(tenant)
                } else {
                    Err(Error::Conflict(TAKEN.to_owned()))
                };
            }
            let row = Council {
                id: TenantId::from_uuid(Uuid::now_v7()),
                slug: new.slug.clone(),
                name: new.name.clone(),
                nation: new.nation,
                suspended_at: Some(asked.at),
            };
            council::insert(conn, &row, asked.at).await?;
            let record = acting::on_platform(asked, Action::OnboardCouncil, row.id).for_council(row.id);
            let detail = json!({ "slug": row.slug, "name": row.name, "nation": row.nation });
            platform::write(conn, &record.detail(detail)).await?;
            Ok(row.id)
        })
        .await
        .map_err(|error| taken(error, TAKEN))
    }

    /// What the council owns from its first day.
    async fn set_up(&self, key: &MasterKey, asked: &Asked, tenant: TenantId, new: &NewCouncil) -> Result<()> {
        let actor = match asked.by {
            Some(person) => Actor::Operator { person },
            None => Actor::system("command"),
        };
        let mut scope = CouncilScope::new(self.connections().clone(), tenant, actor, None);
        if let Some(request) = &asked.origin.request_id {
            scope = scope.with_origin(request, asked.origin.address);
        }
        let looks = NewBrand {
            name: new.name.clone(),
            colour: new.colour.clone(),
            logo: NewLogo::Remove,
            contacts: Contacts::default(),
            help_text: String::new(),
        };
        scope
            .transaction(asked.at, async |tx: &mut Tx<'_>| {
                let today = clock::local_time(asked.at).date();
                let has_settings = profile::on(tx, today).await.is_ok();
                let has_looks = brand::newest(tx).await?.is_some();
                let mut audited = tx.audited(Record::of(Action::SetUp, tenant)).await?;
                bank::ensure_key(&mut audited, key).await?;
                if !has_settings {
                    let settings = Profile {
                        valid_from: today,
                        recorded_at: asked.at,
                        recorded_by: audited.actor(),
                        name_shown: new.name.clone(),
                        vocabulary: Vocabulary::Actuals,
                        payment_format: PaymentFormat::Bacs,
                        small_balance_pence: Money::ZERO,
                        submission: SubmissionDay::NextWorkingDay,
                        messages: BTreeMap::new(),
                        verification_statement: DECLARATION.to_owned(),
                    };
                    profile::add(&mut audited, settings).await?;
                }
                if !has_looks {
                    let record = Record::on(Action::BrandCouncil, "council");
                    let detail = json!({ "name": looks.name, "colour": looks.colour });
                    let mut audited = tx.audited(record.detail(detail)).await?;
                    brand::write(&mut audited, &looks, None).await?;
                }
                Ok(())
            })
            .await
    }

    /// Opens the council, to the administrator who is invited.
    async fn complete(&self, asked: &Asked, tenant: TenantId, new: &NewCouncil) -> Result<Onboarded> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council_as_operator(conn, asked, tenant).await?;
            if !is_unfinished(conn, tenant).await? {
                return Err(Error::Conflict(TAKEN.to_owned())); // somebody else has said the same at the same moment
            }
            diesel::update(schema::council::table.find(tenant.uuid()))
                .set((
                    schema::council::suspended_at.eq(None::<chrono::DateTime<chrono::Utc>>),
                    schema::council::published_password_rule.eq(new.published_password_rule),
                ))
                .execute(conn)
                .await?;
            let roles = BTreeSet::from([CouncilRole::Administrator]);
            let who = (new.administrator_email.as_str(), new.administrator_name.as_str());
            let administrator = staff::join(conn, asked, &council, who, &roles).await?;
            Ok(Onboarded { tenant, administrator })
        })
        .await
    }

    /// Suspends a council: nobody acts for it any more, and its pages are gone with the next request. Its jobs go on.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no operator, and for a council that is none; [`Error::Refused`] without a
    /// reason, and where it is suspended already.
    pub async fn suspend_council(&self, asked: &Asked, tenant: TenantId, reason: &str) -> Result<()> {
        let reason = one_line(reason, LONGEST_REASON, "a reason")?;
        if reason.is_empty() {
            return Err(Error::Refused("Enter why the council is suspended".to_owned()));
        }
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council_as_operator(conn, asked, tenant).await?;
            let open = schema::council::table.find(tenant.uuid()).filter(schema::council::suspended_at.is_null());
            let changed = diesel::update(open).set(schema::council::suspended_at.eq(asked.at)).execute(conn).await?;
            if changed == 0 {
                return Err(Error::Refused("The council is suspended already.".to_owned()));
            }
            self::record(conn, asked, &council, Action::SuspendCouncil, json!({ "reason": reason })).await
        })
        .await
    }

    /// Resumes a suspended council: whoever acted for it does so again.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever is no operator, and for a council that is none; [`Error::Refused`] where it is
    /// not suspended, or was never taken on to the end.
    pub async fn resume_council(&self, asked: &Asked, tenant: TenantId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council_as_operator(conn, asked, tenant).await?;
            if is_unfinished(conn, tenant).await? {
                let words = "This council was not taken on to the end. Add it again, with the same name.";
                return Err(Error::Refused(words.to_owned()));
            }
            let suspended =
                schema::council::table.find(tenant.uuid()).filter(schema::council::suspended_at.is_not_null());
            let none = None::<chrono::DateTime<chrono::Utc>>;
            if diesel::update(suspended).set(schema::council::suspended_at.eq(none)).execute(conn).await? == 0 {
                return Err(Error::Refused("The council is not suspended.".to_owned()));
            }
            self::record(conn, asked, &council, Action::ResumeCouncil, json!({})).await
        })
        .await
    }
}

/// In the council's own record and in the platform's.
async fn record(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    council: &acting::OfCouncil,
    action: Action,
    detail: serde_json::Value,
) -> Result<()> {
    let record = acting::on_platform(asked, action, council.tenant).for_council(council.tenant);
    platform::write(conn, &record.detail(detail.clone())).await?;
    council.record(conn, asked, Record::of(action, council.tenant).detail(detail)).await
}

/// Whether taking it on was begun and not ended: it is suspended, and has no staff, which a council otherwise cannot lose.
async fn is_unfinished(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<bool> {
    use schema::{council, council_member};
    let suspended = council::table.find(tenant.uuid()).select(council::suspended_at.is_not_null());
    let suspended: bool = suspended.first(conn).await?;
    let staff = council_member::table.filter(council_member::tenant_id.eq(tenant.uuid()));
    let has_staff: bool = diesel::select(diesel::dsl::exists(staff)).get_result(conn).await?;
    Ok(suspended && !has_staff)
}
