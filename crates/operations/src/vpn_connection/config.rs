//! The settings of tunnels and probes. On single-tunnel connections they are JSON texts, whose
//! members clients write in any case (clients.md 11); in `TunnelOptionsSpecification` they are
//! flattened parameters. Both read into the same structs.

use crate::label::given;
use causeway_model::customer_gateway;
use causeway_model::vpn_connection::{Bgp, HealthCheck, HealthPolicy, Ike, Ipsec};
use causeway_spec::{Refusal, lenient};
use causeway_types::Cidr;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use std::net::IpAddr;

/// The longest lifetime of a negotiated key, in seconds.
const LIFETIME_MAX_S: i64 = 86400;
/// The cloud's autonomous system unless another is given.
const DEFAULT_ASN: i64 = customer_gateway::PROVIDER_ASN as i64;
const ENCRYPTIONS: &[&str] = &["aes", "aes192", "aes256", "des", "3des"];
const AUTHENTICATIONS: &[&str] = &["md5", "sha1", "sha256", "sha384", "sha512"];
const GROUPS: &[&str] = &["group1", "group2", "group5", "group14"];
const GROUPS_OR_NONE: &[&str] = &["disabled", "group1", "group2", "group5", "group14"];

/// A JSON object with member names in any case; `T`'s are lower case.
#[derive(Debug)]
pub struct AnyCase<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for AnyCase<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let members = Map::<String, Value>::deserialize(from)?;
        let lower = members.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        serde_json::from_value(Value::Object(lower.collect()))
            .map(AnyCase)
            .map_err(D::Error::custom)
    }
}

/// The first negotiation phase.
#[derive(Debug, Default, causeway_spec::Request, Deserialize)]
#[serde(default)]
pub struct IkeConfig {
    /// The pre-shared key: 1 to 100 printable ASCII characters without spaces; drawn when absent.
    #[parameter(secret)]
    #[serde(deserialize_with = "lenient::text")]
    psk: Option<String>,
    /// `ikev1` or `ikev2`.
    #[serde(rename = "ikeversion", deserialize_with = "lenient::text")]
    ike_version: Option<String>,
    /// `main` (default) or `aggressive`.
    #[serde(rename = "ikemode", deserialize_with = "lenient::text")]
    ike_mode: Option<String>,
    /// `aes` (default), `aes192`, `aes256`, `des` or `3des`.
    #[serde(rename = "ikeencalg", deserialize_with = "lenient::text")]
    ike_enc_alg: Option<String>,
    /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`.
    #[serde(rename = "ikeauthalg", deserialize_with = "lenient::text")]
    ike_auth_alg: Option<String>,
    /// `group1`, `group2` (default), `group5` or `group14`.
    #[serde(rename = "ikepfs", deserialize_with = "lenient::text")]
    ike_pfs: Option<String>,
    /// The lifetime in seconds: 0 to 86400 (default).
    #[serde(rename = "ikelifetime", deserialize_with = "lenient::integer")]
    ike_lifetime: Option<i64>,
    /// The identity of the cloud's side: up to 100 characters without spaces; its address when
    /// absent.
    #[serde(rename = "localid", deserialize_with = "lenient::text")]
    local_id: Option<String>,
    /// The identity of the far side, likewise.
    #[serde(rename = "remoteid", deserialize_with = "lenient::text")]
    remote_id: Option<String>,
}

/// The second negotiation phase.
#[derive(Debug, Default, causeway_spec::Request, Deserialize)]
#[serde(default)]
pub struct IpsecConfig {
    /// `aes` (default), `aes192`, `aes256`, `des` or `3des`.
    #[serde(rename = "ipsecencalg", deserialize_with = "lenient::text")]
    ipsec_enc_alg: Option<String>,
    /// `md5`, `sha1`, `sha256`, `sha384` or `sha512`.
    #[serde(rename = "ipsecauthalg", deserialize_with = "lenient::text")]
    ipsec_auth_alg: Option<String>,
    /// `disabled`, `group1`, `group2` (default), `group5` or `group14`.
    #[serde(rename = "ipsecpfs", deserialize_with = "lenient::text")]
    ipsec_pfs: Option<String>,
    /// The lifetime in seconds: 0 to 86400 (default).
    #[serde(rename = "ipseclifetime", deserialize_with = "lenient::integer")]
    ipsec_lifetime: Option<i64>,
}

/// BGP over a tunnel.
#[derive(Debug, Default, causeway_spec::Request, Deserialize)]
#[serde(default)]
pub struct BgpConfig {
    /// Whether a single-tunnel connection speaks BGP; false when absent. Two tunnels have
    /// `EnableTunnelsBgp` instead.
    #[serde(rename = "enablebgp", deserialize_with = "lenient::boolean")]
    pub(super) enable_bgp: Option<bool>,
    /// The cloud's autonomous system: 1 to 4294967295, or two halves as in `123.456`; 45104 when
    /// absent.
    #[serde(rename = "localasn", deserialize_with = "lenient::text")]
    local_asn: Option<String>,
    /// The tunnel's block: a /30 of 169.254.0.0/16, not 169.254.0.0 to 169.254.6.0 nor
    /// 169.254.169.252.
    #[serde(rename = "tunnelcidr", deserialize_with = "lenient::text")]
    tunnel_cidr: Option<String>,
    /// The cloud's address in that block.
    #[serde(rename = "localbgpip", deserialize_with = "lenient::text")]
    local_bgp_ip: Option<String>,
}

/// Probes of a link, as the members of a JSON object.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HealthCheckConfig {
    #[serde(deserialize_with = "lenient::boolean")]
    enable: Option<bool>,
    #[serde(deserialize_with = "lenient::text")]
    dip: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sip: Option<String>,
    #[serde(deserialize_with = "lenient::integer")]
    interval: Option<i64>,
    #[serde(deserialize_with = "lenient::integer")]
    retry: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    policy: Option<String>,
}

/// What is negotiated unless a request says otherwise; it depends on the operation (semantics.md
/// 7.4 and 7.5).
pub(super) struct Defaults {
    pub ike_version: &'static str,
    pub authentication: &'static str,
}

impl IkeConfig {
    /// Reads it; `at` names the parameter. The key and the identities stay empty when absent.
    pub(super) fn read(&self, at: &str, defaults: &Defaults) -> Result<Ike, Refusal> {
        let word = |value: &Option<String>, allowed, default, member: &str| {
            one_of(value, allowed, default).ok_or_else(|| invalid(at, member))
        };
        let text = |value: &Option<String>, member: &str| {
            let text = value.as_deref().unwrap_or_default();
            let printable = text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_graphic());
            if printable { Ok(Box::from(text)) } else { Err(invalid(at, member)) }
        };
        Ok(Ike {
            psk: text(&self.psk, "Psk")?,
            version: word(
                &self.ike_version,
                &["ikev1", "ikev2"],
                defaults.ike_version,
                "IkeVersion",
            )?,
            mode: word(&self.ike_mode, &["main", "aggressive"], "main", "IkeMode")?,
            encryption: word(&self.ike_enc_alg, ENCRYPTIONS, "aes", "IkeEncAlg")?,
            authentication: word(
                &self.ike_auth_alg,
                AUTHENTICATIONS,
                defaults.authentication,
                "IkeAuthAlg",
            )?,
            pfs: word(&self.ike_pfs, GROUPS, "group2", "IkePfs")?,
            lifetime_s: lifetime(self.ike_lifetime).ok_or_else(|| invalid(at, "IkeLifetime"))?,
            local_id: text(&self.local_id, "LocalId")?,
            remote_id: text(&self.remote_id, "RemoteId")?,
        })
    }
}

impl IpsecConfig {
    /// Reads it; `at` names the parameter.
    pub(super) fn read(&self, at: &str, defaults: &Defaults) -> Result<Ipsec, Refusal> {
        let word = |value: &Option<String>, allowed, default, member: &str| {
            one_of(value, allowed, default).ok_or_else(|| invalid(at, member))
        };
        Ok(Ipsec {
            encryption: word(&self.ipsec_enc_alg, ENCRYPTIONS, "aes", "IpsecEncAlg")?,
            authentication: word(
                &self.ipsec_auth_alg,
                AUTHENTICATIONS,
                defaults.authentication,
                "IpsecAuthAlg",
            )?,
            pfs: word(&self.ipsec_pfs, GROUPS_OR_NONE, "group2", "IpsecPfs")?,
            lifetime_s: lifetime(self.ipsec_lifetime)
                .ok_or_else(|| invalid(at, "IpsecLifetime"))?,
        })
    }
}

impl BgpConfig {
    /// Reads it; `at` names the parameter.
    pub(super) fn read(&self, at: &str) -> Result<Bgp, Refusal> {
        let number =
            given(&self.local_asn).map_or(u32::try_from(DEFAULT_ASN).ok(), customer_gateway::asn);
        let local_asn = number.ok_or_else(|| invalid(at, "LocalAsn"))?;
        let tunnel_cidr = match given(&self.tunnel_cidr) {
            Some(text) => Some(tunnel_cidr(text).ok_or_else(|| invalid(at, "TunnelCidr"))?),
            None => None,
        };
        let local_address = match given(&self.local_bgp_ip) {
            Some(text) => {
                let address = text.parse::<IpAddr>().ok().filter(|address| {
                    tunnel_cidr.is_some_and(|block| block.contains_address(*address))
                });
                Some(address.ok_or_else(|| invalid(at, "LocalBgpIp"))?)
            }
            None => None,
        };
        Ok(Bgp { local_asn, tunnel_cidr, local_address })
    }
}

impl HealthCheckConfig {
    /// Reads it. Probes that are on need both addresses.
    pub(super) fn read(&self) -> Result<HealthCheck, Refusal> {
        let refuse = |member: &str| invalid("HealthCheckConfig", member);
        let enabled = self.enable == Some(true);
        let address = |value: &Option<String>, member: &str| match given(value) {
            Some(text) if text.parse::<IpAddr>().is_ok() => Ok(Box::from(text)),
            None if !enabled => Ok(Box::from("")),
            _ => Err(refuse(member)),
        };
        let count = |value: Option<i64>, member: &str| {
            u32::try_from(value.unwrap_or(3)).ok().filter(|n| *n > 0).ok_or_else(|| refuse(member))
        };
        Ok(HealthCheck {
            enabled,
            destination: address(&self.dip, "dip")?,
            source: address(&self.sip, "sip")?,
            interval_s: count(self.interval, "interval")?,
            retries: count(self.retry, "retry")?,
            policy: match given(&self.policy) {
                None | Some("revoke_route") => HealthPolicy::RevokeRoute,
                Some("reserve_route") => HealthPolicy::ReserveRoute,
                Some(_) => return Err(refuse("Policy")),
            },
        })
    }
}

fn invalid(at: &str, member: &str) -> Refusal {
    Refusal::invalid_parameter(&format!("{at}.{member}"))
}

fn one_of(value: &Option<String>, allowed: &[&str], default: &'static str) -> Option<Box<str>> {
    let word = given(value).unwrap_or(default);
    allowed.contains(&word).then(|| word.into())
}

fn lifetime(value: Option<i64>) -> Option<u32> {
    let seconds = value.unwrap_or(LIFETIME_MAX_S);
    (0..=LIFETIME_MAX_S).contains(&seconds).then_some(seconds as u32)
}

/// A tunnel's block (semantics.md 7.4).
fn tunnel_cidr(text: &str) -> Option<Cidr> {
    const LINK_LOCAL: Cidr = Cidr::v4(169, 254, 0, 0, 16);
    let block: Cidr = text.parse().ok()?;
    let mut reserved = (0..=6).map(|n| Cidr::v4(169, 254, n, 0, 30));
    let usable = block.length() == 30
        && LINK_LOCAL.contains(&block)
        && block != Cidr::v4(169, 254, 169, 252, 30)
        && reserved.all(|taken| taken != block);
    usable.then_some(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Defaults = Defaults { ike_version: "ikev1", authentication: "md5" };

    fn ike(json: &str) -> Result<Ike, Refusal> {
        serde_json::from_str::<AnyCase<IkeConfig>>(json).unwrap().0.read("IkeConfig", &DEFAULTS)
    }

    #[test]
    fn members_are_read_in_any_case_as_text_or_number() {
        let first = ike(r#"{"Psk":1234,"IKEVERSION":"ikev2","ikeLifetime":"3600","LocalId":""}"#);
        let first = first.unwrap();
        assert_eq!((&*first.psk, &*first.version, first.lifetime_s), ("1234", "ikev2", 3600));
        assert_eq!((&*first.local_id, &*first.encryption), ("", "aes"));
        assert!(serde_json::from_str::<AnyCase<IkeConfig>>("[]").is_err());
    }

    #[test]
    fn defaults_are_the_documented_ones() {
        let first = ike("{}").unwrap();
        assert_eq!(
            (&*first.version, &*first.mode, &*first.authentication, &*first.pfs, first.lifetime_s),
            ("ikev1", "main", "md5", "group2", 86400)
        );
        let second = IpsecConfig::default().read("IpsecConfig", &DEFAULTS).unwrap();
        assert_eq!(
            (&*second.encryption, &*second.authentication, &*second.pfs, second.lifetime_s),
            ("aes", "md5", "group2", 86400)
        );
        assert_eq!(BgpConfig::default().read("BgpConfig").unwrap().local_asn, 45104);
    }

    #[test]
    fn bad_members_are_named() {
        for (json, member) in [
            (r#"{"Psk":"a b"}"#, "Psk"),
            (r#"{"IkeVersion":"ikev3"}"#, "IkeVersion"),
            (r#"{"IkeMode":"quick"}"#, "IkeMode"),
            (r#"{"IkeEncAlg":"rc4"}"#, "IkeEncAlg"),
            (r#"{"IkeAuthAlg":"crc"}"#, "IkeAuthAlg"),
            (r#"{"IkePfs":"disabled"}"#, "IkePfs"),
            (r#"{"IkeLifetime":86401}"#, "IkeLifetime"),
            (r#"{"RemoteId":"a b"}"#, "RemoteId"),
        ] {
            let refusal = ike(json).unwrap_err();
            assert!(refusal.message.contains(&format!("IkeConfig.{member}")), "{json}");
        }
    }

    #[test]
    fn tunnel_blocks_are_link_local_and_free() {
        let read = |cidr: &str, local: &str| {
            let json = format!(r#"{{"TunnelCidr":"{cidr}","LocalBgpIp":"{local}"}}"#);
            serde_json::from_str::<AnyCase<BgpConfig>>(&json).unwrap().0.read("BgpConfig")
        };
        assert!(read("169.254.11.0/30", "169.254.11.1").is_ok());
        for (cidr, local) in [
            ("169.254.6.0/30", ""),
            ("169.254.169.252/30", ""),
            ("169.254.11.0/29", ""),
            ("10.0.0.0/30", ""),
            ("x", ""),
            ("169.254.11.0/30", "169.254.12.1"),
            ("", "169.254.12.1"),
        ] {
            assert!(read(cidr, local).is_err(), "{cidr} {local}");
        }
    }

    #[test]
    fn probes_that_are_on_need_addresses() {
        let read =
            |json: &str| serde_json::from_str::<AnyCase<HealthCheckConfig>>(json).unwrap().0.read();
        let both = r#"{"enable":"true","dip":"10.0.0.1","sip":"192.168.1.1","Interval":"5"}"#;
        let check = read(both).unwrap(); // clients.md 11: keys in both cases
        assert_eq!((check.enabled, check.interval_s, check.retries), (true, 5, 3));
        assert_eq!(check.policy, HealthPolicy::RevokeRoute);
        assert!(read(r#"{"enable":true,"dip":"10.0.0.1"}"#).is_err());
        assert!(read(r#"{"dip":"x"}"#).is_err());
        assert!(read(r#"{"retry":0}"#).is_err());
        assert!(read(r#"{"Policy":"maybe"}"#).is_err());
    }
}
