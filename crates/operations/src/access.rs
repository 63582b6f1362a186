//! Who calls, and the proof that they may.

use causeway_spec::{Declaration, Refusal};

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The account itself: its root key may do everything within the account.
    Root,
}

/// A request whose caller may do what it asks. Only [`Caller::authorize`] makes one, and `run`
/// takes nothing else, so no operation can be reached around authorization.
#[derive(Debug)]
pub struct Authorized<'a, R>(&'a R);

impl<R> std::ops::Deref for Authorized<'_, R> {
    type Target = R;
    fn deref(&self) -> &R {
        self.0
    }
}

impl Caller {
    /// Decides whether the caller may make this request of this operation.
    pub fn authorize<'a, R>(
        &self,
        _operation: &Declaration,
        request: &'a R,
    ) -> Result<Authorized<'a, R>, Refusal> {
        match self {
            Caller::Root => Ok(Authorized(request)),
        }
    }
}
