//! Policies the provider ships, for the services there are.

/// A system policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemPolicy {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its document.
    pub document: &'static str,
}

/// All of them, by name.
pub const POLICIES: &[SystemPolicy] = &[
    SystemPolicy {
        name: "AdministratorAccess",
        description: "Provides full access to Alibaba Cloud services and resources.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunActionTrailFullAccess",
        description: "Provides full access to ActionTrail.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"actiontrail:*","Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunActionTrailReadOnlyAccess",
        description: "Provides read-only access to ActionTrail.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["actiontrail:Describe*","actiontrail:Get*","actiontrail:List*","actiontrail:LookupEvents"],"Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunRAMFullAccess",
        description: "Provides full access to Resource Access Management.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunRAMReadOnlyAccess",
        description: "Provides read-only access to Resource Access Management.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["ram:Get*","ram:List*"],"Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunSTSAssumeRoleAccess",
        description: "Provides access to take on roles by AssumeRole of Security Token Service.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunVPCFullAccess",
        description: "Provides full access to Virtual Private Cloud.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"vpc:*","Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunVPCReadOnlyAccess",
        description: "Provides read-only access to Virtual Private Cloud.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["vpc:Describe*","vpc:List*","vpc:Get*"],"Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunVPNGatewayFullAccess",
        description: "Provides full access to VPN Gateway.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["vpc:*Vpn*","vpc:*Vco*","vpc:*CustomerGateway*","vpc:*SslVpn*","vpc:DescribeVpcs","vpc:DescribeVSwitches"],"Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "AliyunVPNGatewayReadOnlyAccess",
        description: "Provides read-only access to VPN Gateway.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["vpc:Describe*Vpn*","vpc:Describe*Vco*","vpc:DescribeCustomerGateway*","vpc:DescribeVpcs","vpc:DescribeVSwitches"],"Resource":"*"}]}"#,
    },
    SystemPolicy {
        name: "ReadOnlyAccess",
        description: "Provides read-only access to Alibaba Cloud services and resources.",
        document: r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["*:Describe*","*:List*","*:Get*","*:BatchGet*","*:Query*","*:Check*"],"Resource":"*"}]}"#,
    },
];

/// The system policy with this name.
pub fn find(name: &str) -> Option<&'static SystemPolicy> {
    POLICIES.iter().find(|policy| policy.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, Keys, Policy, Request, evaluate};

    fn allows(name: &str, action: &str) -> bool {
        let policy = Policy::parse(find(name).unwrap().document).unwrap();
        let resource = "acs:vpc:cn-hangzhou:1234567890123456:x/y";
        let request = Request { action, resource, keys: &Keys::default() };
        matches!(evaluate(&[policy], None, &request), Decision::Allowed(_))
    }

    #[test]
    fn system_policies_are_policies_in_order() {
        assert!(POLICIES.iter().all(|policy| Policy::parse(policy.document).is_ok()));
        assert!(POLICIES.is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn they_allow_what_their_names_say() {
        for (name, action, expected) in [
            ("AdministratorAccess", "ram:CreateUser", true),
            ("ReadOnlyAccess", "vpc:DescribeVpcs", true),
            ("ReadOnlyAccess", "ram:GetUser", true),
            ("ReadOnlyAccess", "vpc:CreateVpc", false),
            ("AliyunVPCFullAccess", "vpc:CreateVpc", true),
            ("AliyunVPCFullAccess", "ram:CreateUser", false),
            ("AliyunVPCReadOnlyAccess", "vpc:DescribeVpcs", true),
            ("AliyunVPCReadOnlyAccess", "vpc:DeleteVpc", false),
            ("AliyunVPNGatewayFullAccess", "vpc:CreateVpnRouteEntry", true),
            ("AliyunVPNGatewayFullAccess", "vpc:CreateVcoRouteEntry", true),
            ("AliyunVPNGatewayFullAccess", "vpc:CreateRouteEntries", false),
            ("AliyunVPNGatewayReadOnlyAccess", "vpc:DescribeVcoRouteEntries", true),
            ("AliyunVPNGatewayReadOnlyAccess", "vpc:CreateVpnRouteEntry", false),
            ("AliyunRAMFullAccess", "ram:CreateRole", true),
            ("AliyunRAMFullAccess", "sts:AssumeRole", false),
            ("AliyunRAMReadOnlyAccess", "ram:ListRoles", true),
            ("AliyunRAMReadOnlyAccess", "ram:CreateRole", false),
            ("AliyunSTSAssumeRoleAccess", "sts:AssumeRole", true),
            ("AliyunSTSAssumeRoleAccess", "ram:GetRole", false),
            ("AliyunActionTrailFullAccess", "actiontrail:LookupEvents", true),
            ("AliyunActionTrailReadOnlyAccess", "actiontrail:LookupEvents", true),
            ("AliyunActionTrailReadOnlyAccess", "actiontrail:DeleteTrail", false),
        ] {
            assert_eq!(allows(name, action), expected, "{name} {action}");
        }
    }
}
