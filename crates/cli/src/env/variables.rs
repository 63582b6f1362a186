//! The environment variables of all clients.

use crate::target::Target;

/// Products the Terraform provider finds through its `endpoints` block (clients.md section 4.2).
pub const PRODUCTS: [&str; 11] = [
    "vpc",
    "ecs",
    "sts",
    "location",
    "bssopenapi",
    "cbn",
    "vpcpeer",
    "privatelink",
    "resourcemanager",
    "ram",
    "kms",
];

/// Not in that block: reached by its variable only.
pub const VARIABLE_ONLY_PRODUCT: &str = "expressconnectrouter";

/// A token of another session would be sent along and refused.
pub const UNSET: [&str; 3] =
    ["ALIBABA_CLOUD_SECURITY_TOKEN", "ALICLOUD_SECURITY_TOKEN", "SECURITY_TOKEN"];

/// Clients honour proxy variables (clients.md section 4.4): the server is not behind one.
pub fn no_proxy(target: &Target) -> String {
    let host = target.address.ip().to_string();
    let mut hosts = vec!["localhost", "127.0.0.1", "::1"];
    if !hosts.contains(&host.as_str()) {
        hosts.push(&host);
    }
    hosts.join(",")
}

/// All variables, in the order they are worth reading.
pub fn variables(target: &Target) -> Vec<(String, String)> {
    let endpoint = target.endpoint();
    let (id, secret) = (target.key.id.as_str(), target.key.secret.as_str());
    let no_proxy = no_proxy(target);
    let mut variables = vec![
        // SDKs and their credential chains
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", id),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
        ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"),
        // Terraform
        ("ALICLOUD_ACCESS_KEY", id),
        ("ALICLOUD_SECRET_KEY", secret),
        ("ALIBABA_CLOUD_REGION", &target.region),
        ("ALICLOUD_REGION", &target.region),
        ("ALICLOUD_ACCOUNT_ID", &target.account),
        ("ALIBABA_CLOUD_ACCOUNT_TYPE", "Domestic"),
        ("ALICLOUD_SKIP_REGION_VALIDATION", "true"),
        // The Kubernetes route controller (clients.md section 9.1)
        ("ACCESS_KEY_ID", id),
        ("ACCESS_KEY_SECRET", secret),
        ("ALICLOUD_CLIENT_SCHEME", "HTTP"),
        ("NO_PROXY", &no_proxy),
        ("no_proxy", &no_proxy),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect::<Vec<_>>();
    for product in PRODUCTS.into_iter().chain([VARIABLE_ONLY_PRODUCT]) {
        let product = product.to_uppercase();
        variables.push((format!("{product}_ENDPOINT"), endpoint.clone()));
        variables.push((format!("ALIBABA_CLOUD_ENDPOINT_{product}"), endpoint.clone()));
    }
    if let Some(ca) = &target.ca {
        // Adds to what Node trusts; the variables of other clients would replace it.
        variables.push(("NODE_EXTRA_CA_CERTS".to_owned(), ca.display().to_string()));
    }
    variables
}
