//! Which parameters are recorded: those that are declared, and of those that hold secrets only that
//! they were given.

use causeway_spec::{Declaration, Parameter, Parameters, Shape};

/// Stands for a secret.
const MASK: &str = "******";
/// The pipeline's own parameters.
const COMMON: [&str; 3] = ["RegionId", "ClientToken", "DryRun"];

/// What is recorded of the parameters of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Names and values.
    pub parameters: Vec<(String, String)>,
    /// How many are not among them: nobody declared them, or there was no room.
    pub left_out: u32,
}

/// The parameters as they may be recorded, in `room` bytes.
pub fn recorded(of: &Declaration, parameters: &Parameters, room: usize) -> Recorded {
    let mut recorded = Recorded::default();
    let mut left = room;
    for (path, value) in parameters {
        let common = COMMON.contains(&path.as_str());
        let secret = match common {
            true => Some(false),
            false => secrecy(of.parameters, path),
        };
        let value = match secret {
            Some(true) => MASK,
            _ => value.as_str(),
        };
        let bytes = path.len() + value.len();
        if secret.is_none() || bytes > left {
            recorded.left_out += 1;
            continue;
        }
        left -= bytes;
        recorded.parameters.push((path.clone(), value.to_owned()));
    }
    recorded
}

/// Whether a place is among an operation's own parameters: `RouteEntries.2.DstCidrBlock`.
pub fn is_declared(of: &Declaration, path: &str) -> bool {
    secrecy(of.parameters, path).is_some()
}

/// Whether the parameter at `path` holds a secret; none when nobody declared it.
fn secrecy(parameters: &[Parameter], path: &str) -> Option<bool> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let known = parameters.iter().find(|known| known.name == name)?;
    Some(within(&known.shape, rest)? || known.secret)
}

fn within(shape: &Shape, rest: &str) -> Option<bool> {
    match shape {
        Shape::List(item) => {
            let (index, rest) = rest.split_once('.').unwrap_or((rest, ""));
            index.parse::<u32>().ok()?;
            within(item, rest)
        }
        Shape::Struct(members) => secrecy(members, rest),
        Shape::Text | Shape::Integer | Shape::Boolean | Shape::Json => {
            rest.is_empty().then_some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn of(action: &str, pairs: &[(&str, &str)], room: usize) -> Recorded {
        let entry = catalogue::all().find(|entry| entry.declaration.name == action).unwrap();
        let pairs = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        recorded(&entry.declaration, &pairs.collect(), room)
    }

    #[test]
    fn secrets_are_masked_at_every_depth_and_what_is_unknown_has_no_value() {
        let pairs = [
            ("ClientToken", "t"),
            ("CustomerGatewayId", "cgw-1"),
            ("IkeConfig", r#"{"Psk":"hush"}"#),
            ("Password", "hush"),
            ("TunnelOptionsSpecification.1.Role", "master"),
            ("TunnelOptionsSpecification.1.TunnelIkeConfig.Psk", "hush"),
            ("TunnelOptionsSpecification.x.Role", "hush"),
        ];
        let recorded = of("CreateVpnConnection", &pairs, 1000);
        let pairs: Vec<_> = recorded.parameters.iter().map(|(n, v)| (&**n, &**v)).collect();
        let expected = [
            ("ClientToken", "t"),
            ("CustomerGatewayId", "cgw-1"),
            ("IkeConfig", MASK),
            ("TunnelOptionsSpecification.1.Role", "master"),
            ("TunnelOptionsSpecification.1.TunnelIkeConfig.Psk", MASK),
        ];
        assert_eq!((pairs.as_slice(), recorded.left_out), (expected.as_slice(), 2));
        let keyed = of("CreateCustomerGateway", &[("AuthKey", "hush")], 1000);
        assert_eq!(keyed.parameters, [("AuthKey".to_owned(), MASK.to_owned())]);
    }

    #[test]
    fn what_has_no_room_is_left_out() {
        let long = "x".repeat(90);
        let pairs = [("CidrBlock", "10.0.0.0/8"), ("Description", &long), ("VpcName", "n")];
        let recorded = of("CreateVpc", &pairs, 60);
        assert_eq!((recorded.parameters.len(), recorded.left_out), (2, 1));
    }

    /// Whoever adds a parameter with such a name has to say whether it is a secret.
    #[test]
    fn parameters_that_sound_like_secrets_are_declared_secret() {
        fn walk(of: &str, parameters: &[Parameter], covered: bool, found: &mut usize) {
            for it in parameters {
                let name = it.name.to_ascii_lowercase();
                let sounds =
                    ["psk", "secret", "authkey", "password", "privatekey", "securitytoken"]
                        .iter()
                        .any(|word| name.contains(word));
                assert!(!sounds || it.secret || covered, "{of}: {} is not secret", it.name);
                let documented = it.shape == Shape::Json && it.doc.contains("`Psk`");
                assert!(!documented || it.secret, "{of}: {} holds a key", it.name);
                *found += usize::from(it.secret);
                let shape = if let Shape::List(item) = it.shape { item } else { &it.shape };
                if let Shape::Struct(members) = shape {
                    walk(of, members, covered || it.secret, found);
                }
            }
        }
        let mut found = 0;
        for entry in catalogue::all() {
            let it = &entry.declaration;
            walk(it.name, it.parameters, false, &mut found);
        }
        assert!(found >= 4, "only {found} secrets are declared");
    }
}
