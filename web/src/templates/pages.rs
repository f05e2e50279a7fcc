//! The pages' own templates, in the order of the routes. Adding a page is adding a line.

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../templates/", $name)))),*]
    };
}

/// Name and text of each.
pub(super) const PAGES: &[(&str, &str)] = pages![
    "sign_in/sign_in.html",
    "sign_in/second_factor.html",
    "sign_in/recovery_code.html",
    "sign_in/check_email.html",
    "sign_in/forgotten.html",
    "sign_in/link.html",
    "sign_in/link_spent.html",
    "sign_in/enrol.html",
    "sign_in/generator.html",
    "sign_in/recovery_codes.html",
    "sign_in/single_sign_on.html",
    "account/account.html",
    "account/password.html",
    "account/sessions.html",
    "home.html",
    "claims/list.html",
    "claims/claim.html",
    "remittances.html",
    "runs/list.html",
    "runs/run.html",
    "organisation/front.html",
    "organisation/people.html",
    "organisation/invite.html",
    "organisation/person.html",
    "organisation/remove.html",
    "organisation/sees.html",
    "invitation.html",
    "operator/councils.html",
    "operator/council.html",
    "operator/new_council.html",
    "operator/health.html",
    "operator/audit.html",
];
