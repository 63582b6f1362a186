//! One HTTP/1.1 connection, with as little work for each request as there can be: the generator
//! must not be what is measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

/// Longer than any answer may take; a server that hangs fails the run.
const TIMEOUT: Duration = Duration::from_secs(60);
const HEADERS_MAX: usize = 64;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, while it is in the connection's buffer.
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// If nobody listens there.
    pub fn open(address: SocketAddr) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(address)
            .with_context(|| format!("cannot reach a server at {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Connection { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends one whole request and reads its answer.
    ///
    /// # Errors
    /// If the connection ends, or what comes back is no HTTP answer with a `Content-Length`.
    pub fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        loop {
            if let Some((status, head, body)) = head(&self.buffer)? {
                while self.buffer.len() < head + body {
                    self.read()?;
                }
                ensure!(self.buffer.len() == head + body, "more than one answer came back");
                return Ok(Answer { status, body: &self.buffer[head..] });
            }
            self.read()?;
        }
    }

    fn read(&mut self) -> anyhow::Result<()> {
        let mut chunk = [0; 64 * 1024];
        let count = self.stream.read(&mut chunk).context("no answer")?;
        ensure!(count > 0, "the server closed the connection without an answer");
        self.buffer.extend_from_slice(&chunk[..count]);
        Ok(())
    }
}

/// Status, length of the head and of the body, once the head is complete.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(u16, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else { return Ok(None) };
    let is_length = |header: &&httparse::Header| header.name.eq_ignore_ascii_case("content-length");
    let Some(header) = response.headers.iter().find(is_length) else {
        bail!("an answer without Content-Length")
    };
    let body = std::str::from_utf8(header.value)?.trim().parse()?;
    Ok(Some((response.code.unwrap_or_default(), length, body)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn an_answer_in_pieces_is_read_whole() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4];
            for _ in 0..2 {
                stream.read_exact(&mut asked).unwrap();
                for piece in ["HTTP/1.1 404 No", "\r\nContent-Le", "ngth: 5\r\n\r\nab", "cde"] {
                    stream.write_all(piece.as_bytes()).unwrap();
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            asked
        });
        let mut connection = Connection::open(address).unwrap();
        for _ in 0..2 {
            let answer = connection.exchange(b"ask!").unwrap();
            assert_eq!((answer.status, answer.body), (404, b"abcde".as_slice()));
        }
        assert_eq!(&server.join().unwrap(), b"ask!");
    }

    #[test]
    fn an_answer_of_unknown_length_is_a_fault() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\nContent-Len").unwrap().is_none());
    }
}
