//! What an operation is, and how the pipeline runs one without knowing its types.

use crate::access::{Authorized, Caller};
use crate::audit::EventLog;
use crate::{json, resources};
use causeway_model::{Context, Tenant, Txn};
use causeway_spec::{At, Declaration, ParameterError, Parameters, Refusal, Request};
use serde::Serialize;
use std::borrow::Cow;

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
    /// Relative resources a request means without naming them, such as the table of a route that
    /// is named by its id. They count instead of the declared ones.
    fn meant(_txn: &Txn, _request: &Self::Request) -> Vec<String> {
        Vec::new()
    }

    /// The account whose tenant is changed, if the request says so: a role is taken on where it is.
    /// Whoever answers one decides what callers of other accounts may, and tells them nothing else.
    fn account(_request: &Self::Request) -> Option<&str> {
        None
    }

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

/// An operation that reads the account's global tenant beside that of its region.
pub trait AccountQuery: Operation {
    /// Reads and answers.
    fn run(
        global: &Tenant,
        tenant: &Tenant,
        context: &Context,
        request: Authorized<'_, Self::Request>,
    ) -> Result<Self::Response, Refusal>;
}

/// An operation that reads the audit log.
pub trait LogQuery: Operation {
    /// Reads and answers.
    fn run(
        log: &dyn EventLog,
        context: &Context,
        request: Authorized<'_, Self::Request>,
    ) -> Result<Self::Response, Refusal>;
}

/// An answer: a JSON object as text, without its request id.
pub type Answer = String;

/// A decoded request, ready to run as often as the commit loop needs to.
pub trait Prepared: Send + Sync {
    /// The resources on which policies decide, as [`Caller::authorize`] takes them.
    fn resources(&self, txn: &Txn<'_>) -> Cow<'_, [String]>;
    /// The account whose tenant it changes; none for the caller's.
    fn account(&self) -> Option<&str> {
        None
    }
    /// Runs it for a caller.
    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal>;
}

/// What a request runs on.
pub enum Run<'r, 'a> {
    /// A change in the making, for writes.
    Change(&'r mut Txn<'a>),
    /// Published state, for queries.
    Published(&'r Tenant, &'r Context),
    /// Published state: the account's global tenant, and that of the region.
    Account(&'r Tenant, &'r Tenant, &'r Context),
    /// The audit log, for those that read it.
    Log(&'r dyn EventLog, &'r Context),
}

pub(crate) type Prepare = fn(&Parameters) -> Result<Box<dyn Prepared>, ParameterError>;

struct Writing<O: Write> {
    request: O::Request,
    resources: Vec<String>,
}

struct Querying<O: Query> {
    request: O::Request,
    resources: Vec<String>,
}

struct QueryingAccount<O: AccountQuery> {
    request: O::Request,
    resources: Vec<String>,
}

struct QueryingLog<O: LogQuery> {
    request: O::Request,
    resources: Vec<String>,
}

pub(crate) fn prepare_log_query<O: LogQuery>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    let request = O::Request::decode(&At::root(parameters))?;
    let resources = resources::named(&O::DECLARATION, parameters);
    Ok(Box::new(QueryingLog::<O> { request, resources }))
}

pub(crate) fn prepare_account_query<O: AccountQuery>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    let request = O::Request::decode(&At::root(parameters))?;
    let resources = resources::named(&O::DECLARATION, parameters);
    Ok(Box::new(QueryingAccount::<O> { request, resources }))
}

pub(crate) fn prepare_write<O: Write>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    let request = O::Request::decode(&At::root(parameters))?;
    let resources = resources::named(&O::DECLARATION, parameters);
    Ok(Box::new(Writing::<O> { request, resources }))
}

pub(crate) fn prepare_query<O: Query>(
    parameters: &Parameters,
) -> Result<Box<dyn Prepared>, ParameterError> {
    let request = O::Request::decode(&At::root(parameters))?;
    let resources = resources::named(&O::DECLARATION, parameters);
    Ok(Box::new(Querying::<O> { request, resources }))
}

impl<O: Write> Prepared for Writing<O> {
    fn resources(&self, txn: &Txn<'_>) -> Cow<'_, [String]> {
        let meant = O::meant(txn, &self.request);
        if meant.is_empty() { Cow::Borrowed(&self.resources) } else { Cow::Owned(meant) }
    }

    fn account(&self) -> Option<&str> {
        O::account(&self.request)
    }

    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Change(txn) = on else { unreachable!("writes run on a change") };
        let resources = self.resources(txn);
        let request =
            caller.authorize(&O::DECLARATION, &resources, txn.context(), &self.request)?;
        Ok(answer(&O::run(txn, request)?))
    }
}

impl<O: Query> Prepared for Querying<O> {
    fn resources(&self, _: &Txn<'_>) -> Cow<'_, [String]> {
        Cow::Borrowed(&self.resources)
    }

    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Published(tenant, context) = on else {
            unreachable!("queries run on published state")
        };
        let request = caller.authorize(&O::DECLARATION, &self.resources, context, &self.request)?;
        Ok(answer(&O::run(tenant, context, request)?))
    }
}

impl<O: AccountQuery> Prepared for QueryingAccount<O> {
    fn resources(&self, _: &Txn<'_>) -> Cow<'_, [String]> {
        Cow::Borrowed(&self.resources)
    }

    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Account(global, tenant, context) = on else {
            unreachable!("it reads the account and a region")
        };
        let request = caller.authorize(&O::DECLARATION, &self.resources, context, &self.request)?;
        Ok(answer(&O::run(global, tenant, context, request)?))
    }
}

impl<O: LogQuery> Prepared for QueryingLog<O> {
    fn resources(&self, _: &Txn<'_>) -> Cow<'_, [String]> {
        Cow::Borrowed(&self.resources)
    }

    fn run(&self, on: Run<'_, '_>, caller: &Caller) -> Result<Answer, Refusal> {
        let Run::Log(log, context) = on else { unreachable!("it reads the log") };
        let request = caller.authorize(&O::DECLARATION, &self.resources, context, &self.request)?;
        Ok(answer(&O::run(log, context, request)?))
    }
}

/// Room for most answers. Lists outgrow it, but not from nearly nothing, copied at each step.
const ANSWER_BYTES: usize = 2048;

fn answer(response: &impl Serialize) -> Answer {
    let mut text = String::with_capacity(ANSWER_BYTES);
    json::write(&mut text, response);
    text
}
