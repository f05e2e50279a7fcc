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
    "council/run_cells.html",
    "council/front.html",
    "council/runs.html",
    "council/staff.html",
    "council/staff_invite.html",
    "council/member.html",
    "council/member_remove.html",
    "council/providers.html",
    "council/provider.html",
    "council/provider_unlink.html",
    "council/provider_invite.html",
    "council/invitations.html",
    "council/import.html",
    "council/import_preview.html",
    "council/audit.html",
    "council/audit_verified.html",
    "council/settings.html",
    "council/brand.html",
    "council/sign_on.html",
];
