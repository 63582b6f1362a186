//! Reads a request body whole, within its bounds.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};

use crate::limits::Limits;
use crate::rejection::Rejection;

/// Why there is no body, and whether the connection is still in step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What to answer.
    pub rejection: Rejection,
    /// Whether the rest of the request is still coming, so that no other request can be told from it.
    pub close: bool,
}

impl Unread {
    fn closing(rejection: Rejection) -> Self {
        Self { rejection, close: true }
    }
}

/// Reads the body to its end. `discards` says whether the rest of a too large body may be waited for; not so when
/// the client asked before sending it (`Expect: 100-continue`).
pub async fn read(mut body: Incoming, limits: &Limits, discards: bool) -> Result<Bytes, Unread> {
    let deadline = Instant::now() + limits.body_timeout;
    let max_bytes = limits.max_body_bytes as u64;
    let declared_bytes = body.size_hint().lower();
    if declared_bytes > limits.max_discarded_bytes || (declared_bytes > max_bytes && !discards) {
        return Err(Unread::closing(Rejection::BodyTooLarge));
    }
    let mut bytes = BytesMut::new();
    let mut read_bytes = 0u64;
    while let Some(data) = next_data(&mut body, deadline).await? {
        read_bytes += data.len() as u64;
        if read_bytes > limits.max_discarded_bytes {
            return Err(Unread::closing(Rejection::BodyTooLarge));
        }
        if read_bytes <= max_bytes && declared_bytes <= max_bytes {
            bytes.extend_from_slice(&data);
        } else {
            bytes.clear();
        }
    }
    if read_bytes > max_bytes {
        return Err(Unread { rejection: Rejection::BodyTooLarge, close: false });
    }
    Ok(bytes.freeze())
}

async fn next_data(body: &mut Incoming, deadline: Instant) -> Result<Option<Bytes>, Unread> {
    loop {
        let frame = timeout_at(deadline, body.frame())
            .await
            .map_err(|_| Unread::closing(Rejection::TooSlow))?;
        let Some(frame) = frame else { return Ok(None) };
        let frame = frame.map_err(|_| Unread::closing(Rejection::Malformed))?;
        // Trailers carry nothing here.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}
