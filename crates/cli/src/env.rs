//! What makes each client talk to this server and to nothing else (clients.md sections 3.3, 4.1 to 4.3, 9.1).

mod quote;
mod terraform;
mod variables;

use crate::arguments::EnvFormat;
use crate::target::Target;
use variables::{UNSET, variables};

/// The text for a client.
pub fn text(format: EnvFormat, target: &Target) -> String {
    match format {
        EnvFormat::Shell => shell(target),
        EnvFormat::Dotenv => dotenv(target),
        EnvFormat::Terraform => terraform::provider(target),
        EnvFormat::Aliyun => aliyun(target),
        EnvFormat::Json => json(target),
    }
}

/// What the variables do not reach, for the person who reads standard error.
pub fn note(format: EnvFormat, target: &Target) -> Option<String> {
    let of_variables = matches!(format, EnvFormat::Shell | EnvFormat::Dotenv | EnvFormat::Json);
    of_variables.then(|| {
        format!(
            "note: SDKs that take their endpoint in code (py-tea, node-tea, Go tea) read no variable for it: give them \
             endpoint {:?}, protocol \"http\"",
            target.endpoint()
        )
    })
}

fn shell(target: &Target) -> String {
    let mut text =
        String::from("# eval \"$(causeway env)\" points the clients of this shell at Causeway.\n");
    text.push_str("# SDKs that take their endpoint in code (py-tea, node-tea, Go tea): ");
    text.push_str(&format!("endpoint {:?}, protocol \"http\".\n", target.endpoint()));
    for name in UNSET {
        text.push_str(&format!("unset {name}\n"));
    }
    for (name, value) in variables(target) {
        let value = match name.as_str() {
            "NO_PROXY" | "no_proxy" => besides(&name, &value),
            _ => quote::shell(&value),
        };
        text.push_str(&format!("export {name}={value}\n"));
    }
    text
}

/// The value, and what the variable held before: other hosts may need no proxy either.
fn besides(name: &str, value: &str) -> String {
    format!("\"{value}${{{name}:+,${name}}}\"")
}

fn dotenv(target: &Target) -> String {
    let line = |(name, value): (String, String)| format!("{name}={}\n", quote::dotenv(&value));
    variables(target).into_iter().map(line).collect()
}

fn json(target: &Target) -> String {
    let object: serde_json::Map<String, serde_json::Value> =
        variables(target).into_iter().map(|(name, value)| (name, value.into())).collect();
    format!("{:#}\n", serde_json::Value::Object(object))
}

/// clients.md section 3.3: the endpoint goes on each command line, the rest into a profile.
fn aliyun(target: &Target) -> String {
    let endpoint = target.endpoint();
    let region = quote::shell(&target.region);
    let (id, secret) = (quote::shell(&target.key.id), quote::shell(&target.key.secret));
    format!(
        "# Then: aliyun --profile causeway --endpoint {endpoint} --insecure vpc DescribeVpcs\n\
         aliyun configure set --profile causeway --mode AK --region {region} \
         --access-key-id {id} --access-key-secret {secret}\n\
         export NO_PROXY={}\n",
        besides("NO_PROXY", &variables::no_proxy(target))
    )
}

#[cfg(test)]
#[path = "env/tests.rs"]
mod tests;
