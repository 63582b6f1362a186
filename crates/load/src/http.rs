//! One HTTP/1.1 connection, with as little work for each request as there can be: the generator
//! must not be what is measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

/// Longer than any answer may take; a server that hangs fails the run.
const TIMEOUT: Duration = Duration::from_secs(60);
const HEADERS_MAX: usize = 64;

/// A connection, kept as long as the server keeps it.
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
    /// The server has said that it closes this one.
    closing: bool,
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
        let (stream, buffer) = (connect(address)?, Vec::with_capacity(64 * 1024));
        Ok(Connection { address, stream, buffer, closing: false })
    }

    /// Sends one whole request and reads its answer.
    ///
    /// # Errors
    /// If the connection ends, or what comes back is no HTTP answer with a `Content-Length`.
    pub fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        if self.closing {
            self.stream = connect(self.address)?;
        }
        self.stream.write_all(request)?;
        self.buffer.clear();
        loop {
            if let Some(Head { status, head, body, closing }) = head(&self.buffer)? {
                self.closing = closing;
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

fn connect(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(address);
    let stream = stream.with_context(|| format!("cannot reach a server at {address}"))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    Ok(stream)
}

/// The head of an answer.
#[derive(Debug, PartialEq)]
struct Head {
    status: u16,
    /// Bytes of the head.
    head: usize,
    /// Bytes of the body.
    body: usize,
    closing: bool,
}

/// The head, once it is complete.
fn head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
    let value = |name: &str| {
        let header = response.headers.iter().find(|it| it.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value.trim_ascii())
    };
    let Some(body) = value("content-length") else { bail!("an answer without Content-Length") };
    let body = std::str::from_utf8(body)?.parse()?;
    let closing = value("connection").is_some_and(|it| it.eq_ignore_ascii_case(b"close"));
    Ok(Some(Head { status: response.code.unwrap_or_default(), head, body, closing }))
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
    fn a_connection_that_the_server_closes_is_made_anew() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            for _ in 0..2 {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut [0; 4]).unwrap();
                let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(answer).unwrap();
            }
        });
        let mut connection = Connection::open(address).unwrap();
        for _ in 0..2 {
            assert_eq!(connection.exchange(b"ask!").unwrap().status, 200);
        }
        server.join().unwrap();
    }

    #[test]
    fn an_answer_of_unknown_length_is_a_fault() {
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\nContent-Len").unwrap().is_none());
    }
}
