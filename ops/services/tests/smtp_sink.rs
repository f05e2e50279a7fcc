//! The SMTP sink, spoken to as a mail program speaks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::{Duration, Instant};

use counterfoil_services::{ReceivedMail, Refusal, SmtpSink};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    async fn connect(sink: &SmtpSink) -> Self {
        let stream = BufReader::new(TcpStream::connect(sink.address()).await.unwrap());
        let mut client = Self { stream };
        assert_eq!(client.reply().await, 220);
        client
    }

    /// The code of the next reply, all of its lines read.
    async fn reply(&mut self) -> u16 {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            let code = line[..3].parse().unwrap();
            if line.as_bytes()[3] == b' ' {
                return code;
            }
        }
    }

    async fn say(&mut self, line: &str) -> u16 {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.reply().await
    }

    async fn send(&mut self, body: &str) -> u16 {
        assert_eq!(self.say("MAIL FROM:<council@example.org> BODY=8BITMIME").await, 250);
        assert_eq!(self.say("RCPT TO:<provider@example.org>").await, 250);
        assert_eq!(self.say("DATA").await, 354);
        self.say(&format!("{body}\r\n.")).await
    }
}

#[tokio::test]
async fn takes_messages_and_unstuffs_their_dots() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::connect(&sink).await;
    assert_eq!(client.say("EHLO test.invalid").await, 250);
    assert_eq!(client.send("Subject: one\r\n\r\n..dot\r\n...\r\nlast").await, 250);
    assert_eq!(client.send("Subject: two\r\n\r\n£").await, 250);
    assert_eq!(client.say("QUIT").await, 221);

    let mail = |data: &str| ReceivedMail {
        from: "council@example.org".into(),
        to: vec!["provider@example.org".into()],
        data: data.as_bytes().to_vec(),
    };
    assert_eq!(
        sink.messages(),
        [mail("Subject: one\r\n\r\n.dot\r\n..\r\nlast\r\n"), mail("Subject: two\r\n\r\n£\r\n")]
    );
}

#[tokio::test]
async fn keeps_the_order_of_the_protocol() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::connect(&sink).await;
    assert_eq!(client.say("HELO test.invalid").await, 250);
    assert_eq!(client.say("RCPT TO:<provider@example.org>").await, 503);
    assert_eq!(client.say("MAIL FROM:council@example.org").await, 501);
    assert_eq!(client.say("MAIL FROM:<>").await, 250);
    assert_eq!(client.say("DATA").await, 503);
    assert_eq!(client.say("RSET").await, 250);
    assert_eq!(client.say("RCPT TO:<provider@example.org>").await, 503);
    assert_eq!(client.say("VRFY provider").await, 500);
    assert!(sink.messages().is_empty());
}

#[tokio::test]
async fn refuses_when_told_to_and_takes_again() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::connect(&sink).await;
    client.say("EHLO test.invalid").await;
    sink.refuse(Some(Refusal::Temporary));
    assert_eq!(client.send("Subject: later").await, 451);
    sink.refuse(Some(Refusal::Permanent));
    client.say("MAIL FROM:<council@example.org>").await;
    assert_eq!(client.say("RCPT TO:<provider@example.org>").await, 550);
    assert!(sink.messages().is_empty());
    client.say("RSET").await;
    sink.refuse(None);
    assert_eq!(client.send("Subject: now").await, 250);
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn replies_as_late_as_it_was_told_to() {
    let sink = SmtpSink::start().await.unwrap();
    let mut client = Client::connect(&sink).await;
    sink.set_delay(Duration::from_millis(150));
    let start = Instant::now();
    client.say("NOOP").await;
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn stops_listening_when_dropped() {
    let sink = SmtpSink::start().await.unwrap();
    let address = sink.address();
    drop(sink);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(address).await.is_err());
}
