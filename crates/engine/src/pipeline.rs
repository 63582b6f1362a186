//! The one pipeline every call takes. Its order decides which of several errors is answered.
//!
//! 1. decode: method, path, encoding, bounds, `Format`
//! 2. `Version`, then `Action`
//! 3. common parameters, signature method, time format, time window
//! 4. access key, signature, nonce
//! 5. throttling, of a caller who is proved; strangers are held back before step 1
//! 6. parameters: required ones, then their types
//! 7. `RegionId`, `ClientToken`
//! 8. authorization; for a change in the commit loop, by the policies published then
//! 9. idempotency, the operation's own checks in the order of semantics.md 2.1, dry run

use crate::audit::Draft;
use crate::clock::host_now;
use crate::commit::{Message, Submission, unavailable};
use crate::config::Peer;
use crate::engine::Engine;
use crate::envelope::Envelope;
use crate::impact;
use crate::keys::{self, Claim, Principal};
use crate::metrics::count;
use crate::soft;
use crate::tenants::global;
use crate::unread::excerpt;
use bytes::Bytes;
use causeway_model::token;
use causeway_operations::{
    Answer, Caller, Enforcement, Entry, Origin, Prepared, Reads, Run, find, find_version,
};
use causeway_spec::{At, Field, Parameters, Product, Refusal};
use causeway_store::TenantKey;
use causeway_wire::{Call, Format, Limits, ProtocolError, Received, decode, gateway};
use http::{Request, Response};
use sha2::{Digest, Sha256};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A write on its way to the commit loop.
pub(crate) struct WriteRequest {
    pub entry: &'static Entry,
    pub prepared: Box<dyn Prepared>,
    pub tenant: TenantKey,
    pub caller: Caller,
    pub token: Option<String>,
    pub fingerprint: [u8; 32],
    pub dry_run: bool,
    /// Whose call it is, and what of its event is known.
    pub account: String,
    pub head: Vec<u8>,
}

/// A call whose caller is proved.
struct Verified {
    call: Call,
    entry: &'static Entry,
    caller: Caller,
    /// The caller's.
    account: Arc<str>,
}

/// Why a call ends before its answer.
pub(crate) enum Stop {
    Protocol(ProtocolError),
    Refusal(Refusal),
}

impl From<ProtocolError> for Stop {
    fn from(error: ProtocolError) -> Stop {
        Stop::Protocol(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refusal(refusal)
    }
}

impl Engine {
    /// Answers one call.
    pub async fn call(&self, request: Request<Bytes>, peer: Peer) -> Response<Bytes> {
        count(&self.shared.metrics.calls);
        let host = request.headers().get("host").and_then(|host| host.to_str().ok());
        let mut envelope = Envelope {
            request_id: self.shared.request_ids.next(),
            host: without_port(host.unwrap_or("localhost")).to_owned(),
            format: Format::Json,
            error_format: Format::Json,
            product: Product::Vpc,
            impact_wanted: false,
            impact: None,
            would_deny: None,
        };
        envelope.impact_wanted = request.headers().get(impact::HEADER).is_some_and(|it| it == "1");
        let agent = request.headers().get("user-agent").and_then(|agent| agent.to_str().ok());
        let (account, id) = (&self.shared.config.account, &envelope.request_id);
        let mut draft = Draft::new(account, id, peer, agent.unwrap_or_default());
        let result = self.run(&request, peer, &mut envelope, &mut draft).await;
        self.record(&draft, result.as_ref().map(|_| ()));
        match result {
            Ok((action, answer)) => envelope.answer(action, &answer),
            Err(stop) => {
                count(&self.shared.metrics.refused);
                match stop {
                    Stop::Protocol(error) => envelope.protocol_error(&error),
                    Stop::Refusal(refusal) => envelope.refusal(&refusal),
                }
            }
        }
    }

    async fn run(
        &self,
        request: &Request<Bytes>,
        peer: Peer,
        envelope: &mut Envelope,
        draft: &mut Draft,
    ) -> Result<(&'static str, Answer), Stop> {
        let verified = self.admit(request, peer, envelope, draft)?;
        let action = verified.entry.declaration.name;
        if verified.entry.writes {
            draft.asked(verified.entry, &verified.call.parameters);
            let write = self.prepare_write(verified, draft)?;
            envelope.would_deny =
                self.would_deny(write.entry, &*write.prepared, &write.caller, &write.tenant);
            let (reply, answer) = tokio::sync::oneshot::channel();
            let message = Message::Change(Submission { request: write, reply });
            self.queue.send(message).map_err(|_| unavailable())?;
            draft.submitted = true;
            let answered = answer.await.map_err(|_| unavailable())??;
            if envelope.impact_wanted {
                envelope.impact = Some(impact::header(answered.impact.as_deref()));
            }
            return Ok((action, answered.answer));
        }
        let entry = verified.entry;
        let answer = self.query(&verified, envelope);
        if answer.is_err() || self.shared.audit.settings.reads {
            draft.asked(entry, &verified.call.parameters);
        }
        Ok((action, answer?))
    }

    /// Steps 1 to 5: who calls, and whether not too often.
    fn admit(
        &self,
        request: &Request<Bytes>,
        peer: Peer,
        envelope: &mut Envelope,
        draft: &mut Draft,
    ) -> Result<Verified, Stop> {
        let (throttles, now_ms) = (&self.shared.throttles, host_now().millis());
        throttles.admit_source(peer.address, now_ms)?;
        let verified = self
            .verify(request, peer, envelope, draft)
            .inspect_err(|_| throttles.note_failure(peer.address, now_ms))?;
        throttles.admit(&verified.account, verified.entry.declaration.name, now_ms)?;
        Ok(verified)
    }

    /// Steps 1 to 4.
    fn verify(
        &self,
        request: &Request<Bytes>,
        peer: Peer,
        envelope: &mut Envelope,
        draft: &mut Draft,
    ) -> Result<Verified, Stop> {
        let received = Received {
            method: request.method(),
            path: request.uri().path(),
            query: request.uri().query().unwrap_or_default(),
            headers: request.headers(),
            body: request.body(),
        };
        let call = decode(&received, &Limits::default())?;
        (envelope.format, envelope.error_format) = (call.format, call.error_format());
        draft.decoded(&call);
        let entry = operation(&call)?;
        draft.found(entry);
        envelope.product = entry.declaration.product;
        call.check_common()?;
        let now_ms = host_now().millis();
        call.check_time(now_ms)?;
        if call.timestamp_ms().is_some_and(|signed_ms| signed_ms < self.shared.signed_from_ms) {
            return Err(gateway::timestamp_expired().answered_in(call.error_format()).into());
        }
        let key_id = call.access_key_id().unwrap_or_default();
        let claim = Claim { access_key_id: key_id, security_token: call.security_token() };
        let first = || Arc::from(self.shared.config.account.as_str());
        let account = self.shared.owners.of(key_id).unwrap_or_else(first);
        draft.claimed(&account);
        let (secret, principal) = self.principal(&account, claim)?;
        call.verify(&received, &secret)?;
        let (nonce, signed_ms) = (call.nonce().unwrap_or_default(), call.timestamp_ms());
        let mut nonces = self.shared.nonces.lock();
        nonces.record(key_id, nonce, signed_ms.unwrap_or(now_ms), now_ms)?;
        drop(nonces);
        let origin = Origin { address: peer.address, secure: peer.secure, at: host_now() };
        if let Principal::User(_) = principal {
            self.note_use(&account, key_id);
        }
        let caller = self.caller(&account, principal, &origin)?;
        draft.proved(&account, caller.identity(&account));
        Ok(Verified { call, entry, caller, account })
    }

    fn principal(&self, account: &str, claim: Claim) -> Result<(String, Principal), Stop> {
        let slot = self.shared.tenants.get(&global(account)).ok_or_else(unavailable)?;
        let root_key = self.shared.owners.root_key(account).ok_or_else(unavailable)?;
        let global = slot.tenant.read();
        Ok(keys::find(root_key, &global, claim, self.shared.clock.now())?)
    }

    /// Notes once in a while that a key was used. No call waits for it.
    fn note_use(&self, account: &str, key_id: &str) {
        let now = self.shared.clock.now();
        if self.shared.last_uses.is_due(key_id, now) {
            let tenant = global(account);
            // Without a commit loop nothing is noted, and the call itself fails.
            let _ = self.queue.send(Message::KeyUsed(tenant, key_id.into(), now));
        }
    }

    fn caller(&self, account: &str, principal: Principal, origin: &Origin) -> Result<Caller, Stop> {
        let slot = self.shared.tenants.get(&global(account)).ok_or_else(unavailable)?;
        let caller = match principal {
            Principal::Root => Caller::Root,
            Principal::User(user) => Caller::user(&slot.tenant.read(), account, &user, origin),
            Principal::Session(session) => {
                Caller::session(&slot.tenant.read(), account, &session, origin)
            }
        };
        Ok(caller.enforced(self.shared.config.ram_enforce))
    }

    /// Steps 6 and 7 of a change.
    fn prepare_write(&self, verified: Verified, draft: &Draft) -> Result<WriteRequest, Refusal> {
        let Verified { call, entry, caller, account } = verified;
        let parameters = &call.parameters;
        let prepared = self.prepare(entry, parameters)?;
        let flag = |name| bool::read(&At::root(parameters).field(name, None));
        let dry_run = entry.declaration.dry_run && flag("DryRun")?.unwrap_or(false);
        let served = |it: &&str| self.shared.owners.root_key(it).is_some();
        let owner = prepared.account().filter(served).unwrap_or(&account);
        let tenant = self.tenant(owner, entry, parameters)?;
        let given = parameters.get("ClientToken").filter(|token| !token.is_empty());
        let token = given.filter(|_| entry.declaration.client_token).cloned();
        if token.as_deref().is_some_and(|token| !token::is_token(token)) {
            return Err(Refusal::invalid_parameter("ClientToken"));
        }
        // Only a token is ever compared by it.
        let fingerprint = token.as_ref().map(|_| fingerprint(parameters)).unwrap_or_default();
        let (account, head) = (draft.head.account.clone(), draft.head.encode());
        Ok(WriteRequest {
            entry,
            prepared,
            tenant,
            caller,
            token,
            fingerprint,
            dry_run,
            account,
            head,
        })
    }

    fn query(&self, verified: &Verified, envelope: &mut Envelope) -> Result<Answer, Refusal> {
        let Verified { call, entry, caller, account } = verified;
        let prepared = self.prepare(entry, &call.parameters)?;
        let key = self.tenant(account, entry, &call.parameters)?;
        envelope.would_deny = self.would_deny(entry, &*prepared, caller, &key);
        let slot = self.shared.tenants.get(&key).ok_or_else(unavailable)?;
        let context = slot.context_at(self.shared.clock.now());
        let run = || {
            let on = |run: Run<'_, '_>| prepared.run(run, caller);
            match entry.reads {
                Reads::Tenant => on(Run::Published(&slot.tenant.read(), &context)),
                Reads::Account => {
                    let global = self.shared.tenants.get(&global(&key.account));
                    // Two locks at once: who writes tenants holds one at a time.
                    let global = global.ok_or_else(unavailable)?.tenant.read();
                    on(Run::Account(&global, &slot.tenant.read(), &context))
                }
                // No lock on the tenant: reading the log may take a while.
                Reads::Log => on(Run::Log(&self.shared.log().ok_or_else(unavailable)?, &context)),
            }
        };
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
            count(&self.shared.metrics.defects);
            Err(defect(entry))
        })
    }

    /// What soft enforcement has to say about a call.
    fn would_deny(
        &self,
        entry: &Entry,
        prepared: &dyn Prepared,
        caller: &Caller,
        tenant: &TenantKey,
    ) -> Option<String> {
        if self.shared.config.ram_enforce != Enforcement::Soft {
            return None;
        }
        let slot = self.shared.tenants.get(tenant)?;
        let context = slot.context_at(self.shared.clock.now());
        let told = || soft::told(entry, prepared, caller, slot, &context);
        catch_unwind(AssertUnwindSafe(told)).unwrap_or_else(|_| {
            count(&self.shared.metrics.defects);
            None
        })
    }

    fn prepare(
        &self,
        entry: &'static Entry,
        parameters: &Parameters,
    ) -> Result<Box<dyn Prepared>, Refusal> {
        self.note_unread(entry, parameters);
        // A required RegionId is missing before anything after it is.
        if entry.declaration.region_required && region(parameters).is_none() {
            return Err(missing_region());
        }
        entry.prepare(parameters).map_err(Refusal::from)
    }

    fn tenant(
        &self,
        account: &str,
        entry: &Entry,
        parameters: &Parameters,
    ) -> Result<TenantKey, Refusal> {
        let config = &self.shared.config;
        if entry.declaration.product.is_global() {
            return Ok(global(account));
        }
        let region = match region(parameters) {
            Some(region) if config.regions.iter().any(|served| served == region) => region,
            Some(_) => return Err(unknown_region()),
            None if entry.declaration.region_required => return Err(missing_region()),
            None => config.regions.first().ok_or_else(unknown_region)?,
        };
        Ok(TenantKey::new(account, region))
    }
}

impl WriteRequest {
    /// The answer to a panic while this request ran.
    pub fn defect(&self) -> Refusal {
        defect(self.entry)
    }
}

/// Step 2. The version is looked at first: see wire.md section 5.
fn operation(call: &Call) -> Result<&'static Entry, ProtocolError> {
    let raise = |error: ProtocolError| error.answered_in(call.error_format());
    let version = call.version.as_deref().unwrap_or_default();
    if !find_version(version) {
        return Err(raise(gateway::invalid_version()));
    }
    let action = call.action.as_deref().unwrap_or_default();
    find(version, action).ok_or_else(|| {
        tracing::info!(action = excerpt(action), version, "no such action");
        raise(gateway::action_not_found())
    })
}

/// `HostId` names the endpoint's host only (wire.md 4.2).
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn region(parameters: &Parameters) -> Option<&str> {
    parameters.get("RegionId").map(String::as_str).filter(|region| !region.is_empty())
}

fn missing_region() -> Refusal {
    refusal(gateway::missing("RegionId"))
}

fn unknown_region() -> Refusal {
    refusal(gateway::region_not_found())
}

/// A gateway error as the refusal of a request whose caller is known.
pub(crate) fn refusal(error: ProtocolError) -> Refusal {
    Refusal::new(error.status, error.code, error.message)
}

/// `InternalError` with the status the operation documents: 400 for VPN routes (decision A21).
fn defect(entry: &Entry) -> Refusal {
    let declared = entry.declaration.errors.iter().find(|error| error.code == "InternalError");
    declared.map_or_else(|| refusal(gateway::internal_error()), |error| Refusal::from(*error))
}

/// What makes two requests the same for a `ClientToken`: their own parameters (semantics.md 2.3).
fn fingerprint(parameters: &Parameters) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "ClientToken") {
        for text in [name, value] {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn host_ids_have_no_port() {
        for (host, expected) in [
            ("127.0.0.1:4580", "127.0.0.1"),
            ("vpc.aliyuncs.com", "vpc.aliyuncs.com"),
            ("[::1]:4580", "[::1]"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(without_port(host), expected);
        }
    }
}
