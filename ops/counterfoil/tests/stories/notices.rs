//! What providers are told by e-mail: as each council has set it, and once.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PeriodId, TenantId};
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_core::statement::Actuals;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::jobs::Job;
use counterfoil_tenants::notice::{self, Notice, NoticeState};
use counterfoil_tenants::notification;
use counterfoil_tenants::steps::notify::{remind_of_cut_off, sent, tell_of_remittances, to_send};
use counterfoil_testkit::instant;

use crate::support::{Town, World, date, saturday, winter};

fn setting(event: NoticeEvent, enabled: bool) -> NotificationSetting {
    let (subject, body) = match event {
        NoticeEvent::CutOffNear => (
            "{unconfirmed} of {claims} unconfirmed at {council}",
            "Dear {provider}, confirm {period} by {cut_off}; paid {bank_date}.",
        ),
        NoticeEvent::RemittanceReady => {
            ("Remittance {number}", "{amount} for {lines} line of {schedule} will be in the bank on {bank_date}.")
        }
        NoticeEvent::DocumentPublished | NoticeEvent::DocumentAnswered => {
            ("{kind} {document}", "Version {version} for {contract} by {agree_by}.")
        }
        NoticeEvent::AdjustmentAsked | NoticeEvent::AdjustmentAnswered => ("Adjustment {adjustment}", "{line} {from}."),
        NoticeEvent::QueryAsked | NoticeEvent::QueryAnswered => ("Query {query}", "{about}, for {to}: {contract}."),
        NoticeEvent::ClaimMessageForCouncil | NoticeEvent::ClaimMessageForProvider => {
            ("Claim {claim}", "{writer} about {person}, {week}: {link}")
        }
        NoticeEvent::DisputeForCouncil | NoticeEvent::DisputeForProvider => {
            ("Dispute {dispute}", "{writer} {what}, {reason}, by {respond_by}: {link}")
        }
    };
    NotificationSetting {
        event,
        enabled,
        sender: "payments@worcestershire.example".to_owned(),
        reply_to: "help@worcestershire.example".to_owned(),
        lead_minutes: 36 * 60,
        subject: subject.to_owned(),
        body: body.to_owned(),
    }
}

async fn set(town: &Town, at: DateTime<Utc>, enabled: bool) {
    town.administrator
        .transaction(at, async |tx| {
            let mut audited = tx.audited(Record::on(Action::SetUp, "notification")).await?;
            for event in NoticeEvent::ALL {
                notification::set(&mut audited, setting(event, enabled)).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn notices(town: &Town) -> Vec<Notice> {
    town.service.read(async |tx| notice::all(tx).await).await.unwrap()
}

/// The reminders that are due by an instant, taken off the queue with all other work.
async fn reminders(world: &World, by: DateTime<Utc>) -> Vec<(TenantId, PeriodId)> {
    let (queue, mut due) = (world.db.dispatcher(), Vec::new());
    while let Some(taken) = queue.take("worker", by, TimeDelta::days(1)).await.unwrap() {
        if let Job::NotifyCutOff { period } = taken.job {
            due.push((taken.tenant, period));
        }
        assert!(queue.done(&taken).await.unwrap());
    }
    due
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_is_near_in_the_councils_words_from_its_sender_once_and_ahead_as_set() {
    let world = World::new().await;
    let (told, silent) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    set(&told, instant(2024, 12, 1, 9), true).await;
    set(&silent, instant(2024, 12, 1, 9), false).await;
    let care = told.home_care(7_000).await;
    let done = told.home_care(7_000).await;
    told.claim(&care, saturday()).await;
    silent.claim(&silent.home_care(7_000).await, saturday()).await;
    told.confirmed_as_planned(&done, saturday()).await;

    let cut_off = told.periods[&saturday()].cut_off;
    // the reminder waits in the queue until 36 hours before, and nobody's waits where it is switched off
    assert_eq!(reminders(&world, cut_off - TimeDelta::hours(36) - TimeDelta::seconds(1)).await, []);
    let waiting = reminders(&world, cut_off - TimeDelta::hours(36)).await;
    assert_eq!(waiting, [(told.council.tenant, told.period(saturday()))]);
    let kept = told.service.read(async |tx| notification::for_event(tx, NoticeEvent::CutOffNear).await).await;
    let due = kept.unwrap().unwrap().due(cut_off);
    assert_eq!(due, cut_off - TimeDelta::hours(36));
    assert_eq!(remind_of_cut_off(&silent.service, due, silent.period(saturday())).await.unwrap(), 0);
    assert_eq!(remind_of_cut_off(&told.service, due, told.period(saturday())).await.unwrap(), 1);
    assert_eq!(remind_of_cut_off(&told.service, due, told.period(saturday())).await.unwrap(), 0);
    let late = cut_off + TimeDelta::seconds(1);
    assert_eq!(remind_of_cut_off(&told.service, late, told.period(saturday())).await.unwrap(), 0);

    assert_eq!(notices(&silent).await, []);
    let [one] = &notices(&told).await[..] else { panic!("one notice, to whoever has not confirmed") };
    assert_eq!(one.recipient, format!("payee{}@example.com", care.number));
    assert_eq!(
        (one.sender.as_str(), one.reply_to.as_deref()),
        ("payments@worcestershire.example", Some("help@worcestershire.example"))
    );
    assert_eq!(
        (one.subject.as_str(), one.state, one.created_at),
        ("1 of 1 unconfirmed at Worcestershire", NoticeState::ToSend, due)
    );
    assert_eq!(
        one.body,
        format!(
            "Dear Good Care {}, confirm 14 December 2024 to 20 December 2024 by 6:00pm on Sunday 22 December 2024; \
             paid 31 December 2024.",
            care.number
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remittance_is_announced_once_where_the_council_has_switched_it_on() {
    let world = World::new().await;
    let (told, silent) = (Town::new(&world, "Worcestershire").await, Town::new(&world, "Bradford").await);
    set(&told, instant(2024, 12, 1, 9), false).await;
    set(&told, instant(2024, 12, 2, 9), true).await;
    // never set, which sends nothing
    let mut runs = Vec::new();
    for town in [&told, &silent] {
        let care = town.home_care(7_000).await;
        let id = town.claim(&care, saturday()).await.id;
        town.state(id, Actuals::AsPlanned, "", winter(date(2024, 12, 21), 9, 0, 0)).await;
        town.confirm(id, winter(date(2024, 12, 21), 10, 0, 0)).await;
        runs.push(town.run(saturday()).await);
    }
    let at = told.run_day(saturday());
    assert_eq!(tell_of_remittances(&silent.service, at, runs[1]).await.unwrap(), 0);
    assert_eq!(tell_of_remittances(&told.service, at, runs[0]).await.unwrap(), 1);
    assert_eq!(tell_of_remittances(&told.service, at, runs[0]).await.unwrap(), 0);
    assert_eq!(notices(&silent).await, []);
    let [one] = &notices(&told).await[..] else { panic!("one notice") };
    let number = &told.payments(runs[0]).await[0].reference;
    assert_eq!(one.subject, format!("Remittance {number}"));
    assert_eq!(one.body, "£131.95 for 1 line of Weekly actuals will be in the bank on 31 December 2024.");

    assert_eq!(to_send(&told.service, one.id).await.unwrap().as_ref(), Some(one));
    sent(&told.service, at, one.id, NoticeState::Sent, (Some("<1@example>"), None)).await.unwrap();
    assert_eq!(to_send(&told.service, one.id).await.unwrap(), None);
    assert!(sent(&told.service, at, one.id, NoticeState::Sent, (Some("<2@example>"), None)).await.is_err());
    let [one] = &notices(&told).await[..] else { panic!("one notice") };
    assert_eq!((one.attempts, one.message_id.as_deref()), (1, Some("<1@example>")));
}
