//! A complete provider block (clients.md section 4.3).

use super::quote::hcl;
use super::variables::{PRODUCTS, VARIABLE_ONLY_PRODUCT};
use crate::target::Target;

/// The block: plain HTTP, no call before the first resource, every product here.
pub fn provider(target: &Target) -> String {
    let endpoint = hcl(&target.endpoint());
    let endpoints: String =
        PRODUCTS.iter().map(|product| format!("    {product:<15} = {endpoint}\n")).collect();
    let values = [
        ("access_key", hcl(&target.key.id)),
        ("secret_key", hcl(&target.key.secret)),
        ("region", hcl(&target.region)),
        ("account_id", hcl(&target.account)),
        ("account_type", hcl("Domestic")),
        ("protocol", hcl("HTTP")),
        ("skip_region_validation", "true".to_owned()),
    ];
    let values: String =
        values.iter().map(|(name, value)| format!("  {name:<22} = {value}\n")).collect();
    format!(
        "# {VARIABLE_ONLY_PRODUCT} has no place in this block:\n\
         #   export ALIBABA_CLOUD_ENDPOINT_{}={}\n\
         provider \"alicloud\" {{\n{values}  endpoints {{\n{endpoints}  }}\n}}\n",
        VARIABLE_ONLY_PRODUCT.to_uppercase(),
        target.endpoint()
    )
}
