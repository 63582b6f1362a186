//! What to do about an error answer, in a line.

use super::check;

const BUSY: &str = "earlier work is not done; wait and call again, or see `causeway api ListTasks` and end it with CompleteTasks";
const SECRET: &str = "the secret is not the one the server has; compare --root-key on both sides";
const OTHER_VERSION: &str = "give the version of the action's product with --version-of-api";

enum Part {
    Is(&'static str),
    Start(&'static str),
    End(&'static str),
    Within(&'static str),
}
use Part::{End, Is, Start, Within};

/// Codes by what they are or how they begin or end, the first match wins.
const HINTS: [(Part, &str); 24] = [
    (Is("DryRunOperation"), "all checks passed; nothing was changed, as DryRun asks"),
    (
        Is("IdempotentParameterMismatch"),
        "this ClientToken was used with other parameters; give a new one, or none",
    ),
    (
        Is("VpnConnection.InvalidCreateTunnelOptions"),
        "a gateway with two vSwitches takes TunnelOptionsSpecification.1 and .2, of Role master and slave (an attachment: \
         TunnelIndex 1 and 2), and no CustomerGatewayId, IkeConfig or IpsecConfig beside them; a gateway with one \
         vSwitch takes those alone",
    ),
    (Is("TaskConflict"), BUSY),
    (Is("VpnGateway.Configuring"), BUSY),
    (Is("VpnConnection.Configuring"), BUSY),
    (Is("VpnTask.CONFLICT"), BUSY),
    (Is("IncorrectVpcStatus"), BUSY),
    (Is("OperationConflict"), BUSY),
    (
        Start("InvalidAccessKeyId"),
        "the server does not know this key; give the --root-key or --data DIR the server was started with",
    ),
    (Start("SignatureDoesNotMatch"), SECRET),
    (Start("IncompleteSignature"), SECRET),
    (
        Start("InvalidTimeStamp"),
        "the clocks of this machine and the server's differ by more than 15 minutes; set them right",
    ),
    (Start("InvalidVersion"), OTHER_VERSION),
    (
        Start("InvalidRegionId"),
        "the server does not serve this region; give --region, or start it with more",
    ),
    (
        Start("Forbidden"),
        "a policy does not allow this to the caller; the root key may do everything",
    ),
    (Start("Throttling"), "wait a moment and call again"),
    (Start("DependencyViolation"), "delete what depends on it first"),
    (Start("DeleteConflict"), "delete or detach what it still has first"),
    (
        Within("Quota"),
        "delete what is not needed, or raise the limit: `causeway serve --quota NAME=LIMIT`",
    ),
    (
        End(".NotFound"),
        "nothing of that id in this region; list what there is with a Describe action",
    ),
    (Start("InvalidParameter"), PAGE),
    (Start("Illegal"), PAGE),
    (Start("Missing"), PAGE),
];

/// Stands for the page of the action.
const PAGE: &str = "";

/// The hint for a code an action of a version answered; none when there is nothing to say.
pub fn of(code: &str, action: &str, version: &str) -> Option<String> {
    if code.starts_with("InvalidAction") || code.starts_with("InvalidApi") {
        return Some(check::unknown_action(action, version));
    }
    // The connection is there but bound to no transit router: the provider's word for that is the same.
    if action == "CreateVcoRouteEntry" && code == "VpnConnection.Configuring" {
        return Some(format!(
            "if it stays so: the connection is bound to no transit router; bind it with `causeway api RegisterResource \
             ResourceType=TransitRouterVpnAttachment VpnConnectionId=...`. Else: {BUSY}"
        ));
    }
    let fits = |part: &Part| match part {
        Is(whole) => code == *whole,
        Start(start) => code.starts_with(start),
        End(end) => code.ends_with(end),
        Within(part) => code.contains(part),
    };
    let (_, hint) = HINTS.iter().find(|(part, _)| fits(part))?;
    if *hint != PAGE {
        return Some((*hint).to_owned());
    }
    causeway_operations::find(version, action)?;
    Some(format!("docs/operations/{action}.md tells the parameters, with examples"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VPC: &str = "2016-04-28";

    #[test]
    fn the_first_fitting_hint_is_given() {
        for (code, part) in [
            ("InvalidAccessKeyId.NotFound", "does not know this key"),
            ("InvalidVpcId.NotFound", "a Describe action"),
            ("DryRunOperation", "all checks passed; nothing was changed"),
            ("TaskConflict", "CompleteTasks"),
            ("VpnGateway.Configuring", "CompleteTasks"),
            ("VpnConnection.Configuring", "CompleteTasks"),
            ("VpnTask.CONFLICT", "CompleteTasks"),
            ("IncorrectVpcStatus", "ListTasks"),
            ("OperationConflict", "wait"),
            ("DependencyViolation.VSwitch", "delete what depends on it first"),
            ("QuotaExceeded.Vpc", "serve --quota NAME=LIMIT"),
            ("Resource.QuotaFull", "serve --quota NAME=LIMIT"),
            ("IdempotentParameterMismatch", "ClientToken"),
            ("MissingParameter", "docs/operations/CreateVpc.md"),
            ("InvalidParameter", "docs/operations/CreateVpc.md"),
            ("IllegalParam.CidrBlock", "docs/operations/CreateVpc.md"),
            ("VpnConnection.InvalidCreateTunnelOptions", "of Role master and slave"),
            ("InvalidAction.NotFound", "older than the command"),
        ] {
            let hint = of(code, "CreateVpc", VPC).unwrap_or_default();
            assert!(hint.contains(part), "{code}: {hint}");
        }
    }

    #[test]
    fn an_unbound_connection_names_the_way_to_bind_it() {
        let hint = of("VpnConnection.Configuring", "CreateVcoRouteEntry", VPC).unwrap();
        assert!(
            hint.contains("ResourceType=TransitRouterVpnAttachment VpnConnectionId="),
            "{hint}"
        );
    }

    #[test]
    fn nothing_is_said_when_there_is_nothing_to_say() {
        assert_eq!(of("SomethingElse", "CreateVpc", VPC), None);
        assert_eq!(of("MissingParameter", "NoSuchAction", VPC), None);
    }
}
