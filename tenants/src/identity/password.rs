//! Passwords: what one has to be like, and keeping it. Hashes are argon2id with the parameters that OWASP gives
//! (19 MiB, two passes); making one takes tens of milliseconds and so is done on a blocking thread, by only as many at a
//! time as there are processors. Strangers wait in a line of their own, which takes half of them: who guesses at a
//! thousand addresses makes other strangers wait, and nobody who is known.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::error::{Error, Result};

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most: a passphrase fits, a flood does not.
pub const LONGEST: usize = 128;
/// Whatever is guessed within so many tries, with a list of common passwords and patterns at hand, is refused.
const FEWEST_GUESSES: u64 = 100_000_000;

/// What a person's passwords have to be like: the strictest of what the councils ask for that they work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Also nine characters, a capital, a letter and two digits, as Worcestershire publishes it.
    pub published_rule: bool,
}

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing was typed.
    #[error("Enter a password")]
    Missing,
    /// Fewer than [`SHORTEST`] characters.
    #[error("Password must be 12 characters or more")]
    Short,
    /// More than [`LONGEST`] characters.
    #[error("Password must be 128 characters or fewer")]
    Long,
    /// On the deny list, or as easy to guess as what is on it.
    #[error("Password is too easy to guess. Use three random words, or something longer")]
    Guessable,
    /// Nothing but the person's own name or address, with a little around it.
    #[error("Password must not be made of your name or email address")]
    AboutYou,
    /// The published rule asks for more.
    #[error("Password must include a capital letter, another letter and two digits")]
    Rule,
}

impl Policy {
    /// Whether a password will do for somebody with this name and address.
    ///
    /// # Errors
    /// [`Unfit`], whose words say what to do.
    pub fn check(self, password: &str, email: &str, name: &str) -> Result<(), Unfit> {
        let length = password.chars().count();
        if password.is_empty() {
            return Err(Unfit::Missing);
        }
        if length < SHORTEST {
            return Err(Unfit::Short);
        }
        if length > LONGEST {
            return Err(Unfit::Long);
        }
        if is_about(password, email, name) {
            return Err(Unfit::AboutYou);
        }
        let own: Vec<&str> = own_parts(email, name).chain([email, name, "counterfoil", "council"]).collect();
        // what comes after the hundredth character would only make it harder to guess, and longer to estimate
        let judged: String = password.chars().take(100).collect();
        if zxcvbn::zxcvbn(&judged, &own).guesses() < FEWEST_GUESSES {
            return Err(Unfit::Guessable);
        }
        if self.published_rule && !keeps_rule(password) {
            return Err(Unfit::Rule);
        }
        Ok(())
    }

    /// The sentence that says what a password has to be like.
    #[must_use]
    pub const fn words(self) -> &'static str {
        if self.published_rule {
            "Use 12 characters or more, with a capital letter, another letter and two digits. Three random words and a number make a good password."
        } else {
            "Use 12 characters or more. Three random words make a good password."
        }
    }
}

/// The published rule: nine characters or more, a capital, a letter, two digits.
#[must_use]
pub fn keeps_rule(password: &str) -> bool {
    let letters = password.chars().filter(|c| c.is_alphabetic()).count();
    password.chars().count() >= 9
        && password.chars().any(char::is_uppercase)
        && letters >= 2
        && password.chars().filter(char::is_ascii_digit).count() >= 2
}

/// Whether little is left of a password without the parts of its owner's name and address.
fn is_about(password: &str, email: &str, name: &str) -> bool {
    let mut left = password.to_lowercase();
    let (email, name) = (email.to_lowercase(), name.to_lowercase());
    left = left.replace(&email, "");
    for part in own_parts(&email, &name) {
        left = left.replace(part, "");
    }
    left.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST / 2
}

/// The words of which somebody's address and name are made.
fn own_parts<'a>(email: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let parts = email.split(|c: char| !c.is_alphanumeric()).chain(name.split_whitespace());
    parts.filter(|part| part.chars().count() >= 3)
}

/// Who waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Whoever has shown something: a browser that is known, a link from their mailbox, a session.
    Known,
    /// Anybody else.
    Strangers,
}

impl Line {
    fn at_once(self) -> &'static Semaphore {
        static KNOWN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(processors()));
        static STRANGERS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(processors().div_ceil(2)));
        match self {
            Self::Known => &KNOWN,
            Self::Strangers => &STRANGERS,
        }
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// What is verified where there is nothing to verify, so that an address that nobody has takes as long as one that
/// somebody has.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hashed("nobody has this password").ok());

/// Whether a password will do. Some strings take a quarter of a second to judge, which is done beside the hashing.
///
/// # Errors
/// [`Error::Unreachable`] where the judging was cut short.
pub(crate) async fn judge(
    policy: Policy,
    password: &str,
    (email, name): (&str, &str),
) -> Result<std::result::Result<(), Unfit>> {
    let (password, email, name) = (password.to_owned(), email.to_owned(), name.to_owned());
    blocking(Line::Known, move || policy.check(&password, &email, &name)).await
}

/// A password as it is kept.
///
/// # Errors
/// [`Error::Refused`] where it cannot be hashed.
pub(crate) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    blocking(Line::Known, move || hashed(&password)).await?
}

/// Whether a password is the one that is kept; takes as long where none is.
///
/// # Errors
/// [`Error::Unreadable`] where what is kept is no hash.
pub(crate) async fn matches(line: Line, password: &str, kept: Option<&str>) -> Result<bool> {
    let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
    blocking(line, move || {
        // made by the first who asks, whoever that asks about
        let nobodys = NOBODYS.as_deref();
        let Some(text) = kept.as_deref().or(nobodys) else { return Ok(false) };
        let unreadable = |error| Error::Unreadable { what: format!("a password's hash: {error}") };
        let parsed = PasswordHash::new(text).map_err(unreadable)?;
        let same = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(same && kept.is_some())
    })
    .await?
}

fn hashed(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Error::refused)?;
    Ok(hash.to_string())
}

async fn blocking<T: Send + 'static>(line: Line, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = line.at_once().acquire().await.map_err(Error::refused)?;
    let done = tokio::task::spawn_blocking(move || {
        let value = work();
        drop(permit);
        value
    });
    done.await.map_err(|error| Error::Unreachable(Box::new(error)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PLAIN: Policy = Policy { published_rule: false };
    const PUBLISHED: Policy = Policy { published_rule: true };

    fn check(policy: Policy, password: &str) -> Result<(), Unfit> {
        policy.check(password, "ann.smith@care.example", "Ann Smith")
    }

    #[test]
    fn twelve_characters_and_not_easy_to_guess() {
        assert_eq!(check(PLAIN, ""), Err(Unfit::Missing));
        assert_eq!(check(PLAIN, "kestrel-ru1"), Err(Unfit::Short));
        assert_eq!(check(PLAIN, "kestrel-rug1"), Ok(()));
        assert_eq!(check(PLAIN, "correct tugboat ladle"), Ok(()));
        for common in
            ["password1234", "qwertyuiop123", "123456789012", "aaaaaaaaaaaaaa", "letmein123456", "Password2024!"]
        {
            assert_eq!(check(PLAIN, common), Err(Unfit::Guessable), "{common}");
        }
        assert_eq!(check(PLAIN, &"long enough 7".repeat(12)), Err(Unfit::Long));
    }

    #[test]
    fn not_made_of_ones_own_name() {
        assert_eq!(check(PLAIN, "AnnSmith2024"), Err(Unfit::AboutYou));
        assert_eq!(check(PLAIN, "ann.smith 2025"), Err(Unfit::AboutYou));
        assert_eq!(check(PLAIN, "ann.smith@care.example"), Err(Unfit::AboutYou));
        assert_eq!(check(PLAIN, "kestrel-rug-smith"), Ok(()));
    }

    #[test]
    fn the_published_rule_asks_for_a_capital_a_letter_and_two_digits_as_well() {
        assert_eq!(check(PUBLISHED, "correct tugboat ladle"), Err(Unfit::Rule));
        assert_eq!(check(PUBLISHED, "Correct tugboat 7 ladle"), Err(Unfit::Rule));
        assert_eq!(check(PUBLISHED, "Correct tugboat 47"), Ok(()));
        assert!(keeps_rule("Abcdefg12") && !keeps_rule("Abcdef12") && !keeps_rule("A12345678"));
    }

    #[tokio::test]
    async fn a_hash_matches_its_own_password_only_and_is_salted() {
        let (one, two) = (hash("kestrel-rug1").await.unwrap(), hash("kestrel-rug1").await.unwrap());
        assert_ne!(one, two);
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert!(matches(Line::Known, "kestrel-rug1", Some(&one)).await.unwrap());
        assert!(!matches(Line::Strangers, "kestrel-rug2", Some(&one)).await.unwrap());
        assert!(!matches(Line::Strangers, "nobody has this password", None).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_is_known_does_not_wait_in_the_line_of_strangers() {
        let taken = Line::Strangers.at_once().acquire_many(u32::try_from(processors().div_ceil(2)).unwrap());
        let taken = taken.await.unwrap();
        assert!(!matches(Line::Known, "kestrel-rug1", None).await.unwrap());
        let stranger = matches(Line::Strangers, "kestrel-rug1", None);
        let moment = std::time::Duration::from_millis(200);
        assert!(tokio::time::timeout(moment, stranger).await.is_err(), "a stranger waits");
        drop(taken);
        assert!(!matches(Line::Strangers, "kestrel-rug1", None).await.unwrap());
    }
}
