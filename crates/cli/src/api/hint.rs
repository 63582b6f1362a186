//! What to do about an error answer, in a line.

/// Codes by how they begin or end, the first match wins.
const HINTS: [(Part, &str); 13] = [
    (
        Part::Start("InvalidAccessKeyId"),
        "the server does not know this key; give the --root-key or --data DIR the server was started with",
    ),
    (
        Part::Start("SignatureDoesNotMatch"),
        "the secret is not the one the server has; compare --root-key on both sides",
    ),
    (
        Part::Start("IncompleteSignature"),
        "the secret is not the one the server has; compare --root-key on both sides",
    ),
    (
        Part::Start("InvalidTimeStamp"),
        "the clocks of this machine and the server's differ by more than 15 minutes; set them right",
    ),
    (
        Part::Start("InvalidAction"),
        "no such action under this version; check its spelling, or give --version-of-api",
    ),
    (
        Part::Start("InvalidApi"),
        "no such action under this version; check its spelling, or give --version-of-api",
    ),
    (
        Part::Start("InvalidVersion"),
        "give the version of the action's product with --version-of-api",
    ),
    (
        Part::Start("InvalidRegionId"),
        "the server does not serve this region; give --region, or start it with more",
    ),
    (Part::Start("Missing"), "a parameter is missing; give it as NAME=VALUE"),
    (
        Part::Start("Forbidden"),
        "a policy does not allow this to the caller; the root key may do everything",
    ),
    (
        Part::Start("TaskConflict"),
        "an earlier change is still at work; wait, or see `causeway api ListTasks` and end them with CompleteTasks",
    ),
    (Part::Start("Throttling"), "wait a moment and call again"),
    (
        Part::End(".NotFound"),
        "nothing of that id in this region; list what there is with a Describe action",
    ),
];

const OTHERWISE: &str = "--json shows the whole answer";

enum Part {
    Start(&'static str),
    End(&'static str),
}

/// The hint for a code.
pub fn of(code: &str) -> &'static str {
    let fits = |part: &Part| match part {
        Part::Start(start) => code.starts_with(start),
        Part::End(end) => code.ends_with(end),
    };
    HINTS.iter().find(|(part, _)| fits(part)).map_or(OTHERWISE, |(_, hint)| hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_fitting_hint_is_given() {
        assert!(of("InvalidAccessKeyId.NotFound").contains("does not know this key"));
        assert!(of("InvalidVpcId.NotFound").contains("Describe"));
        assert!(of("MissingVpcId").contains("NAME=VALUE"));
        assert_eq!(of("SomethingElse"), OTHERWISE);
    }
}
