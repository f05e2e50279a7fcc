//! A person's own login: choosing and changing the password, setting up and losing second factors, ending sessions. Each
//! change tells its owner by e-mail, since it may not have been them.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{LinkId, PasskeyId, PersonId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;

use super::guess::{self, What};
use super::letter::{self, LetterKind};
use super::link::{self, LinkKind, Token};
use super::password::{self, Policy, Unfit};
use super::sign_in::Refusal;
use super::{Asked, Identity, browser, code, passkey, person, recovery, sign_in};
use crate::audit::{PlatformRecord, platform};
use crate::error::{Error, Result};
use crate::schema::person as people;
use crate::vault::MasterKey;

/// After a password was reset by e-mail, the second factor cannot be reset by e-mail as well for so long: a stolen mailbox
/// alone opens nothing, and its owner has a day to notice.
const FACTOR_STAYS: TimeDelta = TimeDelta::hours(24);

/// What a person signs in with, for their account page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSeen {
    /// When the password was chosen; none for those who have none.
    pub password_set_at: Option<DateTime<Utc>>,
    /// Whether the password keeps to the published rule.
    pub password_keeps_rule: bool,
    /// Whether there is a code generator.
    pub has_generator: bool,
    /// How many recovery codes are left.
    pub recovery_codes: i64,
}

/// Why a password was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// The current one is not right, or was tried too often.
    Current(Refusal),
    /// The new one will not do.
    New(Unfit),
}

impl Identity {
    /// What a person signs in with.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Database`].
    pub async fn login(&self, person: PersonId) -> Result<LoginSeen> {
        self.read(async |conn: &mut AsyncPgConnection| {
            let (password_set_at, password_keeps_rule) = people::table
                .find(person.uuid())
                .select((people::password_set_at, people::password_keeps_rule))
                .first(conn)
                .await?;
            let has_generator = code::has_one(conn, person).await?;
            let recovery_codes = recovery::left(conn, person).await?;
            Ok(LoginSeen { password_set_at, password_keeps_rule, has_generator, recovery_codes })
        })
        .await
    }

    /// Sends somebody a link for choosing their first password, once more.
    ///
    /// # Errors
    /// [`Error::Refused`] where they have one already.
    pub async fn invite_again(&self, asked: &Asked, person: PersonId) -> Result<LinkId> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let kept: Option<String> =
                people::table.find(person.uuid()).select(people::password_hash).first(conn).await?;
            if kept.is_some() {
                return Err(Error::Refused("They have a password already, and can sign in.".to_owned()));
            }
            link::send(conn, person, LinkKind::Invitation, &json!({}), asked.at).await
        })
        .await
    }

    /// Chooses the first password, or a new one in the place of one that was forgotten, with a link of either kind.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good any more. With an unfit password it stays good.
    pub async fn choose_password(
        &self,
        asked: &Asked,
        token: &Token,
        typed: &str,
    ) -> Result<std::result::Result<PersonId, Unfit>> {
        let link = self.link(token, asked.at).await?;
        let link = link.filter(|link| matches!(link.kind, LinkKind::Invitation | LinkKind::Password));
        let link = link.ok_or(Error::NotFound)?;
        let access = self.access(link.person).await?.ok_or(Error::NotFound)?;
        let policy = Policy { published_rule: access.published_password_rule() };
        if let Err(unfit) = password::judge(policy, typed, (access.email(), access.name())).await? {
            return Ok(Err(unfit));
        }
        let hash = password::hash(typed).await?;
        let keeps_rule = password::keeps_rule(typed);
        self.transaction(async |conn: &mut AsyncPgConnection| {
            person::lock(conn, link.person).await?;
            let link = link::take(conn, token, link.kind, asked.at).await?.ok_or(Error::NotFound)?;
            let had_one: bool =
                people::table.find(link.person.uuid()).select(people::password_hash.is_not_null()).first(conn).await?;
            set(conn, link.person, &hash, keeps_rule, asked.at).await?;
            let action = if had_one { Action::ResetPassword } else { Action::SetPassword };
            if had_one {
                end_sessions(conn, link.person, asked.at).await?;
                browser::forget_all(conn, link.person).await?;
                letter::write(conn, link.person, LetterKind::PasswordChanged, None, &json!({}), asked.at).await?;
            }
            let record = PlatformRecord::by_themselves(action, asked.at, link.person).from(&asked.origin);
            platform::write(conn, &record).await?;
            Ok(Ok(link.person))
        })
        .await
    }

    /// Changes the password of somebody who is signed in. Their other sessions end; the caller keeps this one.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Database`].
    pub async fn change_password(
        &self,
        asked: &Asked,
        person: PersonId,
        current: &str,
        new: &str,
    ) -> Result<std::result::Result<(), NotChanged>> {
        let access = self.access(person).await?.ok_or(Error::NotFound)?;
        let policy = Policy { published_rule: access.published_password_rule() };
        if let Err(refusal) = self.check_password(asked, person, current, What::PasswordAgain(person)).await? {
            return Ok(Err(NotChanged::Current(refusal)));
        }
        if let Err(unfit) = password::judge(policy, new, (access.email(), access.name())).await? {
            return Ok(Err(NotChanged::New(unfit)));
        }
        let hash = password::hash(new).await?;
        let keeps_rule = password::keeps_rule(new);
        self.transaction(async |conn: &mut AsyncPgConnection| {
            set(conn, person, &hash, keeps_rule, asked.at).await?;
            end_sessions(conn, person, asked.at).await?;
            letter::write(conn, person, LetterKind::PasswordChanged, None, &json!({}), asked.at).await?;
            let record = PlatformRecord::by_themselves(Action::SetPassword, asked.at, person).from(&asked.origin);
            platform::write(conn, &record).await
        })
        .await?;
        Ok(Ok(()))
    }

    /// Whether a password is a person's own; tries are counted.
    async fn check_password(
        &self,
        asked: &Asked,
        person: PersonId,
        typed: &str,
        what: What<'_>,
    ) -> Result<std::result::Result<(), Refusal>> {
        let counted = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                if let Err(wait) = guess::spend(conn, what, asked.at).await? {
                    return Ok(Err(wait));
                }
                let kept: Option<Option<String>> =
                    people::table.find(person.uuid()).select(people::password_hash).first(conn).await.optional()?;
                Ok(Ok(kept.flatten()))
            })
            .await?;
        let kept = match counted {
            Ok(kept) => kept,
            Err(wait) => return Ok(Err(Refusal::TooMany(wait))),
        };
        if !password::matches(password::Line::Known, typed, kept.as_deref()).await? {
            return Ok(Err(Refusal::Wrong));
        }
        self.transaction(async |conn: &mut AsyncPgConnection| guess::give_back(conn, what).await).await?;
        Ok(Ok(()))
    }

    /// Takes the first code of a new generator, which then is the person's second factor. Gives recovery codes where
    /// they have none; they are shown once.
    ///
    /// # Errors
    /// [`Error::Database`]. None where the code is wrong.
    pub async fn enrol_generator(
        &self,
        key: &MasterKey,
        asked: &Asked,
        person: PersonId,
        typed: &str,
    ) -> Result<Option<Vec<String>>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            if !code::confirm(conn, key, person, typed, asked.at).await? {
                return Ok(None);
            }
            enrolled(conn, asked, person, "generator").await.map(Some)
        })
        .await
    }

    /// Adds a passkey, which then is a second factor. Gives recovery codes as [`enrol_generator`](Self::enrol_generator)
    /// does.
    ///
    /// # Errors
    /// [`Error::Conflict`] where it is somebody's already.
    pub async fn enrol_passkey(
        &self,
        asked: &Asked,
        person: PersonId,
        credential_id: &[u8],
        name: &str,
        stored: &serde_json::Value,
    ) -> Result<Vec<String>> {
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(80).collect();
        let name = if name.is_empty() { "Passkey".to_owned() } else { name };
        self.transaction(async |conn: &mut AsyncPgConnection| {
            passkey::add(conn, person, credential_id, (&name, stored), asked.at).await?;
            enrolled(conn, asked, person, "passkey").await
        })
        .await
        .map_err(|error| super::taken(error, "That passkey is set up already."))
    }

    /// Takes a passkey away, if something else is left to sign in with.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Refused`] for the last second factor.
    pub async fn remove_passkey(&self, asked: &Asked, person: PersonId, id: PasskeyId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            // of two that are removed at once, one is the last
            person::lock(conn, person).await?;
            if !passkey::remove(conn, person, id).await? {
                return Err(Error::NotFound);
            }
            if !passkey::has_one(conn, person).await? && !code::has_one(conn, person).await? {
                let words = "This is your only second factor. Set up another one before you remove it.";
                return Err(Error::Refused(words.to_owned()));
            }
            letter::write(
                conn,
                person,
                LetterKind::FactorChanged,
                None,
                &json!({ "what": "passkey_removed" }),
                asked.at,
            )
            .await?;
            let record = PlatformRecord::by_themselves(Action::LoseFactor, asked.at, person);
            platform::write(conn, &record.detail(json!({ "what": "passkey" })).from(&asked.origin)).await
        })
        .await
    }

    /// New recovery codes; the old ones are no longer good.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn renew_recovery_codes(&self, asked: &Asked, person: PersonId) -> Result<Vec<String>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let codes = recovery::renew(conn, person, asked.at).await?;
            let context = json!({ "what": "recovery_codes" });
            letter::write(conn, person, LetterKind::FactorChanged, None, &context, asked.at).await?;
            let record = PlatformRecord::by_themselves(Action::EnrolFactor, asked.at, person);
            platform::write(conn, &record.detail(json!({ "what": "recovery codes" })).from(&asked.origin)).await?;
            Ok(codes)
        })
        .await
    }

    /// Sends whoever has lost their second factor, and has given the right password, a link for setting up a new one.
    ///
    /// # Errors
    /// [`Error::Refused`] within a day after the password was reset by e-mail.
    pub async fn send_factor_link(&self, asked: &Asked, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let set: Option<DateTime<Utc>> =
                people::table.find(person.uuid()).select(people::password_set_at).first(conn).await?;
            if let Some(set) = set.filter(|set| asked.at - *set < FACTOR_STAYS) {
                let until = (set + FACTOR_STAYS).with_timezone(&chrono_tz::Europe::London);
                return Err(Error::Refused(format!(
                    "Your password was set less than 24 hours ago. To protect your login, the second factor can be \
                     reset by email from {}. You can still use a recovery code.",
                    until.format("%-I:%M%P on %A %-d %B %Y")
                )));
            }
            if guess::spend(conn, What::Letters(LinkKind::SecondFactor, &person.to_string()), asked.at).await?.is_ok() {
                link::send(conn, person, LinkKind::SecondFactor, &json!({}), asked.at).await?;
            }
            Ok(())
        })
        .await
    }

    /// Takes all second factors away: the mailbox has opened the link, the password is beside it. What follows is setting
    /// up a new one.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good any more, or was sent to somebody else.
    pub async fn lose_factor(
        &self,
        asked: &Asked,
        token: &Token,
        typed: &str,
    ) -> Result<std::result::Result<PersonId, Refusal>> {
        let link = self.link(token, asked.at).await?.filter(|link| link.kind == LinkKind::SecondFactor);
        let link = link.ok_or(Error::NotFound)?;
        if let Err(refusal) = self.check_password(asked, link.person, typed, What::PasswordByLink(link.person)).await? {
            return Ok(Err(refusal));
        }
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let link = link::take(conn, token, LinkKind::SecondFactor, asked.at).await?.ok_or(Error::NotFound)?;
            code::remove(conn, link.person).await?;
            passkey::remove_all(conn, link.person).await?;
            recovery::remove(conn, link.person).await?;
            // whoever slept and lost the second factor has come back as far as anybody can
            sign_in::seen(conn, link.person, asked.at).await?;
            end_sessions(conn, link.person, asked.at).await?;
            let context = json!({ "what": "lost" });
            letter::write(conn, link.person, LetterKind::FactorChanged, None, &context, asked.at).await?;
            let record = PlatformRecord::by_themselves(Action::LoseFactor, asked.at, link.person);
            platform::write(conn, &record.from(&asked.origin)).await?;
            Ok(Ok(link.person))
        })
        .await
    }

    /// Ends all sessions of a person that began before now, wherever they are kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_sessions(&self, asked: &Asked, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            end_sessions(conn, person, asked.at).await?;
            let record = PlatformRecord::by_themselves(Action::EndSession, asked.at, person);
            platform::write(conn, &record.detail(json!({ "which": "all" })).from(&asked.origin)).await
        })
        .await
    }

    /// Records that somebody signed out, or ended a session of theirs elsewhere.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn session_ended(&self, asked: &Asked, person: PersonId, elsewhere: bool) -> Result<()> {
        let action = if elsewhere { Action::EndSession } else { Action::SignOut };
        self.transaction(async |conn: &mut AsyncPgConnection| {
            platform::write(conn, &PlatformRecord::by_themselves(action, asked.at, person).from(&asked.origin)).await
        })
        .await
    }
}

/// A second factor was set up: tells its owner, and gives recovery codes where there are none.
async fn enrolled(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    person: PersonId,
    what: &'static str,
) -> Result<Vec<String>> {
    let detail = json!({ "what": what });
    letter::write(conn, person, LetterKind::FactorChanged, None, &detail, asked.at).await?;
    let record = PlatformRecord::by_themselves(Action::EnrolFactor, asked.at, person);
    platform::write(conn, &record.detail(detail).from(&asked.origin)).await?;
    if recovery::left(conn, person).await? > 0 {
        return Ok(Vec::new());
    }
    recovery::renew(conn, person, asked.at).await
}

/// Keeps a new password. Links that were sent before, and whatever was shown to somebody who had the old password, are no
/// longer good.
async fn set(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    hash: &str,
    keeps_rule: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::update(people::table.find(person.uuid()))
        .set((
            people::password_hash.eq(hash),
            people::password_set_at.eq(at),
            people::password_keeps_rule.eq(keeps_rule),
        ))
        .execute(conn)
        .await?;
    link::withdraw_all(conn, person, at).await?;
    code::remove_waiting(conn, person).await
}

pub(crate) async fn end_sessions(conn: &mut AsyncPgConnection, person: PersonId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(people::table.find(person.uuid())).set(people::sessions_after.eq(at)).execute(conn).await?;
    Ok(())
}
