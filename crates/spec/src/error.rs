//! Error codes an operation declares, and the refusals it answers with.

use std::borrow::Cow;
use std::fmt;

/// A declared error: what a client sees, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// HTTP status.
    pub status: u16,
    /// The wire code, byte exact.
    pub code: &'static str,
    /// The wire message, byte exact; `{}` marks substituted text.
    pub message: &'static str,
    /// When it is answered.
    pub condition: &'static str,
    /// Where it comes from: a specification row, or a section of a reference.
    pub source: &'static str,
}

/// The errors of one operation; made by [`errors!`](crate::errors).
pub trait DeclaredErrors {
    /// All of them, in declaration order.
    const ALL: &'static [ErrorCode];
}

/// An operation without errors of its own.
impl DeclaredErrors for () {
    const ALL: &'static [ErrorCode] = &[];
}

/// A request was understood and refused. Nothing changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The wire code; never empty (clients.md 6.1).
    pub code: Cow<'static, str>,
    /// The wire message; names no other code (clients.md 6.1).
    pub message: Cow<'static, str>,
    /// Why RAM said no, for a denied caller.
    pub denied: Option<Box<AccessDenied>>,
}

/// `AccessDeniedDetail` of a denied request (wire.md section 5). All texts, as clients expect.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessDenied {
    /// Which kind of policy said no.
    pub policy_type: &'static str,
    /// The account of the caller.
    pub auth_principal_owner_id: String,
    /// What was decided, in Base64; says no more than the members beside it.
    pub encoded_diagnostic_message: String,
    /// What kind of principal called.
    pub auth_principal_type: &'static str,
    /// The caller's id.
    pub auth_principal_display_name: String,
    /// `ImplicitDeny` or `ExplicitDeny`.
    pub no_permission_type: &'static str,
    /// The action that was asked for.
    pub auth_action: String,
}

impl Refusal {
    /// A refusal from its parts.
    pub fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Refusal {
        Refusal { status, code: code.into(), message: message.into(), denied: None }
    }

    /// `InvalidParameter`: a value of the wrong type, or outside its range where the operation
    /// documents no code of its own.
    pub fn invalid_parameter(name: &str) -> Refusal {
        let message = format!("The specified parameter \"{name}\" is not valid.");
        Refusal::new(400, "InvalidParameter", message)
    }

    /// The same refusal, telling why RAM said no.
    pub fn because(mut self, denied: AccessDenied) -> Refusal {
        self.denied = Some(Box::new(denied));
        self
    }

    /// The same refusal with the message's `{}` filled in.
    pub fn with(mut self, text: impl fmt::Display) -> Refusal {
        self.message = self.message.replacen("{}", &text.to_string(), 1).into();
        self
    }
}

impl From<ErrorCode> for Refusal {
    fn from(error: ErrorCode) -> Refusal {
        Refusal::new(error.status, error.code, error.message)
    }
}

/// Declares an operation's errors as an enum. The doc comment of a variant is its condition.
///
/// ```
/// causeway_spec::errors! {
///     /// What the operation refuses.
///     pub enum Error {
///         /// The gateway does not exist.
///         GatewayNotFound = 404, "InvalidVpnGatewayInstanceId.NotFound",
///             "The specified vpn gateway instance id does not exist.", "S-VR-72";
///     }
/// }
/// let refusal: causeway_spec::Refusal = Error::GatewayNotFound.into();
/// assert_eq!(refusal.status, 404);
/// ```
#[macro_export]
macro_rules! errors {
    (
        $(#[$meta:meta])* $visibility:vis enum $name:ident {
            $($(#[doc = $condition:literal])+ $variant:ident =
                $status:literal, $code:literal, $message:literal, $source:literal;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visibility enum $name { $($(#[doc = $condition])+ $variant,)* }

        impl $crate::DeclaredErrors for $name {
            const ALL: &'static [$crate::ErrorCode] = &[$($crate::ErrorCode {
                status: $status,
                code: $code,
                message: $message,
                condition: concat!($($condition),+),
                source: $source,
            },)*];
        }

        impl From<$name> for $crate::Refusal {
            fn from(error: $name) -> $crate::Refusal {
                <$name as $crate::DeclaredErrors>::ALL[error as usize].into()
            }
        }

        impl $name {
            /// The refusal with its message's `{}` filled in.
            #[allow(dead_code, reason = "most operations have no such message")]
            $visibility fn with(self, text: impl std::fmt::Display) -> $crate::Refusal {
                $crate::Refusal::from(self).with(text)
            }
        }
    };
}
