//! What is known to be wrong with a call before it is sent, by the catalogue's declarations.

use causeway_operations::{Entry, all, find};
use causeway_wire::Parameters;

use crate::settings::SettingsError;

/// Written by the command itself.
const OF_THE_COMMAND: [(&str, &str); 3] = [
    ("Action", "the action is the word after `causeway api`"),
    ("Version", "--version-of-api gives the version"),
    ("Format", "--json prints JSON"),
];
/// Every operation takes these.
const OF_ALL: [&str; 3] = ["RegionId", "ClientToken", "DryRun"];
/// The most letters wrong, missing, too many or swapped for a name to be taken for another.
const MOST_SLIPS: usize = 2;

/// Refuses parameters the command writes itself.
pub fn refuse(parameters: &Parameters) -> Result<(), SettingsError> {
    for (name, instead) in OF_THE_COMMAND {
        if parameters.contains_key(name) {
            return Err(SettingsError(format!("{name} is no parameter here: {instead}")));
        }
    }
    Ok(())
}

/// A warning for each parameter the action does not declare; it is sent all the same. A nested name is judged by
/// its first part.
pub fn warnings(action: &str, version: &str, parameters: &Parameters) -> Vec<String> {
    let Some(entry) = find(version, action) else { return Vec::new() };
    let known: Vec<&str> = names(entry).collect();
    let mut warnings = Vec::new();
    for name in parameters.keys() {
        let first = name.split('.').next().unwrap_or(name);
        if known.contains(&first) {
            continue;
        }
        let meant = closest(first, known.iter().copied());
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let warning =
            format!("warning: {action} takes no parameter {first:?}, it is ignored{meant}");
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings
}

fn names(entry: &Entry) -> impl Iterator<Item = &'static str> {
    entry.declaration.parameters.iter().map(|parameter| parameter.name).chain(OF_ALL)
}

/// What to say of an action the server does not have under this version.
pub fn unknown_action(action: &str, version: &str) -> String {
    let elsewhere = all().find(|entry| entry.declaration.name == action);
    if let Some(product) = elsewhere.map(|entry| entry.declaration.product) {
        if product.version() == version {
            return "this server is older than the command: it does not have the action yet"
                .to_owned();
        }
        return format!("{action} is of version {}: leave --version-of-api out", product.version());
    }
    match closest(action, all().map(|entry| entry.declaration.name)) {
        Some(meant) => format!("{action} is not served here; did you mean {meant}?"),
        None => format!(
            "{action} is not served here; docs/operations has a page for each action that is"
        ),
    }
}

/// Slips of the keyboard only: another word, such as Nat for Vpn, is another action.
fn closest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let lower = name.to_lowercase();
    known
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|(slips, known)| *slips <= MOST_SLIPS && slips * 4 <= known.len())
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VPC: &str = "2016-04-28";

    fn warned(action: &str, names: &[&str]) -> Vec<String> {
        let parameters = names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        warnings(action, VPC, &parameters)
    }

    #[test]
    fn mistyped_parameters_are_told() {
        assert_eq!(
            warned("CreateVpc", &["CidrBlok", "vpcname", "Nonsense"]),
            [
                "warning: CreateVpc takes no parameter \"CidrBlok\", it is ignored; did you mean CidrBlock?",
                "warning: CreateVpc takes no parameter \"Nonsense\", it is ignored",
                "warning: CreateVpc takes no parameter \"vpcname\", it is ignored; did you mean VpcName?",
            ]
        );
        let nested = ["RouteEntrys.1.NextHop", "RouteEntrys.1.DstCidrBlock"];
        assert_eq!(
            warned("CreateRouteEntries", &nested),
            [
                "warning: CreateRouteEntries takes no parameter \"RouteEntrys\", it is ignored; did you mean RouteEntries?"
            ]
        );
    }

    #[test]
    fn declared_and_common_parameters_are_not() {
        let names = ["RouteEntries.1.NextHop", "RegionId", "ClientToken", "DryRun"];
        assert_eq!(warned("CreateRouteEntries", &names), Vec::<String>::new());
        assert_eq!(warned("NoSuchAction", &["Whatever"]), Vec::<String>::new());
    }

    #[test]
    fn every_example_of_the_catalogue_passes() {
        for entry in all() {
            let declaration = entry.declaration;
            for example in declaration.examples {
                let pairs = example
                    .request
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_string()));
                let found =
                    warnings(declaration.name, declaration.product.version(), &pairs.collect());
                assert_eq!(found, Vec::<String>::new(), "{}", declaration.name);
            }
        }
    }

    #[test]
    fn what_the_command_writes_is_refused() {
        for (name, part) in [
            ("Action", "after `causeway api`"),
            ("Version", "--version-of-api"),
            ("Format", "--json"),
        ] {
            let fault = refuse(&Parameters::from([(name.to_owned(), "x".to_owned())])).unwrap_err();
            assert!(fault.0.starts_with(name) && fault.0.contains(part), "{fault}");
        }
        assert!(refuse(&Parameters::from([("VpcId".to_owned(), "x".to_owned())])).is_ok());
    }

    #[test]
    fn an_unknown_action_is_explained() {
        for (action, version, part) in [
            ("DescribeVpc", VPC, "did you mean DescribeVpcs?"),
            ("createvpc", VPC, "did you mean CreateVpc?"),
            ("CreateRouteEntrys", VPC, "did you mean CreateRouteEntr"),
            ("CreateNatGateway", VPC, "is not served here; docs/operations"),
            ("CompleteTasks", VPC, "of version 2026-11-20"),
            ("DescribeVpcs", VPC, "older than the command"),
        ] {
            let text = unknown_action(action, version);
            assert!(text.contains(part), "{action}: {text}");
        }
    }
}
