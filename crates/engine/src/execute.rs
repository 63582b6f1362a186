//! Running one write: idempotency, the operation, dry run. Pure but for catching defects.

use crate::pipeline::{WriteRequest, refusal};
use causeway_model::token::{LIFETIME_MS, Token, TokenKey};
use causeway_model::{Read, Txn};
use causeway_operations::{Answer, Caller, Run};
use causeway_spec::Refusal;
use causeway_wire::gateway;

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
    // S-RE-63, S-VR-69, S-PBR-68, S-VCO-50: an error that says that all is well (quirk Q2).
    if request.dry_run {
        return Err(refusal(gateway::dry_run_passed()));
    }
    if let Some(key) = key {
        let expires = txn.now().plus_ms(LIFETIME_MS);
        let fingerprint = request.fingerprint;
        txn.put(Token { key, fingerprint, answer: answer.as_str().into(), expires });
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
    let resources = request.prepared.resources(txn);
    caller.authorize(&request.entry.declaration, &resources, txn.context(), &())?;
    if token.fingerprint != request.fingerprint {
        return Err(refusal(gateway::token_mismatch()));
    }
    if txn.held_by_another::<Token>(key) {
        return Err(refusal(gateway::token_in_flight()));
    }
    Ok(Some(token.answer.to_string()))
}
