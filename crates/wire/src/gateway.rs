//! The gateway's error codes: one constructor and one table row each (wire.md section 5).

use crate::ProtocolError;
use std::borrow::Cow;

/// A code the gateway can answer. `{Param}` and `{…}` stand for what the request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The code, perhaps with `{Param}` in it.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// The message, byte for byte, perhaps with placeholders.
    pub message: &'static str,
    /// When it is answered, for the documentation.
    pub when: &'static str,
}

impl Row {
    fn error(&self) -> ProtocolError {
        self.with(self.message.to_owned())
    }

    fn with(&self, message: String) -> ProtocolError {
        let code = Cow::Borrowed(self.code);
        ProtocolError { status: self.status, code, message, format: None, retry_after_ms: None }
    }

    fn about(&self, param: &str) -> ProtocolError {
        let mut error = self.with(self.message.replace("{Param}", param));
        if self.code.contains("{Param}") {
            error.code = Cow::Owned(self.code.replace("{Param}", param));
        }
        error
    }
}

macro_rules! rows {
    ($($name:ident $constant:ident: $status:literal $code:literal $message:literal, $when:literal;)*) => {
        $(
            const $constant: Row =
                Row { code: $code, status: $status, message: $message, when: $when };
            #[doc = concat!("`", $code, "` (", stringify!($status), "): ", $when)]
            pub fn $name() -> ProtocolError {
                $constant.error()
            }
        )*
        /// Rows without placeholders.
        const FIXED: &[Row] = &[$($constant),*];
    };
}

rows! {
    invalid_signature_method INVALID_SIGNATURE_METHOD: 400 "InvalidSignatureMethod"
        "Specified signature method is not valid.",
        "The signature method is neither HMAC-SHA1, HMAC-SHA256 nor ACS3-HMAC-SHA256.";
    access_key_not_found ACCESS_KEY_NOT_FOUND: 404 "InvalidAccessKeyId.NotFound"
        "Specified access key is not found.", "The access key does not exist.";
    access_key_inactive ACCESS_KEY_INACTIVE: 400 "InvalidAccessKeyId.Inactive"
        "Specified access key is disabled.", "The access key is switched off.";
    security_token_expired SECURITY_TOKEN_EXPIRED: 400 "InvalidSecurityToken.Expired"
        "Specified SecurityToken is expired.", "The session of the token has ended.";
    security_token_malformed SECURITY_TOKEN_MALFORMED: 400 "InvalidSecurityToken.Malformed"
        "Specified SecurityToken is malformed.", "The token is not one this service issued.";
    security_token_mismatch SECURITY_TOKEN_MISMATCH: 400 "InvalidSecurityToken.MismatchWithAccessKey"
        "Specified SecurityToken mismatch with the AccessKey.",
        "The token belongs to another temporary access key.";
    missing_security_token MISSING_SECURITY_TOKEN: 400 "MissingSecurityToken"
        "SecurityToken is mandatory for this action.",
        "A temporary access key (`STS.`) came without its token.";
    timestamp_format TIMESTAMP_FORMAT: 400 "InvalidTimeStamp.Format"
        "Specified time stamp or date value is not well formatted.",
        "The time is not written `yyyy-MM-ddTHH:mm:ssZ`.";
    timestamp_expired TIMESTAMP_EXPIRED: 400 "InvalidTimeStamp.Expired"
        "Specified time stamp or date value is expired.",
        "The time is more than 15 minutes away from the server's.";
    nonce_used NONCE_USED: 400 "SignatureNonceUsed"
        "Specified signature nonce was used already.",
        "The nonce was used by a verified request in the last 15 minutes.";
    invalid_version INVALID_VERSION: 400 "InvalidVersion"
        "Specified parameter Version is not valid.", "The API version is absent or unknown.";
    action_not_found ACTION_NOT_FOUND: 404 "InvalidAction.NotFound"
        "Specified api is not found, please check your url and method.",
        "The action does not exist, or the path is not `/`.";
    invalid_format INVALID_FORMAT: 400 "InvalidParameter.Format"
        "Specified parameter format is not valid.", "Format is neither JSON nor XML.";
    unsupported_http_method UNSUPPORTED_HTTP_METHOD: 400 "UnsupportedHTTPMethod"
        "This http method is not supported.", "The method is neither GET nor POST.";
    need_ssl NEED_SSL: 400 "InvalidProtocol.NeedSsl"
        "Your request is denied as lack of ssl protect.",
        "The action is served over TLS only and came over plain HTTP.";
    throttling THROTTLING: 400 "Throttling"
        "Request was denied due to request throttling.", "The service as a whole is too busy.";
    throttling_user THROTTLING_USER: 400 "Throttling.User"
        "Request was denied due to user flow control.", "The account calls too often.";
    throttling_api THROTTLING_API: 400 "Throttling.Api"
        "Request was denied due to api flow control.", "The action is called too often.";
    throttling_api_concurrency THROTTLING_API_CONCURRENCY: 400 "Throttling.Api.Concurrency"
        "Request was denied due to api concurrency control.",
        "Too many calls of the action run at once.";
    forbidden_ram FORBIDDEN_RAM: 403 "Forbidden.RAM"
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
        "The caller's policies do not allow the action on the resource.";
    no_permission NO_PERMISSION: 403 "NoPermission"
        "You are not authorized to do this action. You should be authorized by RAM.",
        "The caller may not assume the role (STS).";
    region_not_found REGION_NOT_FOUND: 404 "InvalidRegionId.NotFound"
        "Specified value of RegionId is not supported.", "The region is not served.";
    dry_run_passed DRY_RUN_PASSED: 400 "DryRunOperation"
        "Request validation has been passed with DryRun flag set.",
        "`DryRun` is true and all checks have passed; nothing was changed.";
    token_mismatch TOKEN_MISMATCH: 400 "IdempotentParameterMismatch"
        "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical.",
        "The `ClientToken` was used with other parameters in the last 24 hours.";
    token_in_flight TOKEN_IN_FLIGHT: 400 "LastTokenProcessing"
        "The last token request is processing.",
        "The first request with this `ClientToken` has not been answered yet.";
    service_unavailable SERVICE_UNAVAILABLE: 503 "ServiceUnavailable"
        "The request has failed due to a temporary failure of the server.",
        "The outcome is unknown or the service is starting or stopping; the call may be repeated.";
    internal_error INTERNAL_ERROR: 500 "InternalError"
        "The request processing has failed due to some unknown error, exception or failure.",
        "A defect of the service; the log has the cause under the RequestId.";
}

const MISSING: Row = Row {
    code: "Missing{Param}",
    status: 400,
    message: "{Param} is mandatory for this action.",
    when: "A common parameter, the header that stands for it, or a required parameter of the action is absent or empty.",
};
const INVALID: Row = Row {
    code: "Invalid{Param}",
    status: 400,
    message: "Specified parameter {Param} is not valid.",
    when: "A common parameter has a value that is not served.",
};
const INVALID_PARAMETER: Row = Row {
    code: "InvalidParameter",
    status: 400,
    message: "The specified parameter \"{Param}\" is not valid.",
    when: "A parameter cannot be decoded or read, or a bound on the request is exceeded.",
};
const SIGNATURE_V1: Row = Row {
    code: "SignatureDoesNotMatch",
    status: 400,
    message: "Specified signature is not matched with our calculation. server string to sign is:{StringToSign}",
    when: "The V1 signature was made with another secret or over another request.",
};
const SIGNATURE_V3: Row = Row {
    code: "SignatureDoesNotMatch",
    status: 400,
    message: "Specified signature does not match our calculation. server StringToSign is [{StringToSign}] server CanonicalRequest is [{CanonicalRequest}]",
    when: "The V3 signature was made with another secret or over another request.",
};

/// Rows with placeholders.
const PARAMETRIC: &[Row] = &[MISSING, INVALID, INVALID_PARAMETER, SIGNATURE_V1, SIGNATURE_V3];

/// Every code the gateway can answer, for the documentation.
pub fn table() -> impl Iterator<Item = &'static Row> {
    PARAMETRIC.iter().chain(FIXED)
}

/// `Missing{Param}`: a common parameter is absent. `param` must be a name we know, never one the
/// request chose, because it becomes part of the code.
pub fn missing(param: &'static str) -> ProtocolError {
    MISSING.about(param)
}

/// `Invalid{Param}`: a common parameter is not valid. `param` must be a name we know.
pub fn invalid(param: &'static str) -> ProtocolError {
    INVALID.about(param)
}

/// `InvalidParameter`: a parameter of the action cannot be read.
pub fn invalid_parameter(param: &str) -> ProtocolError {
    INVALID_PARAMETER.about(param)
}

/// `InvalidParameter` about the request as a whole, such as a bound it exceeds, in our own words.
pub fn invalid_request(message: String) -> ProtocolError {
    INVALID_PARAMETER.with(message)
}

/// `SignatureDoesNotMatch` of V1. Nothing may stand between the colon and the string, and no other
/// colon may occur: py-core, Go and Java cut it out to tell a wrong secret from a wrong encoding.
pub fn signature_v1(string_to_sign: &str) -> ProtocolError {
    SIGNATURE_V1.with(SIGNATURE_V1.message.replace("{StringToSign}", string_to_sign))
}

/// `SignatureDoesNotMatch` of V3. Line breaks are written as `\n`, so that it stays one line.
pub fn signature_v3(string_to_sign: &str, canonical_request: &str) -> ProtocolError {
    let (before, rest) = SIGNATURE_V3.message.split_once("{StringToSign}").unwrap_or_default();
    let (between, after) = rest.split_once("{CanonicalRequest}").unwrap_or_default();
    let one_line = |text: &str| text.replace('\n', "\\n");
    SIGNATURE_V3.with(
        [before, &one_line(string_to_sign), between, &one_line(canonical_request), after].concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_parameters_name_the_code() {
        let error = missing("Timestamp");
        assert_eq!(error.code, "MissingTimestamp");
        assert_eq!(error.message, "Timestamp is mandatory for this action.");
        assert_eq!(invalid("Version").message, invalid_version().message);
        assert_eq!(invalid("Version").code, invalid_version().code);
    }

    #[test]
    fn action_parameters_never_reach_the_code() {
        let error = invalid_parameter("Throttling");
        assert_eq!(error.code, "InvalidParameter");
        assert_eq!(error.message, "The specified parameter \"Throttling\" is not valid.");
    }

    #[test]
    fn clients_find_the_string_to_sign() {
        let sts = "POST&%2F&A%3D1";
        // py-core: `message.split(':')[1]`; Go: what follows "string to sign is:" (wire.md 4.2).
        assert_eq!(signature_v1(sts).message.split(':').collect::<Vec<_>>()[1..], [sts]);
    }

    #[test]
    fn v3_message_is_one_line_and_not_expanded_twice() {
        let message = signature_v3("ACS3-HMAC-SHA256\n{CanonicalRequest}", "POST\n/").message;
        assert_eq!(
            message,
            "Specified signature does not match our calculation. server StringToSign is \
             [ACS3-HMAC-SHA256\\n{CanonicalRequest}] server CanonicalRequest is [POST\\n/]"
        );
    }

    #[test]
    fn no_message_holds_the_name_of_another_code() {
        // Clients search the whole body for the codes they retry on (clients.md 6.1). One-word
        // codes such as `Throttling` are matched as words only.
        for row in table() {
            for other in table().filter(|other| other.code != row.code) {
                assert!(!row.message.contains(other.code), "{} names {}", row.code, other.code);
            }
        }
    }

    #[test]
    fn every_row_is_a_client_or_server_error_with_a_text() {
        for row in table() {
            assert!((400..600).contains(&row.status), "{}", row.code);
            assert!(!row.code.is_empty() && !row.message.is_empty() && !row.when.is_empty());
        }
    }
}
