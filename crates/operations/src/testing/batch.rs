//! Requests of one batch: accepted one after another, before any is durable.

use super::World;
use crate::{Caller, Prepared, Run, catalogue};
use causeway_model::{Changes, Txn};
use causeway_spec::{Parameters, Refusal};

/// An operation's name and its parameters.
type Request<'a> = (&'a str, &'a [(&'a str, &'a str)]);

impl World {
    /// What a request answers behind another of the same batch. The first must be accepted, with
    /// tasks that take time; neither is committed.
    pub fn behind(&self, first: Request<'_>, second: Request<'_>) -> Result<String, Refusal> {
        let nothing = Changes::default();
        let revision = self.tenant.revision() + 1;
        let mut txn = Txn::new(&self.tenant, &nothing, &self.context, revision);
        let accepted = self.prepared(first).run(Run::Change(&mut txn), &Caller::Root);
        accepted.expect("the first request is accepted");
        let in_flight = txn.into_changes();
        let mut txn = Txn::new(&self.tenant, &in_flight, &self.context, revision + 1);
        self.prepared(second).run(Run::Change(&mut txn), &Caller::Root)
    }

    fn prepared(&self, (action, parameters): Request<'_>) -> Box<dyn Prepared> {
        let entry = catalogue::all().find(|entry| entry.declaration.name == action);
        let parameters: Parameters = parameters
            .iter()
            .map(|(name, value)| (name.to_string(), self.resolve(value)))
            .collect();
        entry.expect("an operation").prepare(&parameters).expect("a request")
    }
}
