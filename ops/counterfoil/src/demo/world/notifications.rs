//! What councils tell their providers by e-mail, each in its own words, from its own address, at its own time.

use counterfoil_core::notice::{NoticeEvent, NotificationSetting};

/// How one council writes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice {
    /// The address that mail comes from.
    pub(crate) sender: &'static str,
    /// The address that answers go to.
    pub(crate) reply_to: &'static str,
    /// Hours before the cut-off.
    pub(crate) lead_hours: u32,
    /// Subject and text before a cut-off.
    pub(crate) cut_off_near: (&'static str, &'static str),
    /// Subject and text with a remittance.
    pub(crate) remittance_ready: (&'static str, &'static str),
}

/// What is said of a message, and of a dispute, to the council and to the provider.
const SAID: [(NoticeEvent, &str, &str); 4] = [
    (
        NoticeEvent::ClaimMessageForCouncil,
        "{provider} has written about a claim for {person}",
        "{writer} of {provider} has written about the claim for {person}, {week}, contract {contract}.\n\nRead and answer it \
         here: {link}\n\n{council}",
    ),
    (
        NoticeEvent::ClaimMessageForProvider,
        "We have written about a claim for {person}",
        "Dear {provider},\n\n{writer} has written about your claim for {person}, {week}, contract {contract}.\n\nRead and \
         answer it here: {link}\n\n{council}",
    ),
    (
        NoticeEvent::DisputeForCouncil,
        "Dispute about a claim for {person}: {provider} {what}",
        "{writer} of {provider} {what}: {reason}, about the claim for {person}, {week}, contract {contract}.\n\nIf it waits \
         for us, respond by {respond_by}: {link}\n\n{council}",
    ),
    (
        NoticeEvent::DisputeForProvider,
        "Dispute about your claim for {person}: we {what}",
        "Dear {provider},\n\n{writer} {what} for the council: {reason}, about your claim for {person}, {week}, contract \
         {contract}.\n\nIf it waits for you, respond by {respond_by}: {link}\n\n{council}",
    ),
];

/// The settings of every event; all councils tell of queries, messages and disputes in the same words.
#[must_use]
pub(crate) fn settings(voice: &Voice) -> Vec<NotificationSetting> {
    let setting = |event, lead_minutes, (subject, body): (&str, &str)| NotificationSetting {
        event,
        enabled: true,
        sender: voice.sender.to_owned(),
        reply_to: voice.reply_to.to_owned(),
        lead_minutes,
        subject: subject.to_owned(),
        body: body.to_owned(),
    };
    let said = SAID.map(|(event, subject, body)| setting(event, 0, (subject, body)));
    let mut settings = vec![
        setting(NoticeEvent::CutOffNear, voice.lead_hours * 60, voice.cut_off_near),
        setting(NoticeEvent::RemittanceReady, 0, voice.remittance_ready),
        setting(
            NoticeEvent::QueryAsked,
            0,
            (
                "{urgency}: {provider} asks about {contract}",
                "For {to}\n\n{provider} has a query about contract {contract}: {about}. Urgency: {urgency}.\n\nSign in to \
                 Counterfoil to read and answer it. Its number is {query}.\n\n{council}",
            ),
        ),
        setting(
            NoticeEvent::QueryAnswered,
            0,
            (
                "We have answered your query about {contract}",
                "Dear {provider},\n\nWe have answered your query about contract {contract}: {about}.\n\nSign in to Counterfoil \
                 to read the answer. Its number is {query}.\n\n{council}",
            ),
        ),
        setting(
            NoticeEvent::DocumentPublished,
            0,
            (
                "To agree by {agree_by}: a document of contract {contract}",
                "Dear {provider},\n\nWe have published a document under contract {contract}: {kind}, version {version}. Please \
                 agree or reject it by {agree_by}.\n\nSign in to Counterfoil to read it. Its number is {document}.\n\n{council}",
            ),
        ),
        setting(
            NoticeEvent::DocumentAnswered,
            0,
            (
                "{provider} has {answer} a document of contract {contract}",
                "{provider} has {answer} version {version} of a document under contract {contract}: {kind}.\n\nSign in to \
                 Counterfoil to see the receipt. Its number is {document}.\n\n{council}",
            ),
        ),
        setting(
            NoticeEvent::AdjustmentAsked,
            0,
            (
                "{provider} asks for an adjustment of {line}",
                "{provider} asks for another plan of service line {line} under contract {contract} from {from}.\n\nSign in to \
                 Counterfoil to accept or reject it. It is adjustment {adjustment} of the line.\n\n{council}",
            ),
        ),
        setting(
            NoticeEvent::AdjustmentAnswered,
            0,
            (
                "Your adjustment of {line} is {answer}",
                "Dear {provider},\n\nAdjustment {adjustment} of service line {line} under contract {contract} is \
                 {answer}.\n\nSign in to Counterfoil to see what that means for the plan.\n\n{council}",
            ),
        ),
    ];
    settings.extend(said);
    settings
}
