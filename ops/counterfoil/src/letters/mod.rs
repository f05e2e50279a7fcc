//! Sends the platform's letters: takes the next one that is due, makes the token of its link, words it, and hands it to
//! the mail server. Stands after whatever wrote the letter in `counterfoil_tenants::identity`, and runs beside the pages
//! and beside the worker; any number may run at once, each letter is lent to one of them.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_SENDER` | who letters are from; unset: `Counterfoil <no-reply@counterfoil.example>` |

mod words;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use counterfoil_mailer::Message;
use counterfoil_tenants::Result;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::identity::letter::{Letter, MOST_ATTEMPTS};
use counterfoil_tenants::identity::link::Token;
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::post::{Post, Tray};

/// Who letters are from unless the environment says otherwise.
const SENDER: &str = "Counterfoil <no-reply@counterfoil.example>";
/// How many letters go out at once: a mail server that is slow with one of them does not hold up the others.
const AT_ONCE: usize = 4;
/// How long to wait before looking again for what other processes wrote.
const IDLE: Duration = Duration::from_secs(1);
/// The longest answer of a mail server that is kept.
const LONGEST_SAID: usize = 500;

/// Sends letters.
pub(crate) struct Letters {
    pub(crate) identity: Identity,
    pub(crate) post: Arc<Post>,
    /// The address by which people reach the service, without a stroke at its end.
    pub(crate) public_address: String,
    /// Who they are from.
    pub(crate) sender: String,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    /// It has left.
    Sent,
    /// There was nothing to send any more: its link had been used, replaced, or was too old.
    Dropped,
    /// It is tried again later. What the mail server said.
    Later(String),
    /// It is given up, for an operator to see. What the mail server said.
    GivenUp(String),
}

impl Letters {
    /// From the sender that the environment names.
    pub(crate) fn from_environment(identity: Identity, post: Arc<Post>, public_address: &Url) -> Self {
        let sender = std::env::var("COUNTERFOIL_SENDER").ok().filter(|sender| !sender.trim().is_empty());
        let public_address = public_address.as_str().trim_end_matches('/').to_owned();
        Self { identity, post, public_address, sender: sender.unwrap_or_else(|| SENDER.to_owned()) }
    }

    /// Sends one letter that is due, if there is one.
    ///
    /// # Errors
    /// What the database answers. What the mail server answers is kept with the letter.
    pub(crate) async fn one(&self, now: DateTime<Utc>) -> Result<Option<Done>> {
        let Some(letter) = self.identity.next_letter(now).await? else { return Ok(None) };
        let token = match letter.link {
            None => None,
            Some(link) => match self.identity.arm_link(link, now).await? {
                Some(token) => Some(token),
                None => {
                    self.identity.letter_sent(letter.id, now).await?;
                    return Ok(Some(Done::Dropped));
                }
            },
        };
        let message = self.message(&letter, token.as_ref());
        let Err(error) = self.post.deliver(Tray::Letters, &message).await else {
            self.identity.letter_sent(letter.id, now).await?;
            return Ok(Some(Done::Sent));
        };
        let said: String = error.to_string().chars().take(LONGEST_SAID).collect();
        let lasting = !error.is_temporary();
        tracing::warn!(letter = %letter.id, attempt = letter.attempt, lasting, %said, "a letter did not leave");
        self.identity.letter_failed(&letter, &said, lasting).await?;
        let given_up = lasting || letter.attempt >= MOST_ATTEMPTS;
        Ok(Some(if given_up { Done::GivenUp(said) } else { Done::Later(said) }))
    }

    /// Sends until it is told to stop; what it is sending then it finishes.
    pub(crate) async fn until(&self, stop: CancellationToken) {
        futures_util::future::join_all((0..AT_ONCE).map(|_| self.send_until(&stop))).await;
    }

    async fn send_until(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.one(Utc::now()).await {
                Ok(Some(_)) => continue,
                Ok(None) => IDLE,
                Err(error) => {
                    tracing::warn!(?error, "letters cannot be read");
                    IDLE * 4
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.identity.letter_written() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn message(&self, letter: &Letter, token: Option<&Token>) -> Message {
        let link = token.map(|token| format!("{}/link/{}", self.public_address, token.as_str()));
        let wording = words::of(letter, link.as_deref(), &self.public_address);
        Message {
            from: self.sender.clone(),
            reply_to: None,
            to: letter.email.clone(),
            subject: wording.subject,
            text: wording.text,
            message_id: message_id(letter, token, &self.sender),
            date: SystemTime::from(letter.made_at),
        }
    }
}

/// The id that a letter goes out under. Where nobody knows whether an attempt got through, it is sent again, and mail
/// servers and readers drop a second message of the same id. That is right for a letter without a link, which is the same
/// message, to the byte, however often it is sent. A link's token is made anew for each attempt, since only its digest is
/// kept, and puts the one before out of use: under the same id the good token could be dropped in favour of the dead one.
/// So the id of such a letter says which token it brings, in a digest that opens nothing.
fn message_id(letter: &Letter, token: Option<&Token>, sender: &str) -> String {
    let domain = sender.rsplit_once('@').map_or("counterfoil.example", |(_, domain)| domain.trim_end_matches('>'));
    match token {
        None => format!("{}@{domain}", letter.id),
        Some(token) => {
            let digest = hex::encode(Sha256::digest(format!("message id\n{}", token.as_str())));
            format!("{}.{}@{domain}", letter.id, digest.get(..12).unwrap_or_default())
        }
    }
}
