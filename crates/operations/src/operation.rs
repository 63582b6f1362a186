//! What an operation is, and how the pipeline runs one without knowing its types.

use crate::access::{Authorized, Caller};
use causeway_model::{Context, Tenant, Txn};
use causeway_spec::{At, Declaration, ParameterError, Parameters, Refusal, Request};
use serde::Serialize;

/// An operation: its declaration and its types.
pub trait Operation: 'static {
    /// What it says about itself.
    const DECLARATION: Declaration;
    /// Its own parameters.
    type Request: Request + Send + Sync + 'static;
    /// Its answer, without the request id.
    type Response: Serialize;
}

/// An operation that changes a tenant.
pub trait Write: Operation {
    /// Checks, changes, and answers; a refusal drops the change.
    fn run(
        txn: &mut Txn,
        request: Authorized<'_, Self::Request>,
    ) -> Result<Self::Response, Refusal>;
}

/// An operation that only reads published state.
pub trait Query: Operation {
    /// Reads and answers.
    fn run(
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Self::Request>,
    ) -> Result<Self::Response, Refusal>;
}

/// An answer: a JSON object as text, without its request id.
pub type Answer = Box<str>;

/// A decoded request, ready to run as often as the commit loop needs to.
pub trait Prepared: Send + Sync {
    /// Runs it for a caller.
    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal>;
}

/// What a request runs on.
pub enum Run<'r, 'a> {
    /// A change in the making, for writes.
    Change(&'r mut Txn<'a>),
    /// Published state, for queries.
    Published(&'r Tenant, &'r Context),
}

pub(crate) type Prepare = fn(&Parameters) -> Result<Box<dyn Prepared>, ParameterError>;

struct Writing<O: Write>(O::Request);
struct Querying<O: Query>(O::Request);

pub(crate) fn prepare_write<O: Write>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    Ok(Box::new(Writing::<O>(O::Request::decode(&At::root(parameters))?)))
}

pub(crate) fn prepare_query<O: Query>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    Ok(Box::new(Querying::<O>(O::Request::decode(&At::root(parameters))?)))
}

impl<O: Write> Prepared for Writing<O> {
    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Change(txn) = on else { unreachable!("writes run on a change") };
        let request = caller.authorize(&O::DECLARATION, &self.0)?;
        Ok(answer(&O::run(txn, request)?))
    }
}

impl<O: Query> Prepared for Querying<O> {
    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Published(tenant, context) = on else {
            unreachable!("queries run on published state")
        };
        let request = caller.authorize(&O::DECLARATION, &self.0)?;
        Ok(answer(&O::run(tenant, context, request)?))
    }
}

fn answer(response: &impl Serialize) -> Answer {
    serde_json::to_string(response).expect("answers are plain values").into_boxed_str()
}
