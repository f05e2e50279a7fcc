//! As much of HTTP/1.1 as a load generator needs: one connection that is kept, one request at a time, bodies whose length
//! is said.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The most that an answer may weigh, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;

/// A connection.
pub(super) struct Connection {
    stream: TcpStream,
    /// What was read, the answer at hand first.
    read: Vec<u8>,
}

/// An answer, as far as it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    /// Status line and headers.
    pub(super) head: &'a str,
    pub(super) body: &'a [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Where nobody listens.
    pub(super) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("nobody listens")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a whole request and reads its answer.
    ///
    /// # Errors
    /// Where the connection ends, or the answer does not say how long it is.
    pub(super) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let mut searched = 0;
        let head = loop {
            self.more().await?;
            // the end may lie across two reads
            let from = usize::saturating_sub(searched, 3);
            if let Some(found) = self.read[from..].windows(4).position(|four| four == b"\r\n\r\n") {
                break from + found + 4;
            }
            searched = self.read.len();
        };
        let whole = head + length(std::str::from_utf8(&self.read[..head])?)?;
        ensure!(whole <= LARGEST, "an answer of {whole} bytes");
        while self.read.len() < whole {
            self.more().await?;
        }
        let (head, body) = self.read.split_at(head);
        let head = std::str::from_utf8(head)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok(Answer { status: status.context("an answer without a status")?, head, body })
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("the connection ended within an answer");
        }
        Ok(())
    }
}

impl<'a> Answer<'a> {
    /// The values of a header, whose name is in small letters.
    pub(super) fn values(self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        values(self.head, name)
    }
}

fn values<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    headers.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// How long the body is.
fn length(head: &str) -> anyhow::Result<usize> {
    let said = values(head, "content-length").next();
    said.context("an answer that does not say its length")?.parse().context("the length of an answer")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn answers_are_told_apart_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 3];
            stream.read_exact(&mut asked).await.unwrap();
            for piece in ["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r", "\n\r\nhel", "lo"] {
                stream.write_all(piece.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
            }
            stream.read_exact(&mut asked).await.unwrap();
            let moved = "HTTP/1.1 303 See Other\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(moved.as_bytes()).await.unwrap();
        });
        let mut connection = Connection::open(address).await.unwrap();
        let answer = connection.ask(b"one").await.unwrap();
        assert_eq!((answer.status, answer.body), (200, b"hello".as_slice()));
        let answer = connection.ask(b"two").await.unwrap();
        assert_eq!((answer.status, answer.body), (303, b"".as_slice()));
        assert_eq!(answer.values("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2"]);
        server.await.unwrap();
        assert!(connection.ask(b"gone").await.is_err());
    }
}
