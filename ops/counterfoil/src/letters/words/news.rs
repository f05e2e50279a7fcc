//! Letters that tell what has happened: to somebody's access, or to their login. The latter go out so that an owner who
//! did none of it can do something about it.

use super::links::access;
use super::{About, Parts, listed};

pub(super) fn joined(about: &About<'_>) -> Parts {
    let access = access(about);
    let at = access.at.unwrap_or_else(|| "Counterfoil".to_owned());
    Parts {
        subject: format!("You have access to {at}"),
        happened: vec![access.sentence],
        action: Some(("Sign in as before:".to_owned(), about.page("/sign-in"))),
        more: Vec::new(),
        otherwise: vec![match about.named("invited_by") {
            Some(by) => format!("If you think that this is a mistake, ask {by}."),
            None => format!("If you think that this is a mistake, ask an administrator of {at}."),
        }],
    }
}

pub(super) fn removed(about: &About<'_>) -> Parts {
    let at = about.named("organisation").or_else(|| about.named("council"));
    let at = at.unwrap_or_else(|| "an organisation on Counterfoil".to_owned());
    Parts {
        subject: format!("You no longer have access to {at}"),
        happened: vec![format!("Your access to {at} was taken away at {}.", about.when())],
        action: None,
        more: vec!["Your login stays, and so does what you do for other councils and organisations.".to_owned()],
        otherwise: vec![format!("If you think that this is a mistake, ask an administrator of {at}.")],
    }
}

pub(super) fn organisation_invited(about: &About<'_>) -> Parts {
    let council = about.named("council").unwrap_or_else(|| "A council".to_owned());
    let mut organisations = about.names("organisations");
    organisations.extend(about.named("organisation"));
    let whom = if organisations.is_empty() { "your organisation".to_owned() } else { listed(&organisations) };
    Parts {
        subject: format!("{council} would like to work with {whom}"),
        happened: vec![
            format!("{council} would like to work with {whom} on Counterfoil."),
            "You decide whether it is an organisation that you act for already, or a new one.".to_owned(),
        ],
        action: Some(("Sign in to accept or decline:".to_owned(), about.page("/"))),
        more: vec![format!("Until you accept, {council} sees nothing of your organisation.")],
        otherwise: vec![format!("If you did not expect this, ask {council}, or decline.")],
    }
}

pub(super) fn no_password(about: &About<'_>) -> Parts {
    let council = about.named("council").unwrap_or_else(|| "your council".to_owned());
    Parts {
        subject: format!("You sign in through {council}"),
        happened: vec![
            "Somebody has asked for a new password for your login. It has none here.".to_owned(),
            format!("You sign in through {council}, with what you sign in with at work."),
        ],
        action: Some(("Sign in:".to_owned(), about.page("/sign-in"))),
        more: Vec::new(),
        otherwise: vec![
            format!("If you cannot sign in there, ask the service desk of {council}."),
            "If it was not you who asked, you do not need to do anything.".to_owned(),
        ],
    }
}

pub(super) fn password_changed(about: &About<'_>) -> Parts {
    Parts {
        subject: "Your password was changed".to_owned(),
        happened: vec![format!("The password of your login was changed at {}.", about.when())],
        action: None,
        more: vec!["If it was you, you do not need to do anything. You were signed out everywhere else.".to_owned()],
        otherwise: vec![at_once(about)],
    }
}

pub(super) fn factor_changed(about: &About<'_>) -> Parts {
    let when = about.when();
    let (subject, happened) = match about.named("what").as_deref() {
        Some("generator") => (
            "An authenticator app was set up",
            format!("An authenticator app was set up as your second factor at {when}."),
        ),
        Some("passkey") => ("A passkey was added", format!("A passkey was added to your login at {when}.")),
        Some("passkey_removed") => {
            ("A passkey was removed", format!("A passkey was removed from your login at {when}."))
        }
        Some("recovery_code") => ("A recovery code was used", recovery_code(about)),
        Some("recovery_codes") => (
            "You have new recovery codes",
            format!("New recovery codes were made at {when}. The old ones no longer work."),
        ),
        Some("lost") => (
            "Your second factor was removed",
            format!(
                "Your authenticator app, passkeys and recovery codes were removed at {when}, with your password and a \
                 link that we had emailed to you. To sign in again, set up a new second factor."
            ),
        ),
        _ => ("Your second factor was changed", format!("Your second factor was changed at {when}.")),
    };
    Parts {
        subject: subject.to_owned(),
        happened: vec![happened],
        action: None,
        more: vec!["If it was you, you do not need to do anything.".to_owned()],
        otherwise: vec![at_once(about)],
    }
}

fn recovery_code(about: &About<'_>) -> String {
    let account = about.page("/account");
    let left = match about.letter.context.get("left").and_then(serde_json::Value::as_i64) {
        Some(0) => format!("It was the last one. Make new ones in your account: {account}"),
        Some(1) => format!("You have 1 left. You can make new ones in your account: {account}"),
        Some(left) => format!("You have {left} left."),
        None => String::new(),
    };
    format!("A recovery code was used in the place of your second factor at {}. {left}", about.when()).trim().to_owned()
}

/// What to do for whoever did none of it.
fn at_once(about: &About<'_>) -> String {
    format!(
        "If it was not you, choose a new password at once, which signs everybody else out: {}\nThen tell an administrator \
         of your council or organisation.",
        about.page("/forgotten-password")
    )
}
