//! Reads a request body whole, within its bounds.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
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

/// A body's share of what all may hold together.
#[derive(Debug)]
pub struct Held(Option<OwnedSemaphorePermit>);

impl Held {
    /// Grows to `bytes`, beyond those that are not counted; there may be no room.
    fn grow(&mut self, bytes: usize, limits: &Limits, all: &Arc<Semaphore>) -> Result<(), Unread> {
        let wanted = bytes.saturating_sub(limits.small_body_bytes);
        let more = wanted.saturating_sub(self.0.as_ref().map_or(0, |held| held.num_permits()));
        if more == 0 {
            return Ok(());
        }
        let busy = || Unread::closing(Rejection::Busy);
        let more = u32::try_from(more).map_err(|_| busy())?;
        let permit = all.clone().try_acquire_many_owned(more).map_err(|_| busy())?;
        match &mut self.0 {
            Some(held) => held.merge(permit),
            None => self.0 = Some(permit),
        }
        Ok(())
    }
}

/// Reads the body to its end. `discards` says whether the rest of a too large body may be waited for; not so when
/// the client asked before sending it (`Expect: 100-continue`).
pub async fn read(
    mut body: Incoming,
    limits: &Limits,
    all: &Arc<Semaphore>,
    discards: bool,
) -> Result<(Bytes, Held), Unread> {
    let deadline = Instant::now() + limits.body_timeout;
    let max_bytes = limits.max_body_bytes as u64;
    let declared_bytes = body.size_hint().lower();
    if declared_bytes > limits.max_discarded_bytes || (declared_bytes > max_bytes && !discards) {
        return Err(Unread::closing(Rejection::BodyTooLarge));
    }
    let mut bytes = BytesMut::new();
    let mut held = Held(None);
    let mut read_bytes = 0u64;
    while let Some(data) = next_data(&mut body, deadline).await? {
        read_bytes += data.len() as u64;
        if read_bytes > limits.max_discarded_bytes {
            return Err(Unread::closing(Rejection::BodyTooLarge));
        }
        if read_bytes <= max_bytes && declared_bytes <= max_bytes {
            held.grow(bytes.len() + data.len(), limits, all)?;
            bytes.extend_from_slice(&data);
        } else {
            (bytes, held) = (BytesMut::new(), Held(None));
        }
    }
    if read_bytes > max_bytes {
        return Err(Unread { rejection: Rejection::BodyTooLarge, close: false });
    }
    Ok((bytes.freeze(), held))
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
