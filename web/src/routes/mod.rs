//! Every page, in one table. What the table lists, tests ask as every kind of person: a route that they do not know fails
//! the build.

mod table;

pub use table::RouteSeen;
pub(crate) use table::Routes;

use crate::pages::{
    account, actuals_file, adjustments, api, calendars, claims, contracts, council, disputes, documents, events, home,
    invitations, invoices, notices, operator, organisation, payment_files, payments, queries, remittances, rules, runs,
    session, sign_in, talk, trials,
};

/// All of them.
pub(crate) fn table() -> Routes {
    Routes::new()
        .and(signing_in)
        .and(own)
        .and(open)
        .and(council_pages)
        .and(council_audit)
        .and(council_settings)
        .and(council_rules)
        .and(provider_care)
        .and(care_queries)
        .and(talk_of_claims)
        .and(claim_disputes)
        .and(council_publishing)
        .and(contract_documents)
        .and(plan_adjustments)
        .and(provider_money)
        .and(provider_payments)
        .and(provider_invoices)
        .and(provider_actuals)
        .and(provider_timesheets)
        .and(provider_non_delivery)
        .and(provider_files)
        .and(council_money)
        .and(programs)
        .and(organisations)
        .and(operators)
        .and(rule_trials)
}

/// The routes as tests list them.
#[must_use]
pub fn routes_seen() -> Vec<RouteSeen> {
    table().into_parts().1
}

/// Coming in.
fn signing_in(routes: Routes) -> Routes {
    use sign_in::{check_email, enrol, link, passkey, second_factor, single_sign_on};
    routes
        .get("/sign-in", sign_in::show)
        .post("/sign-in", sign_in::sign_in)
        .post("/sign-in/unlock", check_email::unlock)
        .get("/sign-in/asleep", check_email::asleep)
        .get("/sign-in/second-factor", second_factor::show)
        .post("/sign-in/second-factor", second_factor::give)
        .get("/sign-in/recovery-code", second_factor::show_recovery)
        .post("/sign-in/recovery-code", second_factor::give_recovery)
        .post("/sign-in/lost-second-factor", second_factor::lost)
        .post("/sign-in/passkey/start", passkey::start_sign_in)
        .post("/sign-in/passkey/finish", passkey::finish_sign_in)
        .post("/sign-in/second-factor/passkey/start", passkey::start_second)
        .post("/sign-in/second-factor/passkey/finish", passkey::finish_second)
        .get("/sign-in/council", single_sign_on::choose)
        .get("/sign-in/council/{council}", single_sign_on::begin)
        .get("/sign-in/returned", single_sign_on::finish)
        .get("/forgotten-password", check_email::show_forgotten)
        .post("/forgotten-password", check_email::forgotten)
        .get("/link/{token}", link::show)
        .post("/link/{token}", link::follow)
        .post("/link/{token}/passkey/start", passkey::start_return)
        .post("/link/{token}/passkey/finish", passkey::finish_return)
        .get("/enrol", enrol::choose)
        .get("/enrol/generator", enrol::show_generator)
        .post("/enrol/generator", enrol::take_generator)
        .post("/enrol/passkey/start", passkey::start_adding)
        .post("/enrol/passkey/finish", passkey::finish_adding)
        .get("/enrol/recovery-codes", enrol::show_codes)
}

/// What is a person's own.
fn own(routes: Routes) -> Routes {
    routes
        .get("/", home::show)
        .get("/account", account::show)
        .get("/account/password", account::password::show)
        .post("/account/password", account::password::change)
        .post("/account/language", account::language::choose)
        .post("/account/recovery-codes", account::factors::renew_codes)
        .post("/account/passkeys/{passkey}/remove", account::factors::remove_passkey)
        .get("/account/sessions", account::sessions::show)
        .post("/account/sessions/{session}/end", account::sessions::end)
        .post("/account/sessions/end-all", account::sessions::end_all)
        .post("/sign-out", session::sign_out)
        .post("/session/stay", session::stay)
        .get("/session/left", session::left)
        .get("/events", events::stream)
}

/// What a provider claims, and what it is paid.
fn provider_money(routes: Routes) -> Routes {
    use claims::provider;
    routes
        .get("/organisations/{organisation}/councils/{council}/claims", provider::list)
        .get("/organisations/{organisation}/councils/{council}/claims/{claim}", provider::show)
        .get("/organisations/{organisation}/councils/{council}/remittances", remittances::list)
        .get("/organisations/{organisation}/councils/{council}/remittances/{number}", remittances::show)
        .get("/organisations/{organisation}/councils/{council}/remittances/{number}/csv", remittances::csv)
        .get("/organisations/{organisation}/councils/{council}/remittances/{number}/xlsx", remittances::xlsx)
        .get("/organisations/{organisation}/councils/{council}/remittances/{number}/pdf", remittances::pdf)
        .get("/organisations/{organisation}/councils/{council}/remittances/{number}/html", remittances::html)
}

/// A provider's payments, week by week of its contracts.
fn provider_payments(routes: Routes) -> Routes {
    use payments::{act, list, progress, recalculate, receipt, reports, request, week};
    routes
        .get("/organisations/{organisation}/councils/{council}/payments", list::show)
        .get("/organisations/{organisation}/councils/{council}/payments/pending", reports::pending)
        .get("/organisations/{organisation}/councils/{council}/payments/reports", reports::index)
        .get("/organisations/{organisation}/councils/{council}/payments/reports/{report}", reports::show)
        .get("/organisations/{organisation}/councils/{council}/payments/reports/{report}/{form}", reports::file)
        .get("/organisations/{organisation}/councils/{council}/payments/request", request::show)
        .post("/organisations/{organisation}/councils/{council}/payments/request", request::ask)
        .get("/organisations/{organisation}/councils/{council}/payments/request/{request}", progress::show)
        .get("/organisations/{organisation}/councils/{council}/payments/request/{request}/events", progress::stream)
        .get("/organisations/{organisation}/councils/{council}/payments/{contract}/{week}", week::show)
        .get(
            "/organisations/{organisation}/councils/{council}/payments/{contract}/{week}/recalculate",
            recalculate::show,
        )
        .post(
            "/organisations/{organisation}/councils/{council}/payments/{contract}/{week}/recalculate",
            recalculate::go,
        )
        .get("/organisations/{organisation}/councils/{council}/payments/{contract}/{week}/receipt", receipt::show)
        .post("/organisations/{organisation}/councils/{council}/payments/{contract}/{week}", act::act)
}

/// Invoices that providers write, and what the council sees of them.
fn provider_invoices(routes: Routes) -> Routes {
    use crate::pages::council::invoices as setting;
    use invoices::{council, list, new, one};
    routes
        .get("/organisations/{organisation}/councils/{council}/invoices", list::show)
        .get("/organisations/{organisation}/councils/{council}/invoices/csv", list::csv)
        .get("/organisations/{organisation}/councils/{council}/invoices/new", new::show)
        .post("/organisations/{organisation}/councils/{council}/invoices/new", new::write)
        .get("/organisations/{organisation}/councils/{council}/invoices/{invoice}", one::show)
        .post("/organisations/{organisation}/councils/{council}/invoices/{invoice}/withdraw", one::withdraw)
        .get("/councils/{council}/invoices", council::list)
        .get("/councils/{council}/invoices/csv", council::csv)
        .get("/councils/{council}/invoices/{invoice}", council::show)
        .get("/councils/{council}/settings/invoices", setting::show)
        .post("/councils/{council}/settings/invoices", setting::change)
}

/// What a provider states of one claim, and declares.
fn provider_actuals(routes: Routes) -> Routes {
    use claims::{actuals, confirming};
    routes
        .get("/organisations/{organisation}/councils/{council}/claims/{claim}/actuals", actuals::show)
        .post("/organisations/{organisation}/councils/{council}/claims/{claim}/actuals", actuals::save)
        .post("/organisations/{organisation}/councils/{council}/claims/{claim}/actuals/price", actuals::price)
        .get("/organisations/{organisation}/councils/{council}/claims/{claim}/confirm", confirming::show)
        .post("/organisations/{organisation}/councils/{council}/claims/{claim}/confirm", confirming::confirm)
        .post("/organisations/{organisation}/councils/{council}/claims/{claim}/unconfirm", confirming::unconfirm)
}

/// The same on a telephone.
fn provider_timesheets(routes: Routes) -> Routes {
    use claims::timesheet::{list, review, week};
    routes
        .get("/organisations/{organisation}/councils/{council}/timesheets", list::show)
        .get("/organisations/{organisation}/councils/{council}/timesheets/{week}", review::show)
        .post("/organisations/{organisation}/councils/{council}/timesheets/{week}", review::send)
        .get("/organisations/{organisation}/councils/{council}/timesheets/{week}/{claim}", week::show)
        .post("/organisations/{organisation}/councils/{council}/timesheets/{week}/{claim}", week::save)
        .post("/organisations/{organisation}/councils/{council}/timesheets/{week}/{claim}/price", week::price)
}

/// Care that was not delivered, for many people and days at once.
fn provider_non_delivery(routes: Routes) -> Routes {
    use claims::non_delivery;
    routes
        .get("/organisations/{organisation}/councils/{council}/claims/non-delivery", non_delivery::show)
        .post("/organisations/{organisation}/councils/{council}/claims/non-delivery", non_delivery::act)
}

/// What a provider is to deliver, when it is paid, and what the council says about it.
fn provider_care(routes: Routes) -> Routes {
    use calendars::{billing, feed, list as all, schedule};
    use contracts::{contract, line, list};
    use notices::guidance;
    routes
        .get("/organisations/{organisation}/councils/{council}/contracts", list::show)
        .get("/organisations/{organisation}/councils/{council}/contracts/{contract}", contract::show)
        .get("/organisations/{organisation}/councils/{council}/contracts/lines/{line}", line::show)
        .get("/organisations/{organisation}/councils/{council}/calendars", all::show)
        .get("/organisations/{organisation}/councils/{council}/calendars/{schedule}", schedule::show)
        .get("/organisations/{organisation}/councils/{council}/calendars/{schedule}/csv", schedule::csv)
        .get("/organisations/{organisation}/councils/{council}/calendars/{schedule}/ics", schedule::ics)
        .get("/organisations/{organisation}/councils/{council}/calendars/billing/{billing}", billing::show)
        .get("/organisations/{organisation}/councils/{council}/calendars/billing/{billing}/csv", billing::csv)
        .get("/organisations/{organisation}/councils/{council}/calendars/billing/{billing}/ics", billing::ics)
        .get("/organisations/{organisation}/councils/{council}/guidance", guidance::list)
        .get("/organisations/{organisation}/councils/{council}/guidance/{guidance}", guidance::show)
        .get("/organisations/{organisation}/calendar-feed", feed::show)
        .post("/organisations/{organisation}/calendar-feed", feed::make)
        .post("/organisations/{organisation}/calendar-feed/revoke", feed::revoke)
        .get("/calendar-feed/{token}", feed::read)
}

/// What a provider asks about care, and what the council answers.
fn care_queries(routes: Routes) -> Routes {
    use queries::{council, provider};
    routes
        .get("/organisations/{organisation}/councils/{council}/queries", provider::list)
        .get("/organisations/{organisation}/councils/{council}/queries/new", provider::show_new)
        .post("/organisations/{organisation}/councils/{council}/queries/new", provider::ask)
        .get("/organisations/{organisation}/councils/{council}/queries/{query}", provider::show)
        .post("/organisations/{organisation}/councils/{council}/queries/{query}/reply", provider::reply)
        .post("/organisations/{organisation}/councils/{council}/queries/{query}/close", provider::close)
        .get("/councils/{council}/queries", council::list)
        .get("/councils/{council}/queries/{query}", council::show)
        .post("/councils/{council}/queries/{query}/reply", council::reply)
        .post("/councils/{council}/queries/{query}/pass-on", council::pass_on)
}

/// What both sides write about a claim.
fn talk_of_claims(routes: Routes) -> Routes {
    use talk::claim;
    routes
        .post("/organisations/{organisation}/councils/{council}/claims/{claim}", claim::say_own)
        .get(
            "/organisations/{organisation}/councils/{council}/claims/{claim}/attachments/{attachment}",
            claim::file_own,
        )
        .post("/councils/{council}/claims/{claim}", claim::say)
        .get("/councils/{council}/claims/{claim}/attachments/{attachment}", claim::file_of_council)
}

/// Disputes, which either side opens and the other answers.
fn claim_disputes(routes: Routes) -> Routes {
    use disputes::{council, provider, setting};
    routes
        .get("/organisations/{organisation}/councils/{council}/disputes", provider::list)
        .get("/organisations/{organisation}/councils/{council}/disputes/file/{form}", provider::file)
        .get("/organisations/{organisation}/councils/{council}/disputes/new", provider::show_new)
        .post("/organisations/{organisation}/councils/{council}/disputes/new", provider::open)
        .get("/organisations/{organisation}/councils/{council}/disputes/{dispute}", provider::show)
        .post("/organisations/{organisation}/councils/{council}/disputes/{dispute}", provider::act)
        .get("/councils/{council}/disputes", council::list)
        .get("/councils/{council}/disputes/file/{form}", council::file)
        .get("/councils/{council}/disputes/new", council::show_new)
        .post("/councils/{council}/disputes/new", council::open)
        .get("/councils/{council}/disputes/{dispute}", council::show)
        .post("/councils/{council}/disputes/{dispute}", council::act)
        .get("/councils/{council}/settings/disputes", setting::show)
        .post("/councils/{council}/settings/disputes", setting::change)
}

/// Contracts for the council's staff, and documents of them that providers agree.
fn contract_documents(routes: Routes) -> Routes {
    use documents::{council, provider};
    routes
        .get("/councils/{council}/contracts", contracts::council::show)
        .get("/councils/{council}/contracts/{contract}", contracts::council::show_contract)
        .get("/councils/{council}/contracts/lines/{line}", contracts::council::show_line)
        .get("/councils/{council}/documents", council::list)
        .get("/councils/{council}/documents/new", council::show_new)
        .post("/councils/{council}/documents/new", council::publish)
        .get("/councils/{council}/documents/{document}", council::show)
        .get("/councils/{council}/documents/{document}/new-version", council::show_again)
        .post("/councils/{council}/documents/{document}/new-version", council::publish_again)
        .post("/councils/{council}/documents/{document}/withdraw", council::withdraw)
        .get("/councils/{council}/documents/{document}/file/{version}", council::file)
        .get("/organisations/{organisation}/councils/{council}/documents", provider::list)
        .get("/organisations/{organisation}/councils/{council}/documents/{document}", provider::show)
        .post("/organisations/{organisation}/councils/{council}/documents/{document}", provider::answer)
        .get("/organisations/{organisation}/councils/{council}/documents/{document}/file/{version}", provider::file)
}

/// Changes of plans that providers ask for.
fn plan_adjustments(routes: Routes) -> Routes {
    use adjustments::{council, provider};
    routes
        .get("/councils/{council}/adjustments", council::list)
        .get("/councils/{council}/adjustments/{adjustment}", council::show)
        .post("/councils/{council}/adjustments/{adjustment}", council::decide)
        .get("/organisations/{organisation}/councils/{council}/adjustments", provider::list)
        .get("/organisations/{organisation}/councils/{council}/adjustments/new", provider::show_new)
        .post("/organisations/{organisation}/councils/{council}/adjustments/new", provider::ask)
        .get("/organisations/{organisation}/councils/{council}/adjustments/{adjustment}", provider::show)
        .post("/organisations/{organisation}/councils/{council}/adjustments/{adjustment}", provider::withdraw)
}

/// What a council tells all of its providers, and who answers them.
fn council_publishing(routes: Routes) -> Routes {
    use council::publishing::{guidance, notices, teams};
    routes
        .get("/councils/{council}/settings/notices", notices::list)
        .get("/councils/{council}/settings/notices/new", notices::show_new)
        .post("/councils/{council}/settings/notices/new", notices::add)
        .get("/councils/{council}/settings/notices/{notice}", notices::show)
        .post("/councils/{council}/settings/notices/{notice}", notices::change)
        .post("/councils/{council}/settings/notices/{notice}/withdraw", notices::withdraw)
        .get("/councils/{council}/settings/teams", teams::list)
        .post("/councils/{council}/settings/teams", teams::add)
        .get("/councils/{council}/settings/teams/{team}", teams::show)
        .post("/councils/{council}/settings/teams/{team}", teams::change)
        .get("/councils/{council}/settings/guidance", guidance::list)
        .get("/councils/{council}/settings/guidance/new", guidance::show_new)
        .post("/councils/{council}/settings/guidance/new", guidance::add)
        .get("/councils/{council}/settings/guidance/{guidance}", guidance::show)
        .post("/councils/{council}/settings/guidance/{guidance}", guidance::change)
        .post("/councils/{council}/settings/guidance/{guidance}/withdraw", guidance::withdraw)
}

/// Actuals of many claims as a file.
fn provider_files(routes: Routes) -> Routes {
    use actuals_file::{download, rejects, save, show, show_upload, stream, upload};
    routes
        .get("/organisations/{organisation}/councils/{council}/actuals-file", show)
        .post("/organisations/{organisation}/councils/{council}/actuals-file", upload)
        .get("/organisations/{organisation}/councils/{council}/actuals-file/download", download)
        .get("/organisations/{organisation}/councils/{council}/actuals-file/{upload}", show_upload)
        .post("/organisations/{organisation}/councils/{council}/actuals-file/{upload}/save", save)
        .get("/organisations/{organisation}/councils/{council}/actuals-file/{upload}/progress", stream)
        .get("/organisations/{organisation}/councils/{council}/actuals-file/{upload}/rejects", rejects)
}

/// What a council is asked for, and what it pays.
fn council_money(routes: Routes) -> Routes {
    routes
        .get("/councils/{council}/claims", claims::council::list)
        .get("/councils/{council}/claims/{claim}", claims::council::show)
        .get("/councils/{council}/runs", runs::list)
        .get("/councils/{council}/runs/{run}", runs::show)
        .post("/councils/{council}/runs/{run}/approve", runs::approve)
        .get("/councils/{council}/payment-files/{file}", payment_files::download)
}

/// The same for programs.
fn programs(routes: Routes) -> Routes {
    routes
        .get("/api/v1/organisations/{organisation}/councils/{council}/claims", api::claims::list)
        .get("/api/v1/organisations/{organisation}/councils/{council}/claims/{claim}", api::claims::show)
        .get("/api/v1/councils/{council}/runs/{run}", api::runs::show)
}

/// An organisation, its people, and invitations of councils.
fn organisations(routes: Routes) -> Routes {
    use organisation::{people, person};
    routes
        .get("/organisations/{organisation}", organisation::show)
        .get("/organisations/{organisation}/people", people::list)
        .get("/organisations/{organisation}/people/invite", people::show_invite)
        .post("/organisations/{organisation}/people/invite", people::invite)
        .get("/organisations/{organisation}/people/{person}", person::show)
        .post("/organisations/{organisation}/people/{person}", person::change)
        .get("/organisations/{organisation}/people/{person}/remove", person::show_remove)
        .post("/organisations/{organisation}/people/{person}/remove", person::remove)
        .post("/organisations/{organisation}/people/{person}/invite-again", person::invite_again)
        .get("/invitations/{council}/{invitation}", invitations::show)
        .post("/invitations/{council}/{invitation}/accept", invitations::accept)
        .post("/invitations/{council}/{invitation}/decline", invitations::decline)
}

/// Operators of the platform.
fn operators(routes: Routes) -> Routes {
    use operator::{audit, councils, health, onboard};
    routes
        .get("/operator/councils", councils::list)
        .get("/operator/councils/new", onboard::show)
        .post("/operator/councils/new", onboard::add)
        .get("/operator/councils/{council}", councils::show)
        .post("/operator/councils/{council}/suspend", councils::suspend)
        .post("/operator/councils/{council}/resume", councils::resume)
        .get("/operator/health", health::show)
        .post("/operator/health/letters/{letter}/again", health::send_again)
        .get("/operator/audit", audit::list)
}

/// What everybody may see.
fn open(routes: Routes) -> Routes {
    use council::open;
    routes
        .get("/help", open::own_help)
        .get("/contact", open::own_contact)
        .get("/accessibility", open::own_accessibility)
        .get("/councils/{council}/help", open::help)
        .get("/councils/{council}/contact", open::contact)
        .get("/councils/{council}/accessibility", open::accessibility)
        .get("/councils/{council}/logo/{version}", open::logo)
}

/// A council's front page, its staff and its providers.
fn council_pages(routes: Routes) -> Routes {
    use council::{import, invitations, member, providers, staff};
    routes
        .get("/councils/{council}", council::show)
        .get("/councils/{council}/staff", staff::show)
        .get("/councils/{council}/staff/invite", staff::show_invite)
        .post("/councils/{council}/staff/invite", staff::invite)
        .get("/councils/{council}/staff/{person}", member::show)
        .post("/councils/{council}/staff/{person}/roles", member::change_roles)
        .post("/councils/{council}/staff/{person}/invite-again", member::invite_again)
        .get("/councils/{council}/staff/{person}/remove", member::show_remove)
        .post("/councils/{council}/staff/{person}/remove", member::remove)
        .get("/councils/{council}/providers", providers::show)
        .get("/councils/{council}/providers/invite", invitations::show_invite)
        .post("/councils/{council}/providers/invite", invitations::invite)
        .get("/councils/{council}/providers/invitations", invitations::show)
        .post("/councils/{council}/providers/invitations/{invitation}/again", invitations::send_again)
        .post("/councils/{council}/providers/invitations/{invitation}/withdraw", invitations::withdraw)
        .get("/councils/{council}/providers/import", import::show)
        .post("/councils/{council}/providers/import", import::preview)
        .post("/councils/{council}/providers/import/confirm", import::confirm)
        .post("/councils/{council}/providers/import/rejects", import::rejects)
        .get("/councils/{council}/providers/{organisation}", providers::show_one)
        .get("/councils/{council}/providers/{organisation}/unlink", providers::show_unlink)
        .post("/councils/{council}/providers/{organisation}/unlink", providers::unlink)
}

/// The record of who did what.
fn council_audit(routes: Routes) -> Routes {
    use council::audit::{self, files, verifying};
    routes
        .get("/councils/{council}/audit", audit::show)
        .post("/councils/{council}/audit/verify", verifying::verify)
        .get("/councils/{council}/audit/export", files::sealed)
        .get("/councils/{council}/audit/export.csv", files::table)
}

/// What a council sets for itself.
fn council_settings(routes: Routes) -> Routes {
    use council::{brand, languages, settings, sign_on};
    routes
        .get("/councils/{council}/settings", settings::show)
        .get("/councils/{council}/settings/brand", brand::show)
        .post("/councils/{council}/settings/brand", brand::change)
        .get("/councils/{council}/settings/languages", languages::show)
        .post("/councils/{council}/settings/languages", languages::change)
        .get("/councils/{council}/settings/sign-in", sign_on::show)
        .post("/councils/{council}/settings/sign-in", sign_on::change)
        .post("/councils/{council}/settings/sign-in/check", sign_on::check)
        .post("/councils/{council}/settings/password-rule", sign_on::change_password_rule)
}

/// The life of a council's payment rule.
fn council_rules(routes: Routes) -> Routes {
    use rules::{activate, cases, component, list, quarantine, upload, values, version};
    routes
        .get("/councils/{council}/rules", list::show)
        .get("/councils/{council}/rules/new", upload::show)
        .post("/councils/{council}/rules/new", upload::send)
        .get("/councils/{council}/rules/quarantine", quarantine::show)
        .post("/councils/{council}/rules/quarantine", quarantine::change)
        .get("/councils/{council}/rules/settings", values::show)
        .get("/councils/{council}/rules/settings/change", values::edit)
        .post("/councils/{council}/rules/settings/change", values::change)
        .get("/councils/{council}/rules/{digest}", version::show)
        .post("/councils/{council}/rules/{digest}", version::decide)
        .get("/councils/{council}/rules/{digest}/cases", cases::show)
        .post("/councils/{council}/rules/{digest}/cases", cases::run)
        .get("/councils/{council}/rules/{digest}/activate", activate::show)
        .post("/councils/{council}/rules/{digest}/activate", activate::activate)
        .get("/councils/{council}/rules/{digest}/component", component::download)
}

/// Trials of a payment rule on past pay periods.
fn rule_trials(routes: Routes) -> Routes {
    use trials::{lines, list, one};
    routes
        .get("/councils/{council}/rules/{digest}/trials", list::show)
        .post("/councils/{council}/rules/{digest}/trials", list::start)
        .get("/councils/{council}/rules/{digest}/trials/{trial}", one::show)
        .post("/councils/{council}/rules/{digest}/trials/{trial}/cancel", one::cancel)
        .get("/councils/{council}/rules/{digest}/trials/{trial}/events", one::stream)
        .get("/councils/{council}/rules/{digest}/trials/{trial}/lines", lines::show)
        .get("/councils/{council}/rules/{digest}/trials/{trial}/{report}/file/{form}", lines::file)
}
