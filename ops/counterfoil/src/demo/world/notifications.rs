//! What councils tell their providers by e-mail, each in its own words, from its own address, at its own time.

use counterfoil_core::notice::{NoticeEvent, NotificationSetting};

/// How one council writes.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// The address that mail comes from.
    pub sender: &'static str,
    /// The address that answers go to.
    pub reply_to: &'static str,
    /// Hours before the cut-off.
    pub lead_hours: u32,
    /// Subject and text before a cut-off.
    pub cut_off_near: (&'static str, &'static str),
    /// Subject and text with a remittance.
    pub remittance_ready: (&'static str, &'static str),
}

/// The settings of both events.
#[must_use]
pub fn settings(voice: &Voice) -> Vec<NotificationSetting> {
    let setting = |event, lead_minutes, (subject, body): (&str, &str)| NotificationSetting {
        event,
        enabled: true,
        sender: voice.sender.to_owned(),
        reply_to: voice.reply_to.to_owned(),
        lead_minutes,
        subject: subject.to_owned(),
        body: body.to_owned(),
    };
    vec![
        setting(
            NoticeEvent::CutOffNear,
            voice.lead_hours * 60,
            voice.cut_off_near,
        ),
        setting(NoticeEvent::RemittanceReady, 0, voice.remittance_ready),
    ]
}
