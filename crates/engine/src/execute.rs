//! Running one write: idempotency, the operation, dry run. Pure but for catching defects.

use crate::pipeline::WriteRequest;

use causeway_model::token::{LIFETIME_MS, Token, TokenKey};
use causeway_model::{Read, Txn};
use causeway_operations::{Answer, Caller, Run};
use causeway_spec::Refusal;

/// `DryRunOperation`: every check passed (S-RE-63, S-VR-69, S-PBR-68, S-VCO-50).
pub(crate) fn dry_run_passed() -> Refusal {
    Refusal::new(400, "DryRunOperation", "Request validation has been passed with DryRun flag set.")
}

/// A token came back with other parameters (semantics.md 2.3).
fn token_mismatch() -> Refusal {
    Refusal::new(
        400,
        "IdempotentParameterMismatch",
        "The request uses the same client token as a previous, but non-identical request. \
         Do not reuse a client token with different requests, unless the requests are identical.",
    )
}

/// A token came back before its first request was answered (semantics.md 2.3).
fn token_in_flight() -> Refusal {
    Refusal::new(400, "LastTokenProcessing", "The last token request is processing.")
}

/// Runs a request on a change. A refusal means that the change must be dropped.
pub(crate) fn execute(
    txn: &mut Txn,
    request: &WriteRequest,
    caller: &Caller,
) -> Result<Answer, Refusal> {
    let key = request.token.as_ref().map(|token| TokenKey {
        action: request.entry.declaration.name.into(),
        token: token.clone(),
    });
    if let Some(answer) = key.as_ref().map_or(Ok(None), |key| replay(txn, key, request, caller))? {
        return Ok(answer);
    }
    let answer = request.prepared.run(Run::Change(txn), caller)?;
    if request.dry_run {
        return Err(dry_run_passed());
    }
    if let Some(key) = key {
        let expires = txn.now().plus_ms(LIFETIME_MS);
        let fingerprint = request.fingerprint;
        txn.put(Token { key, fingerprint, answer: answer.clone(), expires });
    }
    Ok(answer)
}

/// The answer a token already got, if it stands for the same request.
fn replay(
    txn: &Txn,
    key: &TokenKey,
    request: &WriteRequest,
    caller: &Caller,
) -> Result<Option<Answer>, Refusal> {
    let Some(token) = txn.get::<Token>(key) else { return Ok(None) };
    if token.expires <= txn.now() {
        return Ok(None);
    }
    // The answer may be another caller's: who may not ask is not told what was answered.
    request.prepared.authorize(txn, caller)?;
    if token.fingerprint != request.fingerprint {
        return Err(token_mismatch());
    }
    if txn.held_by_another::<Token>(key) {
        return Err(token_in_flight());
    }
    Ok(Some(token.answer.clone()))
}
