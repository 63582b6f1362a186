//! The errors of the gateway.

use causeway_wire::gateway;

use super::markdown::{HEADER, cell, code, head, row};

/// `docs/errors/gateway.md`.
pub fn page() -> String {
    let mut page = format!(
        "{HEADER}# Errors of the gateway\n\n\
         What any request can be answered before its operation runs. `{{Param}}` and the like stand \
         for what the request names. The errors of each operation are on [its page](../operations/README.md).\n\n"
    );
    page += &head(["Code", "Status", "Message", "When"]);
    for error in gateway::table() {
        page += &row([
            code(error.code),
            error.status.to_string(),
            code(error.message),
            cell(error.when),
        ]);
    }
    page += LISTENER;
    page
}

/// The listener's own answers, which carry no request of anybody's.
const LISTENER: &str = "\n## Before that: the listener\n\n\
    What cannot be read as a request is answered in the same shape, always as JSON: `MalformedRequest` (400), \
    `RequestTimeout` (408), `RequestBodyTooLarge` (413, over 1 MiB), `RequestUriTooLong` (414, about 64 KiB), \
    `RequestHeadTooLarge` (431, 128 KiB or 128 headers) and `ServiceUnavailable` (503, all connections are taken). The \
    provider documents no codes for these; they are ours.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there() {
        let page = page();
        for error in gateway::table() {
            assert!(page.contains(&format!("| `{}` | {} |", error.code, error.status)));
        }
    }
}
