//! Records what the commit loop does not: reads, and what is refused before it.

use super::{Draft, Kind, Waiting};
use crate::commit::{Message, refused};
use crate::engine::Engine;
use crate::pipeline::Stop;
use causeway_operations::audit::Tail;

impl Engine {
    /// Records a call that the commit loop does not record.
    pub(crate) fn record(&self, draft: &Draft, result: Result<(), &Stop>) {
        let (kind, tail) = match result {
            _ if draft.submitted => return,
            Ok(()) if !self.shared.audit.settings.reads => return,
            Ok(()) => (Kind::Read, Tail::default()),
            Err(Stop::Protocol(error)) => (Kind::Refused, refused(&error.code, &error.message)),
            Err(Stop::Refusal(refusal)) => {
                (Kind::Refused, refused(&refusal.code, &refusal.message))
            }
        };
        // Strangers, who may name any key, share a rate of their own.
        let proved = draft.head.principal.is_some();
        let account = draft.head.account.as_str();
        let rate = if proved { account } else { "" };
        let make = || Waiting { head: draft.head.encode(), tail };
        if self.shared.audit.offer(kind, rate, account, make) {
            let _ = self.queue.send(Message::Nudge);
        }
    }
}
