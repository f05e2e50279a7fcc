//! How a council shows itself to whoever works with it: its name, colour and logo, and whom to ask. Rows are added and
//! never changed; the newest counts. Everybody reads it who is invited or signs in, its administrators write it in the
//! council's own scope, and an operator when the council is taken on.

mod picture;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::TenantId;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde::Deserialize;
use serde_json::json;

use super::invite::one_line;
use super::{Asked, Identity, acting, person};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{council, council_brand};
use crate::scope::{Audited, CouncilScope, Provider, Tx};

pub use picture::{Format, LARGEST, MOST_BYTES, Picture};

/// The longest name that pages show.
const LONGEST_NAME: usize = 120;
/// The longest text of a contact.
const LONGEST_CONTACT: usize = 120;
/// The longest help text.
const LONGEST_HELP: usize = 4_000;

record! {
    /// How a council shows itself from a moment on.
    pub struct BrandRow in council_brand {
        /// From when on.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The name that pages show.
        pub name_shown: String,
        /// As `#rrggbb`, in small letters.
        pub colour: String,
        /// The logo's file.
        pub logo: Option<Vec<u8>>,
        /// Its media type.
        pub logo_type: Option<String>,
        /// Whom providers ask.
        pub contact_name: String,
        /// Their address.
        pub contact_email: String,
        /// Their telephone.
        pub contact_phone: String,
        /// When they are there.
        pub contact_hours: String,
        /// Whom to tell that a page cannot be used.
        pub accessibility_email: String,
        /// What the help page says of the council.
        pub help_text: String,
    }
}

/// How a council shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The name that pages show.
    pub name: String,
    /// As `#rrggbb`, in small letters.
    pub colour: String,
    /// The logo: its format and its file.
    pub logo: Option<(Format, Vec<u8>)>,
    /// Whom to ask.
    pub contacts: Contacts,
    /// What the help page says of the council.
    pub help_text: String,
    /// Since when; what a browser keeps is good for as long as this is the same.
    pub since: DateTime<Utc>,
}

/// As much of it as the frame of a page shows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    /// The name that pages show.
    pub name: String,
    /// As `#rrggbb`, in small letters.
    pub colour: String,
    /// Whether there is a logo.
    pub has_logo: bool,
    /// Since when; what a browser keeps is good for as long as this is the same.
    pub since: DateTime<Utc>,
}

/// Whom to ask, and when; empty where the council has not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Whom providers ask: a team or a person.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their telephone.
    pub phone: String,
    /// When they are there.
    pub hours: String,
    /// Whom to tell that a page cannot be used.
    pub accessibility_email: String,
}

/// What an administrator enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBrand {
    /// The name that pages show.
    pub name: String,
    /// As `#rrggbb`.
    pub colour: String,
    /// What becomes of the logo.
    pub logo: NewLogo,
    /// Whom to ask.
    pub contacts: Contacts,
    /// What the help page says of the council.
    pub help_text: String,
}

/// What becomes of a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewLogo {
    /// It stays, if there is one.
    Keep,
    /// There is none any more.
    Remove,
    /// Another one.
    Replace(Picture),
}

impl BrandRow {
    fn brand(self) -> Brand {
        let format = self.logo_type.as_deref().and_then(Format::of);
        Brand {
            name: self.name_shown,
            colour: self.colour,
            logo: format.zip(self.logo),
            contacts: Contacts {
                name: self.contact_name,
                email: self.contact_email,
                phone: self.contact_phone,
                hours: self.contact_hours,
                accessibility_email: self.accessibility_email,
            },
            help_text: self.help_text,
            since: self.recorded_at,
        }
    }
}

/// A part of how a council shows itself that somebody types, as errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The name that pages show.
    Name,
    /// The colour.
    Colour,
    /// Whom providers ask.
    ContactName,
    /// Their address.
    ContactEmail,
    /// Their telephone.
    ContactPhone,
    /// When they are there.
    ContactHours,
    /// Whom to tell that a page cannot be used.
    AccessibilityEmail,
    /// The help text.
    HelpText,
}

impl NewBrand {
    /// Everything that is wrong with it, in words that say what to enter, in the order in which it is asked for.
    #[must_use]
    pub fn wrong(&self) -> Vec<(Part, String)> {
        let parts = self.parts().into_iter();
        parts.filter_map(|(part, checked)| checked.err().map(|error| (part, error.to_string()))).collect()
    }

    /// Each part as it is kept: trimmed, and in small letters where that is the same.
    fn parts(&self) -> [(Part, Result<String>); 8] {
        let contact = |typed: &str, what| one_line(typed, LONGEST_CONTACT, what);
        let address = |typed: &str| if typed.trim().is_empty() { Ok(String::new()) } else { person::email(typed) };
        let contacts = &self.contacts;
        [
            (Part::Name, shown_name(&self.name)),
            (Part::Colour, colour(&self.colour)),
            (Part::ContactName, contact(&contacts.name, "the name of the contact")),
            (Part::ContactEmail, address(&contacts.email)),
            (Part::ContactPhone, contact(&contacts.phone, "the telephone number")),
            (Part::ContactHours, contact(&contacts.hours, "the opening hours")),
            (Part::AccessibilityEmail, address(&contacts.accessibility_email)),
            (Part::HelpText, help_text(&self.help_text)),
        ]
    }

    /// With everything checked.
    ///
    /// # Errors
    /// [`Error::Refused`] in words that say what to enter.
    fn checked(&self) -> Result<Self> {
        let [name, colour, contact, email, phone, hours, accessibility, help] = self.parts().map(|(_, part)| part);
        Ok(Self {
            name: name?,
            colour: colour?,
            logo: self.logo.clone(),
            contacts: Contacts {
                name: contact?,
                email: email?,
                phone: phone?,
                hours: hours?,
                accessibility_email: accessibility?,
            },
            help_text: help?,
        })
    }
}

fn shown_name(typed: &str) -> Result<String> {
    let name = one_line(typed, LONGEST_NAME, "a name")?;
    if name.is_empty() {
        return Err(Error::Refused("Enter the name that pages show".to_owned()));
    }
    Ok(name)
}

fn help_text(typed: &str) -> Result<String> {
    let text = typed.trim().replace("\r\n", "\n");
    if text.chars().count() > LONGEST_HELP {
        return Err(Error::Refused(format!("Enter a help text of {LONGEST_HELP} characters or fewer")));
    }
    Ok(text)
}

/// A colour as it is kept: `#rrggbb` in small letters.
///
/// # Errors
/// [`Error::Refused`] for anything else.
pub fn colour(typed: &str) -> Result<String> {
    let colour = typed.trim().to_ascii_lowercase();
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(colour);
    }
    Err(Error::Refused("Enter a colour as a hash and six digits or letters, like #1d70b8".to_owned()))
}

/// Sets how a council shows itself, for whoever has proved that they administer it.
///
/// # Errors
/// [`Error::Refused`] for what will not do.
pub async fn set(scope: &CouncilScope, at: DateTime<Utc>, new: &NewBrand) -> Result<()> {
    let new = new.checked()?;
    let words = "Somebody else has changed this at the same moment. Look at it and try again.";
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let before = newest_row(tx).await?;
            let detail = json!({ "name": new.name, "colour": new.colour, "logo": match new.logo {
                NewLogo::Keep => "kept",
                NewLogo::Remove => "removed",
                NewLogo::Replace(_) => "replaced",
            } });
            let mut audited = tx.audited(Record::on(Action::BrandCouncil, "council").detail(detail)).await?;
            write(&mut audited, &new, before).await
        })
        .await
        .map_err(|error| super::taken(error, words))
}

/// Writes the next row; `before` is the one that counted.
pub(super) async fn write(audited: &mut Audited<'_, '_>, new: &NewBrand, before: Option<BrandRow>) -> Result<()> {
    let new = new.checked()?;
    let (logo, logo_type) = match new.logo {
        NewLogo::Keep => before.map_or((None, None), |before| (before.logo, before.logo_type)),
        NewLogo::Remove => (None, None),
        NewLogo::Replace(picture) => (Some(picture.bytes), Some(picture.format.media_type().to_owned())),
    };
    let row = BrandRow {
        recorded_at: audited.at(),
        recorded_by: audited.actor(),
        name_shown: new.name,
        colour: new.colour,
        logo,
        logo_type,
        contact_name: new.contacts.name,
        contact_email: new.contacts.email,
        contact_phone: new.contacts.phone,
        contact_hours: new.contacts.hours,
        accessibility_email: new.contacts.accessibility_email,
        help_text: new.help_text,
    };
    insert!(audited, council_brand, [row]);
    Ok(())
}

/// How the council shows itself; none before it has said.
///
/// # Errors
/// [`Error::Database`].
pub async fn newest(tx: &mut Tx<'_>) -> Result<Option<Brand>> {
    Ok(newest_row(tx).await?.map(BrandRow::brand))
}

async fn newest_row(tx: &mut Tx<'_>) -> Result<Option<BrandRow>> {
    let tenant = tx.tenant().uuid();
    Ok(council_brand::table
        .filter(council_brand::tenant_id.eq(tenant))
        .order(council_brand::recorded_at.desc())
        .select(BrandRow::as_select())
        .first(tx.conn())
        .await
        .optional()?)
}

/// How each council shows itself that is linked with the provider.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_provider(tx: &mut Tx<'_, Provider>) -> Result<Vec<(TenantId, Brand)>> {
    let rows: Vec<(uuid::Uuid, BrandRow)> = council_brand::table
        .distinct_on(council_brand::tenant_id)
        .order((council_brand::tenant_id, council_brand::recorded_at.desc()))
        .select((council_brand::tenant_id, BrandRow::as_select()))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(tenant, row)| (TenantId::from_uuid(tenant), row.brand())).collect())
}

impl Identity {
    /// How a council shows itself to whoever is invited or about to sign in; none before it has said.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn brand(&self, tenant: TenantId) -> Result<Option<Brand>> {
        let row: Option<BrandRow> = self
            .ask(async |conn: &mut AsyncPgConnection| {
                Ok(council_brand::table
                    .filter(council_brand::tenant_id.eq(tenant.uuid()))
                    .order(council_brand::recorded_at.desc())
                    .select(BrandRow::as_select())
                    .first(conn)
                    .await
                    .optional()?)
            })
            .await?;
        Ok(row.map(BrandRow::brand))
    }

    /// Asks the council's people for passwords that keep to the published rule, or no longer does. Whoever has one that
    /// does not keep to it is asked for another when they sign in.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council.
    pub async fn set_published_password_rule(&self, asked: &Asked, tenant: TenantId, keep: bool) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_council(conn, asked, tenant).await?;
            let other = council::table.find(tenant.uuid()).filter(council::published_password_rule.ne(keep));
            let changed = diesel::update(other).set(council::published_password_rule.eq(keep)).execute(conn).await?;
            if changed == 0 {
                return Ok(());
            }
            let record = Record::of(Action::SetPasswordRule, tenant).detail(json!({ "published_rule": keep }));
            of.record(conn, asked, record).await
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let good = NewBrand {
            name: " Fenmere ".to_owned(),
            colour: "#1D70B8".to_owned(),
            logo: NewLogo::Keep,
            contacts: Contacts { email: "pay@fenmere.example".to_owned(), ..Contacts::default() },
            help_text: "Ring us.\r\n".to_owned(),
        };
        assert_eq!(good.wrong(), []);
        let kept = good.checked().unwrap();
        assert_eq!((kept.name.as_str(), kept.help_text.as_str()), ("Fenmere", "Ring us."));
        let contacts = Contacts { email: "pay".to_owned(), hours: "9\n5".to_owned(), ..Contacts::default() };
        let bad = NewBrand { name: " ".to_owned(), colour: "red".to_owned(), contacts, ..good };
        let parts: Vec<Part> = bad.wrong().into_iter().map(|(part, _)| part).collect();
        assert_eq!(parts, [Part::Name, Part::Colour, Part::ContactEmail, Part::ContactHours]);
    }

    #[test]
    fn a_colour_is_a_hash_and_six_digits() {
        assert_eq!(colour(" #1D70B8 ").unwrap(), "#1d70b8");
        for wrong in ["", "1d70b8", "#1d70b", "#1d70b8;", "#1d70bg", "red", "#1d7\u{e9}b"] {
            assert!(colour(wrong).is_err(), "{wrong}");
        }
    }
}
