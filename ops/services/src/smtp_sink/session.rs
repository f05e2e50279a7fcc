//! One SMTP session, from greeting to QUIT.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::{ReceivedMail, Refusal, State, lock};

/// Longest message taken, in bytes; also announced in the answer to EHLO.
const LARGEST: usize = 10 * 1024 * 1024;

/// Longest line taken, in bytes, its ending included. RFC 5321 asks for 1,000; some senders need more.
const LONGEST_LINE: usize = 16 * 1024;

/// The envelope so far. A sender without recipients, and none without a sender.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

pub(super) async fn run(stream: TcpStream, state: State) {
    if let Err(error) = converse(stream, &state).await {
        // A client that goes away mid-session is its own business.
        tracing::debug!(%error, "SMTP session ended early");
    }
}

async fn converse(mut stream: TcpStream, state: &State) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut read = BufReader::new(read);
    let mut envelope = Envelope::default();
    write.write_all(b"220 sink.invalid ESMTP\r\n").await?;
    while let Some(line) = read_line(&mut read).await? {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = if verb == "DATA" {
            if envelope.to.is_empty() {
                "503 recipients first"
            } else {
                write.write_all(b"354 end with a dot on a line\r\n").await?;
                let Some(data) = read_message(&mut read).await? else {
                    return Ok(());
                };
                accept(state, std::mem::take(&mut envelope), data)
            }
        } else {
            command(&verb, &text, &mut envelope, state)
        };
        let delay = lock(state).delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        write.write_all(reply.as_bytes()).await?;
        write.write_all(b"\r\n").await?;
        if verb == "QUIT" {
            break;
        }
    }
    Ok(())
}

/// The reply to everything but DATA.
fn command(verb: &str, text: &str, envelope: &mut Envelope, state: &State) -> &'static str {
    match verb {
        "EHLO" => {
            *envelope = Envelope::default();
            "250-sink.invalid\r\n250-8BITMIME\r\n250 SIZE 10485760"
        }
        "HELO" => {
            *envelope = Envelope::default();
            "250 sink.invalid"
        }
        "MAIL" => match address(text) {
            _ if envelope.from.is_some() => "503 sender already given",
            Some(from) => {
                envelope.from = Some(from);
                "250 ok"
            }
            None => "501 address in brackets, please",
        },
        "RCPT" => match address(text) {
            _ if envelope.from.is_none() => "503 sender first",
            _ if lock(state).refusal == Some(Refusal::Permanent) => "550 no such mailbox",
            Some(to) if !to.is_empty() => {
                envelope.to.push(to);
                "250 ok"
            }
            _ => "501 address in brackets, please",
        },
        "RSET" => {
            *envelope = Envelope::default();
            "250 ok"
        }
        "NOOP" => "250 ok",
        "QUIT" => "221 bye",
        _ => "500 not understood",
    }
}

fn accept(state: &State, envelope: Envelope, data: Vec<u8>) -> &'static str {
    let mut shared = lock(state);
    if shared.refusal == Some(Refusal::Temporary) {
        return "451 try again later";
    }
    if data.len() > LARGEST {
        return "552 message too large";
    }
    shared.mail.push(ReceivedMail { from: envelope.from.unwrap_or_default(), to: envelope.to, data });
    "250 taken"
}

/// What stands between the angle brackets; empty for the null sender `<>`.
fn address(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some(address.to_owned())
}

/// A line with its ending, or nothing at the end of the connection. A line over the limit is an error:
/// nothing sensible can follow it.
async fn read_line<R: AsyncRead + Unpin>(read: &mut BufReader<R>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let available = read.fill_buf().await?;
        if available.is_empty() {
            return Ok(None);
        }
        let end = available.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(available.len());
        line.extend_from_slice(available.get(..taken).unwrap_or_default());
        read.consume(taken);
        if line.len() > LONGEST_LINE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"));
        }
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// The lines up to the lone dot, unstuffed; nothing where the connection ended before it. Past the size
/// limit lines are read but no longer kept, so that the reply to them is still heard.
async fn read_message<R: AsyncRead + Unpin>(read: &mut BufReader<R>) -> io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    while let Some(line) = read_line(read).await? {
        if line == b".\r\n" || line == b".\n" {
            return Ok(Some(data));
        }
        if data.len() <= LARGEST {
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
    Ok(None)
}
