//! The provider's wire protocol: signatures, parameters in, JSON and XML out.
//!
//! Everything here is a pure function of its arguments: no sockets, no clock, no randomness. The
//! listener hands over a [`Received`] request; [`decode`] turns it into a [`Call`] that nobody has
//! believed yet; the checks of [`Call`] and [`Nonces`] are then made one by one by the pipeline, in
//! the order it decides (wire.md section 5). [`success`] and [`failure`] render the answer.
//!
//! ```
//! use causeway_wire::{Limits, Parameters, Received, decode, sign};
//!
//! let key = sign::Key { id: "LTAI5tExample", secret: "s3cret", security_token: None };
//! let stamp = sign::Stamp { now_ms: 1_795_169_194_000, nonce: "bd3505d8e1ab745f" };
//! let parameters = Parameters::from([("RegionId".into(), "cn-hangzhou".into())]);
//! let request = sign::Request::new("DescribeVpcs", "2016-04-28", &parameters);
//! let signed = sign::v1(&request, &key, sign::V1Method::Sha1, &stamp);
//!
//! let received = Received {
//!     method: &http::Method::POST,
//!     path: "/",
//!     query: &signed,
//!     headers: &http::HeaderMap::new(),
//!     body: b"",
//! };
//! let call = decode(&received, &Limits::default())?;
//! call.check_common()?;
//! call.check_time(stamp.now_ms)?;
//! call.verify(&received, "s3cret")?;
//! assert_eq!(call.action.as_deref(), Some("DescribeVpcs"));
//! assert_eq!(call.parameters, parameters);
//! # Ok::<(), causeway_wire::ProtocolError>(())
//! ```

mod answer;
mod authorization;
mod call;
mod decode;
mod encoding;
mod error;
pub mod gateway;
mod json_body;
mod nonces;
mod received;
pub mod sign;
mod v1;
mod v3;
mod xml;

pub use answer::{Answer, ErrorBody, failure, recommend, success};
pub use call::{Call, Credentials, V1Proof, V3Proof};
pub use decode::decode;
pub use error::ProtocolError;
pub use nonces::Nonces;
pub use received::{Format, Limits, Parameters, Received};
