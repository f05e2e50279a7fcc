//! Mail over a real SMTP session and into files, read back by a parser that shares no code with the writer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::time::{Duration, SystemTime};

use counterfoil_mailer::{Lasting, Mailer, Message};
use counterfoil_services::{Refusal, SmtpSink};
use mail_parser::MessageParser;

fn message() -> Message {
    Message {
        from: "Worcestershire payments <payments@council.example>".to_owned(),
        reply_to: Some("help@council.example".to_owned()),
        to: "office@provider.example".to_owned(),
        subject: "Remittance of £2,451.85 is ready".to_owned(),
        text: format!("£18.85 an hour\n.\n..\n{}\r\nlast", "long ".repeat(300)),
        message_id: "remittance-0192f7@worcestershire.counterfoil.example".to_owned(),
        // Tuesday 31 December 2024, 09:30:00 UTC
        date: SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_637_400),
    }
}

fn check(data: &[u8]) {
    let sent = message();
    let mail = MessageParser::default().parse(data).unwrap();
    assert_eq!(mail.subject(), Some(sent.subject.as_str()));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("Worcestershire payments"));
    assert_eq!(from.address(), Some("payments@council.example"));
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("office@provider.example"));
    assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("help@council.example"));
    assert_eq!(mail.message_id(), Some(sent.message_id.as_str()));
    assert_eq!(mail.date().unwrap().to_timestamp(), 1_735_637_400);
    let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), sent.text.replace("\r\n", "\n"));
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let sink = SmtpSink::start().await.unwrap();
    let mailer = Mailer::new(Some(&sink.url()), Path::new("/nowhere")).unwrap();
    let receipt = mailer.send(&message()).await.unwrap();
    assert_eq!(receipt.message_id, "<remittance-0192f7@worcestershire.counterfoil.example>");
    assert_eq!(receipt.file, None);

    let mail = sink.messages();
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].from, "payments@council.example");
    assert_eq!(mail[0].to, ["office@provider.example"]);
    check(&mail[0].data);
}

#[tokio::test]
async fn without_a_relay_it_is_a_file_of_the_same_bytes_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::new(None, &folder.path().join("mail")).unwrap();
    let first = mailer.send(&message()).await.unwrap().file.unwrap();
    let name = first.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, "remittance-0192f7@worcestershire.counterfoil.example.eml");
    let bytes = std::fs::read(&first).unwrap();
    check(&bytes);

    let again = mailer.send(&message()).await.unwrap().file.unwrap();
    assert_eq!((&again, std::fs::read(&again).unwrap()), (&first, bytes));
    assert_eq!(std::fs::read_dir(folder.path().join("mail")).unwrap().count(), 1);
}

#[tokio::test]
async fn ids_become_names_that_stay_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mailer = Mailer::folder(folder.path());
    let mut names = Vec::new();
    for id in ["../up@council.example", "%2e%2e/up@council.example", "a/b@c"] {
        let file = mailer.send(&Message { message_id: id.to_owned(), ..message() }).await.unwrap().file;
        let file = file.unwrap();
        assert_eq!(file.parent(), Some(folder.path()));
        names.push(file);
    }
    names.dedup();
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn refusals_say_whether_to_try_again() {
    let sink = SmtpSink::start().await.unwrap();
    let mailer = Mailer::smtp(&sink.url()).unwrap();
    sink.refuse(Some(Refusal::Temporary));
    let error = mailer.send(&message()).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
    assert!(error.to_string().contains("try again later"), "{error}");

    sink.refuse(Some(Refusal::Permanent));
    let error = mailer.send(&message()).await.unwrap_err();
    assert_eq!(error.lasting(), Lasting::Permanent, "{error}");
    assert!(error.to_string().contains("no such mailbox"), "{error}");

    sink.refuse(None);
    mailer.send(&message()).await.unwrap();
    assert_eq!(sink.messages().len(), 1);
}

/// A relay that wants to know who we are before it takes anything.
async fn asks_who_we_are(listener: tokio::net::TcpListener) {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let (stream, _) = listener.accept().await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 relay.invalid ESMTP\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer: &[u8] = match line.split_whitespace().next() {
            Some("EHLO") => b"250 relay.invalid\r\n",
            Some("QUIT") => b"221 bye\r\n",
            _ => b"530 5.7.0 authentication required\r\n",
        };
        if write.write_all(answer).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_relay_that_wants_another_password_is_a_reason_to_try_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = Mailer::smtp(&format!("smtp://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(asks_who_we_are(listener));
    let error = mailer.send(&message()).await.unwrap_err();
    assert!(error.is_temporary() && error.to_string().contains("530"), "{error}");
}

#[tokio::test]
async fn whoever_gives_up_waiting_leaves_no_answer_behind_for_the_next_message() {
    let sink = SmtpSink::start().await.unwrap();
    let mailer = Mailer::smtp(&sink.url()).unwrap();
    mailer.send(&message()).await.unwrap();
    // somebody stops waiting while the relay has the message and has not answered yet
    sink.set_delay(Duration::from_millis(200));
    let waiting = tokio::spawn({
        let mailer = mailer.clone();
        async move { mailer.send(&message()).await }
    });
    while sink.messages().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    waiting.abort();
    assert!(waiting.await.is_err());
    sink.set_delay(Duration::ZERO);
    tokio::time::sleep(Duration::from_millis(600)).await;
    // the relay's answers to the next ones are theirs, and not those that nobody heard
    for _ in 0..3 {
        sink.refuse(Some(Refusal::Temporary));
        let error = mailer.send(&message()).await.expect_err("it was refused");
        assert!(error.to_string().contains("451"), "{error}");
        sink.refuse(None);
        mailer.send(&message()).await.unwrap();
    }
    assert_eq!(sink.messages().len(), 5);
}

#[tokio::test]
async fn a_relay_that_is_away_is_a_reason_to_try_again() {
    let sink = SmtpSink::start().await.unwrap();
    let mailer = Mailer::smtp(&sink.url()).unwrap();
    drop(sink);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = mailer.send(&message()).await.unwrap_err();
    assert!(error.is_temporary(), "{error}");
}

#[tokio::test]
async fn a_line_break_in_a_header_is_refused() {
    let sink = SmtpSink::start().await.unwrap();
    let mailer = Mailer::smtp(&sink.url()).unwrap();
    let evil = "x\r\nBcc: everybody@council.example";
    let address = "office@provider.example\nBcc: everybody@council.example".to_owned();
    let hostile = [
        Message { subject: evil.to_owned(), ..message() },
        Message { subject: "a\nb".to_owned(), ..message() },
        Message { subject: "a\u{0}b".to_owned(), ..message() },
        Message { from: format!("{evil} <payments@council.example>"), ..message() },
        Message { reply_to: Some(address.clone()), ..message() },
        Message { to: address, ..message() },
        Message { to: "office@provider.example, everybody@council.example".to_owned(), ..message() },
        Message { to: String::new(), ..message() },
        Message { message_id: format!("a@b>\r\n{evil}"), ..message() },
        Message { message_id: "no-domain".to_owned(), ..message() },
    ];
    for message in hostile {
        let error = mailer.send(&message).await.unwrap_err();
        assert_eq!(error.lasting(), Lasting::Permanent, "{message:?}");
    }
    assert!(sink.messages().is_empty());
}

#[test]
fn a_wrong_relay_address_is_said_without_its_password() {
    let error = Mailer::smtp("http://user:secret@relay.example").unwrap_err();
    assert!(error.to_string().contains("SMTP_URL"), "{error}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}
