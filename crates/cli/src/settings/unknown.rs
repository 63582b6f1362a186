//! Variables that look like settings and are none.

use std::collections::BTreeMap;

use super::key::Key;

const PREFIX: &str = "CAUSEWAY_";
/// Names the configuration file; no setting of its own.
const CONFIG: &str = "CAUSEWAY_CONFIG";
/// What a container platform sets for a service named causeway: nobody's mistake.
const OF_PLATFORMS: [&str; 2] = ["CAUSEWAY_PORT", "CAUSEWAY_SERVICE_"];

/// A warning for each variable that nothing reads, with the one that may have been meant.
pub fn unknown_variables(variables: &BTreeMap<String, String>) -> Vec<String> {
    let is_unknown = |name: &&String| {
        let Some(rest) = name.strip_prefix(PREFIX) else { return false };
        let setting = Key::find(&rest.to_lowercase().replace('_', "-"));
        setting.is_none_or(|key| key.variable() != **name)
            && *name != CONFIG
            && !OF_PLATFORMS.iter().any(|start| name.starts_with(start))
    };
    variables.keys().filter(is_unknown).map(|name| warning(name)).collect()
}

fn warning(name: &str) -> String {
    let rest = name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase().replace('_', "-");
    let config_is_closer =
        |key: &Key| strsim::jaro_winkler(&rest, "config") > strsim::jaro_winkler(&rest, key.0);
    let meant = match Key::closest(&rest) {
        Some(key) if !config_is_closer(&key) => key.variable(),
        _ => CONFIG.to_owned(),
    };
    format!("warning: the variable {name} is no setting and is ignored; did you mean {meant}?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_variables_are_told() {
        let variables: BTreeMap<String, String> = [
            "CAUSEWAY_LISTN",
            "CAUSEWAY_ROOTKEY",
            "CAUSEWAY_CONFG",
            "CAUSEWAY_ROUTE-STATES",
            "CAUSEWAY_DATA",
            "CAUSEWAY_CONFIG",
            "CAUSEWAY_SERVICE_HOST",
            "CAUSEWAY_PORT_4580_TCP",
            "HOME",
        ]
        .map(|name| (name.to_owned(), "x".to_owned()))
        .into();
        let warnings = unknown_variables(&variables);
        let meant: Vec<&str> = warnings.iter().filter_map(|line| line.rsplit(' ').next()).collect();
        let expected = [
            "CAUSEWAY_CONFIG?",
            "CAUSEWAY_LISTEN?",
            "CAUSEWAY_ROOT_KEY?",
            "CAUSEWAY_ROUTE_STATES?",
        ];
        assert_eq!(meant, expected);
        assert!(warnings[1].starts_with("warning: the variable CAUSEWAY_LISTN is no setting"));
    }
}
