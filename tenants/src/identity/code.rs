//! Codes of a generator (TOTP, RFC 6238: six digits, thirty seconds, the step before and after are taken too). A code is
//! good once: the step of the last one that was used is kept, and only a later one is taken.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::PersonId;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use totp_rs::{Builder, Secret, Totp};

use super::Identity;
use crate::error::{Error, Result};
use crate::schema::totp_device;
use crate::vault::{MasterKey, Sealed};

/// Who the generator says that its codes are for.
const ISSUER: &str = "Counterfoil";
/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// For how long a secret waits for its first code. Somebody else may have seen it who had the password before, and must
/// not be found to have it when its owner sets the generator up much later.
const WAITS: TimeDelta = TimeDelta::hours(1);

/// What a generator is set up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// To be typed in: Base32 in groups of four.
    pub key: String,
    /// To be scanned: an `otpauth` address.
    pub address: String,
}

/// Where a secret is kept, for its encryption.
fn place(person: PersonId) -> String {
    format!("code generator of {person}")
}

fn totp(secret: Vec<u8>, email: &str) -> Result<Totp> {
    let account: String = email.replace(':', " ");
    Builder::new()
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|error| Error::Unreadable { what: format!("the secret of a code generator: {error:?}") })
}

/// What was typed as a code, without the blanks that people put between its digits; none where it is no code.
fn digits(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())).then_some(code)
}

/// Whether somebody has a generator.
pub(crate) async fn has_one(conn: &mut AsyncPgConnection, person: PersonId) -> Result<bool> {
    let devices = totp_device::table.find((person.uuid(), true));
    Ok(diesel::select(diesel::dsl::exists(devices)).get_result(conn).await?)
}

/// Takes a code, if it is right and was not used before.
pub(crate) async fn take(
    conn: &mut AsyncPgConnection,
    key: &MasterKey,
    person: PersonId,
    typed: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    match step_of(conn, key, person, true, typed, at).await? {
        Some(step) => {
            let unused = totp_device::table.find((person.uuid(), true)).filter(totp_device::last_step.lt(step));
            Ok(diesel::update(unused).set(totp_device::last_step.eq(step)).execute(conn).await? == 1)
        }
        None => Ok(false),
    }
}

/// The step of a right code.
async fn step_of(
    conn: &mut AsyncPgConnection,
    key: &MasterKey,
    person: PersonId,
    confirmed: bool,
    typed: &str,
    at: DateTime<Utc>,
) -> Result<Option<i64>> {
    let device: Option<(Vec<u8>, Vec<u8>)> = totp_device::table
        .find((person.uuid(), confirmed))
        .select((totp_device::nonce, totp_device::secret))
        .first(conn)
        .await
        .optional()?;
    let (Some((nonce, bytes)), Some(code)) = (device, digits(typed)) else { return Ok(None) };
    let secret = key.open(&Sealed { nonce, bytes }, &place(person))?;
    let now = u64::try_from(at.timestamp()).unwrap_or_default();
    let step = totp(secret, "account")?.check(&code, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Takes a person's generators away.
pub(crate) async fn remove(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    diesel::delete(totp_device::table.filter(totp_device::person_id.eq(person.uuid()))).execute(conn).await?;
    Ok(())
}

/// Takes away what waits for its first code.
pub(crate) async fn remove_waiting(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    diesel::delete(totp_device::table.find((person.uuid(), false))).execute(conn).await?;
    Ok(())
}

/// Puts the generator that waits for its first code in the place of the old one, if the code is right.
pub(crate) async fn confirm(
    conn: &mut AsyncPgConnection,
    key: &MasterKey,
    person: PersonId,
    typed: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let Some(step) = step_of(conn, key, person, false, typed, at).await? else { return Ok(false) };
    let old = totp_device::person_id.eq(person.uuid()).and(totp_device::confirmed.eq(true));
    diesel::delete(totp_device::table.filter(old)).execute(conn).await?;
    let new = totp_device::table.find((person.uuid(), false));
    let changed = diesel::update(new)
        .set((totp_device::confirmed.eq(true), totp_device::last_step.eq(step)))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

impl Identity {
    /// What a person sets a new generator up with. Asked again before its first code, it is the same for an hour: a page
    /// that is loaded anew does not put the telephone in the wrong.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Unreadable`].
    pub async fn code_setup(&self, key: &MasterKey, person: PersonId, email: &str, at: DateTime<Utc>) -> Result<Setup> {
        let mut secret = vec![0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(Error::refused)?;
        let sealed = key.seal(&secret, &place(person))?;
        let kept = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                let waited =
                    totp_device::table.find((person.uuid(), false)).filter(totp_device::added_at.le(at - WAITS));
                diesel::delete(waited).execute(conn).await?;
                diesel::insert_into(totp_device::table)
                    .values((
                        totp_device::person_id.eq(person.uuid()),
                        totp_device::confirmed.eq(false),
                        totp_device::nonce.eq(&sealed.nonce),
                        totp_device::secret.eq(&sealed.bytes),
                        totp_device::added_at.eq(at),
                    ))
                    .on_conflict_do_nothing()
                    .execute(conn)
                    .await?;
                let (nonce, bytes): (Vec<u8>, Vec<u8>) = totp_device::table
                    .find((person.uuid(), false))
                    .select((totp_device::nonce, totp_device::secret))
                    .first(conn)
                    .await?;
                Ok(Sealed { nonce, bytes })
            })
            .await?;
        let secret = key.open(&kept, &place(person))?;
        let typed = Secret::from(secret.clone()).to_base32();
        let address = totp(secret, email)?
            .to_url()
            .map_err(|error| Error::Unreadable { what: format!("a code generator: {error:?}") })?;
        let groups: Vec<String> =
            typed.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
        Ok(Setup { key: groups.join(" "), address })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn digits_are_taken_however_they_are_grouped() {
        assert_eq!(digits(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(digits("123-456").as_deref(), Some("123456"));
        assert_eq!(digits("12345"), None);
        assert_eq!(digits("12345a"), None);
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1: the last six of its eight digits
        let totp = totp(b"12345678901234567890".to_vec(), "ann@care.example").unwrap();
        for (at, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(totp.generate(at).to_string(), code);
            assert_eq!(totp.check(code, at + 30), Some(at / 30), "the step before is taken too");
            assert_eq!(totp.check(code, at + 61), None);
        }
    }
}
