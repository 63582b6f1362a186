//! A socket that keeps the peer to its deadlines, and gives hyper's own error answers a body.
//!
//! hyper answers a head it cannot parse with an empty body and leaves a slow head unanswered; both would
//! reach an SDK as an unreadable answer (wire.md section 4.2: "always send JSON").

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::limits::Limits;
use crate::progress::{Phase, Progress};
use crate::rejection::Rejection;

/// The guarded stream of one connection.
pub struct Guard<S> {
    stream: S,
    host: String,
    progress: Arc<Progress>,
    head_timeout: Duration,
    idle_timeout: Duration,
    write_timeout: Duration,
    linger_timeout: Duration,
    read_deadline: Pin<Box<Sleep>>,
    write_deadline: Pin<Box<Sleep>>,
    write_stalled: bool,
    /// An answer of our own on its way out, before anything of hyper's.
    own_answer: Bytes,
    close: Close,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    NotYet,
    Rejected,
    Lingering,
}

impl<S> Guard<S> {
    /// Guards a stream from which the first request is now expected.
    pub fn new(stream: S, host: String, progress: Arc<Progress>, limits: &Limits) -> Self {
        Self {
            stream,
            host,
            progress,
            head_timeout: limits.head_timeout,
            idle_timeout: limits.idle_timeout,
            write_timeout: limits.write_timeout,
            linger_timeout: limits.linger_timeout,
            read_deadline: Box::pin(sleep(limits.head_timeout)),
            write_deadline: Box::pin(sleep(limits.write_timeout)),
            write_stalled: false,
            own_answer: Bytes::new(),
            close: Close::NotYet,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Guard<S> {
    /// Reads, or finds that the peer has been silent for too long.
    fn poll_read_in_time(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if let Poll::Ready(result) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            if buf.filled().len() > before && self.progress.phase() == Phase::Waiting {
                self.progress.enter(Phase::Head);
                self.read_deadline.as_mut().reset(Instant::now() + self.head_timeout);
            }
            return Poll::Ready(result);
        }
        match self.progress.phase() {
            Phase::Call | Phase::Answered => Poll::Pending,
            // An end of stream between requests: hyper closes without a word.
            Phase::Waiting => self.read_deadline.as_mut().poll(cx).map(Ok),
            Phase::Head => {
                ready!(self.read_deadline.as_mut().poll(cx));
                self.own_answer = Rejection::TooSlow.raw_answer(&self.host);
                self.close = Close::Rejected;
                self.poll_rejected(cx)
            }
        }
    }

    /// Sends the rejection, closes, and only then tells hyper.
    fn poll_rejected(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_close(cx))?;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Writes what is left of our own answer.
    fn poll_own_answer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.own_answer.has_remaining() {
            let chunk = self.own_answer.clone();
            let written = ready!(self.poll_write_in_time(cx, &chunk))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.own_answer.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_in_time(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.or_stalled(cx, poll)
    }

    /// Turns a write that stays pending for too long into an error.
    fn or_stalled<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write_stalled = false;
            return poll;
        }
        if !self.write_stalled {
            self.write_stalled = true;
            self.write_deadline.as_mut().reset(Instant::now() + self.write_timeout);
        }
        ready!(self.write_deadline.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Closes; lingers when the peer may still be sending, for a reset would destroy the answer in its buffers.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.close != Close::Lingering {
            ready!(self.poll_own_answer(cx))?;
            let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
            ready!(self.or_stalled(cx, poll))?;
            if self.close == Close::NotYet && !self.progress.lingers() {
                return Poll::Ready(Ok(()));
            }
            self.close = Close::Lingering;
            self.read_deadline.as_mut().reset(Instant::now() + self.linger_timeout);
        }
        let mut scratch = [0u8; 4096];
        loop {
            if self.read_deadline.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut buf = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => {}
                _ => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.close == Close::NotYet {
            self.poll_read_in_time(cx, buf)
        } else {
            self.poll_rejected(cx)
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_own_answer(cx))?;
        if let Some(rejection) = bodiless_rejection(buf) {
            self.own_answer = rejection.raw_answer(&self.host);
            self.progress.linger();
            return Poll::Ready(Ok(buf.len()));
        }
        self.poll_write_in_time(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_own_answer(cx))?;
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        ready!(self.or_stalled(cx, poll))?;
        // hyper flushes in the same poll in which it writes the answer it got, so this is that answer's end.
        if self.progress.phase() == Phase::Answered {
            self.progress.enter(Phase::Waiting);
            let deadline = Instant::now() + self.idle_timeout;
            self.read_deadline.as_mut().reset(deadline);
            // hyper may have polled for reading already: the deadline must wake it all the same.
            let _ = self.read_deadline.as_mut().poll(cx);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_close(cx)
    }
}

/// Recognises the answer hyper gives by itself to a head it cannot parse: the only one here without a body.
fn bodiless_rejection(head: &[u8]) -> Option<Rejection> {
    let text = std::str::from_utf8(head).ok()?;
    let status = text.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    let rejection = Rejection::of_status(status)?;
    let text = text.to_ascii_lowercase();
    let bodiless = text.contains("\r\ncontent-length: 0\r\n") && text.ends_with("\r\n\r\n");
    bodiless.then_some(rejection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bodiless_error_is_hypers_own() {
        let own = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bodiless_rejection(own), Some(Rejection::HeadTooLarge));
        let with_body = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(bodiless_rejection(with_body), None);
        let fine = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bodiless_rejection(fine), None);
        assert_eq!(bodiless_rejection(b"\xff\xfe"), None);
    }
}
