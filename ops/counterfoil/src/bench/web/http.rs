//! As much of HTTP/1.1 as a load generator needs: one connection that is kept, one request at a time, bodies whose length
//! is said.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The most that an answer may weigh, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// The most headers that an answer may have.
const MOST_HEADERS: usize = 64;

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
        let head = loop {
            self.more().await?;
            if let Some(head) = Head::of(&self.read)? {
                break head;
            }
        };
        let whole = head.bytes + head.length;
        ensure!(whole <= LARGEST, "an answer of {whole} bytes");
        while self.read.len() < whole {
            self.more().await?;
        }
        let (text, body) = self.read.split_at(head.bytes);
        Ok(Answer { status: head.status, head: std::str::from_utf8(text)?, body })
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
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// What is needed of status line and headers to read on. Taken apart by a parser that is built as the server's is: what
/// asking costs is measured with the answer.
struct Head {
    status: u16,
    /// Of status line and headers.
    bytes: usize,
    /// Of the body.
    length: usize,
}

impl Head {
    /// None before all of it is there.
    fn of(read: &[u8]) -> anyhow::Result<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(bytes) = response.parse(read)? else { return Ok(None) };
        let status = response.code.context("an answer without a status")?;
        let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length = length.context("an answer that does not say its length")?.value;
        let length = std::str::from_utf8(length)?.parse().context("the length of an answer")?;
        Ok(Some(Self { status, bytes, length }))
    }
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
