//! Letters that bring a link. Each says what else is needed beside it, so that nobody types that elsewhere, and what to do
//! for whoever did not ask for it.

use super::{About, Parts, listed};

/// What somebody was given access to.
pub(super) struct Access {
    /// `Good Care`, `Worcestershire County Council`; none where it is the platform itself, or a login was merely made.
    pub(super) at: Option<String>,
    /// Who gave it, in a sentence.
    pub(super) sentence: String,
}

/// What an invitation or the news of having joined says of it.
pub(super) fn access(about: &About<'_>) -> Access {
    let roles = about.names("roles");
    let roles = if roles.is_empty() { String::new() } else { format!(", as: {}", listed(&roles)) };
    let is_operator = about.letter.context.get("operator").and_then(serde_json::Value::as_bool) == Some(true);
    let at = about.named("organisation").or_else(|| about.named("council")).filter(|_| !is_operator);
    let sentence = match (about.named("invited_by"), is_operator, &at) {
        (Some(by), true, _) => format!("{by} has made you an operator of Counterfoil."),
        (None, true, _) => "You are an operator of Counterfoil now.".to_owned(),
        (Some(by), false, Some(at)) => format!("{by} has given you access to {at} on Counterfoil{roles}."),
        (None, false, Some(at)) => format!("You have been given access to {at} on Counterfoil{roles}."),
        (_, false, None) => "A login on Counterfoil was made for you.".to_owned(),
    };
    Access { at, sentence }
}

pub(super) fn invitation(about: &About<'_>) -> Parts {
    let organisations = about.names("organisations");
    let council = about.named("council");
    let (subject, happened, known) = match (&council, organisations.is_empty()) {
        (Some(council), false) => (
            format!("{council} would like to work with you on Counterfoil"),
            format!(
                "{council} would like to work with {} on Counterfoil. You decide for it: accept or decline after you \
                 have signed in.",
                listed(&organisations)
            ),
            Some(council.clone()),
        ),
        _ => {
            let access = access(about);
            let subject = match &access.at {
                Some(at) => format!("Choose a password: you have access to {at} on Counterfoil"),
                None => "Choose a password for your login on Counterfoil".to_owned(),
            };
            (subject, access.sentence, about.named("invited_by").or(access.at))
        }
    };
    let otherwise = match known {
        Some(known) => format!(
            "If you do not know {known}, you do not need to do anything. Nobody can use the login until you have chosen \
             a password."
        ),
        None => "If you did not expect this, you do not need to do anything. Nobody can use the login until you have \
                 chosen a password."
            .to_owned(),
    };
    Parts {
        subject,
        happened: vec![happened],
        action: Some(("Choose your password:".to_owned(), about.link())),
        more: vec![
            format!(
                "{} If it no longer works, ask for another one: {}",
                about.until(),
                about.page("/forgotten-password")
            ),
            format!(
                "You will sign in with this email address, {}. After the password you set up a second factor: an \
                 authenticator app or a passkey.",
                about.letter.email
            ),
        ],
        otherwise: vec![otherwise],
    }
}

pub(super) fn reset_password(about: &About<'_>) -> Parts {
    let dormant = about.named("why").as_deref() == Some("dormant");
    let (happened, otherwise) = if dormant {
        (
            "You have signed in with your password after more than 90 days, and have not set up a second factor yet. \
             To protect your login, choose a new password first.",
            "If it was not you who signed in, somebody else knows your password. Choose a new one with this link.",
        )
    } else {
        (
            "Somebody has asked for a new password for your login.",
            "If it was not you, you do not need to do anything. Your password stays as it is, and nobody else has seen \
             this link.",
        )
    };
    Parts {
        subject: "Choose a new password".to_owned(),
        happened: vec![happened.to_owned()],
        action: Some(("Choose a new password:".to_owned(), about.link())),
        more: vec![format!("{} You will be signed out everywhere else.", about.until())],
        otherwise: vec![otherwise.to_owned()],
    }
}

pub(super) fn lost_factor(about: &About<'_>) -> Parts {
    Parts {
        subject: "Set up a new second factor".to_owned(),
        happened: vec![
            "Somebody has signed in with your password and said that your second factor is lost.".to_owned(),
        ],
        action: Some(("Set up a new one:".to_owned(), about.link())),
        more: vec![format!(
            "{} You need your password with it. Your old authenticator app, passkeys and recovery codes will then no \
             longer work.",
            about.until()
        )],
        otherwise: vec![not_you(about, "do not open the link")],
    }
}

pub(super) fn come_back(about: &About<'_>) -> Parts {
    Parts {
        subject: "Open your login again".to_owned(),
        happened: vec!["You have not signed in for more than 90 days, so your login is asleep.".to_owned()],
        action: Some(("Open it again:".to_owned(), about.link())),
        more: vec![format!("{} You need your second factor, or a recovery code, with it.", about.until())],
        otherwise: vec![not_you(about, "do not open the link")],
    }
}

pub(super) fn unlock(about: &About<'_>) -> Parts {
    Parts {
        subject: "Sign in from this browser".to_owned(),
        happened: vec![
            "There were too many attempts to sign in with your email address. Until they stop, you can sign in only \
             from browsers in which you have signed in before."
                .to_owned(),
        ],
        action: Some(("To sign in from another browser, open this link in it:".to_owned(), about.link())),
        more: vec![format!("{} Then sign in as usual, with your password and second factor.", about.until())],
        otherwise: vec![
            "If it was not you who asked for this, do not open the link. You do not need to do anything else: the \
             attempts were refused."
                .to_owned(),
        ],
    }
}

/// What to do for whoever did not do what only somebody with their password can do.
pub(super) fn not_you(about: &About<'_>, first: &str) -> String {
    format!(
        "If it was not you, {first}: somebody else knows your password. Choose a new one at once: {}",
        about.page("/forgotten-password")
    )
}
