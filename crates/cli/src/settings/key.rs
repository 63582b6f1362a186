//! The names of all settings.

/// A setting's name, the same as flag, environment variable and key of the configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub &'static str);

impl Key {
    /// The flag, for example `--root-key`.
    pub fn flag(self) -> String {
        format!("--{}", self.0)
    }

    /// The environment variable, for example `CAUSEWAY_ROOT_KEY`.
    pub fn variable(self) -> String {
        format!("CAUSEWAY_{}", self.0.to_uppercase().replace('-', "_"))
    }

    /// Whether it takes several values.
    pub fn is_list(self) -> bool {
        [OTHER_ACCOUNT, REGION, QUOTA, TLS_NAME, THROTTLE].contains(&self)
    }

    /// The setting of that name.
    pub fn find(name: &str) -> Option<Self> {
        KEYS.into_iter().find(|key| key.0 == name)
    }

    /// The setting whose name is closest to a mistyped one.
    pub fn closest(name: &str) -> Option<Self> {
        let likeness = |key: &Key| strsim::jaro_winkler(&name.to_lowercase(), key.0);
        KEYS.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
    }
}

pub const LISTEN: Key = Key("listen");
pub const DATA: Key = Key("data");
pub const KEY_FILE: Key = Key("key-file");
pub const MEMORY: Key = Key("memory");
pub const ROOT_KEY: Key = Key("root-key");
pub const ACCOUNT: Key = Key("account");
pub const OTHER_ACCOUNT: Key = Key("other-account");
pub const REGION: Key = Key("region");
pub const SEED: Key = Key("seed");
pub const TASKS: Key = Key("tasks");
pub const CLOCK: Key = Key("clock");
pub const ROUTE_STATES: Key = Key("route-states");
pub const ALLOW_SUPERNET: Key = Key("allow-supernet");
pub const QUOTA: Key = Key("quota");
pub const LOG: Key = Key("log");
pub const LOG_FORMAT: Key = Key("log-format");
pub const CA_FILE: Key = Key("ca-file");
pub const TLS_NAME: Key = Key("tls-name");
pub const TLS_CERT: Key = Key("tls-cert");
pub const TLS_KEY: Key = Key("tls-key");
pub const INSECURE: Key = Key("insecure");
pub const THROTTLE: Key = Key("throttle");
pub const RAM_ENFORCE: Key = Key("ram-enforce");
pub const AUDIT_READS: Key = Key("audit-reads");
pub const AUDIT_KEEP: Key = Key("audit-keep");
pub const AUDIT_MAX: Key = Key("audit-max");

/// Every setting, in the order of the help.
pub const KEYS: [Key; 26] = [
    LISTEN,
    DATA,
    KEY_FILE,
    MEMORY,
    ROOT_KEY,
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    SEED,
    TASKS,
    CLOCK,
    ROUTE_STATES,
    ALLOW_SUPERNET,
    QUOTA,
    LOG,
    LOG_FORMAT,
    CA_FILE,
    TLS_NAME,
    TLS_CERT,
    TLS_KEY,
    INSECURE,
    THROTTLE,
    RAM_ENFORCE,
    AUDIT_READS,
    AUDIT_KEEP,
    AUDIT_MAX,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_from_the_key() {
        assert_eq!(ROOT_KEY.flag(), "--root-key");
        assert_eq!(ROOT_KEY.variable(), "CAUSEWAY_ROOT_KEY");
        assert_eq!(Key::find("log"), Some(LOG));
        assert_eq!(Key::find("loggg"), None);
    }

    #[test]
    fn the_closest_name_is_found() {
        for (wrong, right) in [
            ("root_key", ROOT_KEY),
            ("regions", REGION),
            ("Listen", LISTEN),
            ("route_state", ROUTE_STATES),
            ("task", TASKS),
        ] {
            assert_eq!(Key::closest(wrong), Some(right), "{wrong}");
        }
    }
}
