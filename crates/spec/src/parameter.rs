//! Parameters of a request: how they are declared, and what can be wrong with them.

use crate::error::Refusal;
use crate::field::At;
use std::collections::BTreeMap;

/// A request's own parameters by flattened wire name, such as `RouteEntries.2.DstCidrBlock`.
pub type Parameters = BTreeMap<String, String>;

/// A request struct. Derive it: field names become wire names, doc comments become documentation,
/// and `Option` tells required from optional.
pub trait Request: Sized {
    /// The struct's doc comment: what the operation does, for its users.
    const DOC: &'static str;
    /// Its fields.
    const PARAMETERS: &'static [Parameter];
    /// Reads the struct from parameters below a path (the root for a whole request).
    fn decode(at: &At<'_>) -> Result<Self, ParameterError>;
}

/// One declared parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// The wire name.
    pub name: &'static str,
    /// The doc comment.
    pub doc: &'static str,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Its type.
    pub shape: Shape,
    /// A sample value.
    pub example: &'static str,
    /// Whether its value is, or holds, a secret: it is never recorded.
    pub secret: bool,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Any text.
    Text,
    /// A decimal integer.
    Integer,
    /// `true` or `false`, in any case (wire.md 1.2).
    Boolean,
    /// A JSON object as text.
    Json,
    /// `Name.1`, `Name.2`, ...
    List(&'static Shape),
    /// `Name.Field`.
    Struct(&'static [Parameter]),
}

impl PartialEq for Parameter {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.shape == other.shape && self.required == other.required
    }
}

/// Why parameters are not a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// A required parameter is absent or empty.
    Missing {
        /// Its leaf name.
        name: &'static str,
        /// The code the operation documents for this; the gateway's `Missing<Name>` otherwise.
        code: Option<&'static str>,
    },
    /// A value is not of its declared type.
    Invalid {
        /// Its full wire name.
        path: String,
    },
}

impl From<ParameterError> for Refusal {
    fn from(error: ParameterError) -> Refusal {
        match error {
            ParameterError::Missing { name, code: Some(code) } => {
                // An absent batch answers for the first parameter its items need (S-RE-65).
                let name = code.strip_prefix("MissingParam.").unwrap_or(name);
                Refusal::new(400, code, format!("The parameter {name} is missing."))
            }
            ParameterError::Missing { name, code: None } => {
                let message = format!("{name} is mandatory for this action.");
                Refusal::new(400, format!("Missing{name}"), message)
            }
            ParameterError::Invalid { path } => Refusal::invalid_parameter(&path),
        }
    }
}
