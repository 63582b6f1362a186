//! How each setting's text is read. Errors complete the sentence "<place>: <text> ...".

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use causeway_engine::{Rate, Throttle};
use causeway_model::{Quotas, RouteStateNames, TaskLength};
use causeway_operations::Enforcement;
use tracing_subscriber::filter::LevelFilter;

use super::{Clock, LogFormat};

/// What is wrong with a text, and what to write instead.
pub type Problem = String;

/// `HOST:PORT`, the host an address or a name; `localhost` is the IPv4 loopback address.
pub fn listen(text: &str) -> Result<SocketAddr, Problem> {
    // An IPv4 address where there is one: names of this machine often have both, and servers listen on the first.
    let resolve = |host: &str, port: u16| {
        let found: Vec<SocketAddr> = (host, port).to_socket_addrs().ok()?.collect();
        found.iter().find(|address| address.is_ipv4()).or(found.first()).copied()
    };
    listen_by(text, resolve)
}

fn listen_by(
    text: &str,
    resolve: impl Fn(&str, u16) -> Option<SocketAddr>,
) -> Result<SocketAddr, Problem> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    if let Ok(address) = numeric.as_deref().unwrap_or(text).parse() {
        return Ok(address);
    }
    let problem = "is not ADDRESS:PORT; write for example 127.0.0.1:4580, [::1]:4580, or port 0 for a free one";
    let (host, port) = text.rsplit_once(':').ok_or(problem)?;
    let port = port.parse().map_err(|_| problem)?;
    if !is_host(host) {
        return Err(problem.into());
    }
    resolve(host, port).ok_or_else(|| "names a host that is not found; give its address".into())
}

fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    // A last label of digits would be a mistyped address.
    let last = text.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    text.bytes().all(plain) && last.bytes().any(|byte| !byte.is_ascii_digit())
}

/// A name a certificate can be for: a host, `*.` and a domain, or an address.
pub fn tls_name(text: &str) -> Result<String, Problem> {
    let host = text.strip_prefix("*.").unwrap_or(text);
    if is_host(host) || text.parse::<IpAddr>().is_ok() {
        return Ok(text.to_owned());
    }
    Err("is neither a host name nor an address; write for example causeway.lan or 192.0.2.7".into())
}

/// A path; `~/` at its start is the home directory, as in a shell that has not seen it.
pub fn path(text: &str, home: Option<&Path>) -> Result<PathBuf, Problem> {
    match text.strip_prefix("~/") {
        Some(rest) => home
            .map(|home| home.join(rest))
            .ok_or_else(|| "starts at a home directory, and there is none".into()),
        None if text.is_empty() => Err("is not a path".into()),
        None => Ok(text.into()),
    }
}

/// `true` or `false`.
pub fn truth(text: &str) -> Result<bool, Problem> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err("is neither true nor false".into()),
    }
}

/// An account id: sixteen digits.
pub fn account(text: &str) -> Result<String, Problem> {
    if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err("is not an account id; write sixteen digits, for example 1234567890123456".into())
}

/// Region ids, several in one text when separated by commas.
pub fn regions(texts: &[String]) -> Result<Vec<String>, (String, Problem)> {
    let mut regions: Vec<String> = Vec::new();
    for region in texts.iter().flat_map(|text| text.split(',')).map(str::trim) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let mut parts = region.split('-');
        if !region.contains('-') || !parts.all(|part| !part.is_empty() && part.bytes().all(plain)) {
            let problem = "is not a region id; write for example cn-hangzhou".to_owned();
            return Err((region.to_owned(), problem));
        }
        if !regions.iter().any(|known| known == region) {
            regions.push(region.to_owned());
        }
    }
    Ok(regions)
}

/// `NAME=LIMIT`, the name with hyphens or underscores.
pub fn quota(text: &str, quotas: &mut Quotas) -> Result<(), Problem> {
    let (name, limit) =
        text.split_once('=').ok_or("is not NAME=LIMIT; write for example vpcs=100")?;
    let name = name.trim().replace('-', "_");
    let mut known = quotas.by_name();
    let Some((_, quota)) = known.iter_mut().find(|(known, _)| *known == name) else {
        let names = known.iter().map(|(name, _)| name.replace('_', "-"));
        return Err(format!("names no quota; there are {}", names.collect::<Vec<_>>().join(", ")));
    };
    **quota = limit.trim().parse().map_err(|_| "does not end in a whole number")?;
    Ok(())
}

/// `NAME=RATE`, calls a second or `off`.
pub fn throttle(text: &str, throttle: &mut Throttle) -> Result<(), Problem> {
    let (name, rate) =
        text.split_once('=').ok_or("is not NAME=RATE; write for example action=20")?;
    let limit = match name.trim() {
        "action" => &mut throttle.per_action,
        "account" => &mut throttle.per_account,
        "failed" => &mut throttle.failed,
        _ => return Err("names nothing to throttle; there are action, account, failed".into()),
    };
    *limit = match rate.trim() {
        "off" => None,
        rate => {
            let rate = rate.parse().ok().and_then(Rate::per_second);
            Some(rate.ok_or("does not end in a number of calls a second, 1 to 1000000, or off")?)
        }
    };
    Ok(())
}

/// A whole number from 0 to 2^64 - 1.
pub fn seed(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| "is not a whole number from 0 to 18446744073709551615".into())
}

/// `immediate`, `manual` or a duration such as `150ms`, `2s`, `1m`.
pub fn tasks(text: &str) -> Result<TaskLength, Problem> {
    match text {
        "immediate" => Ok(TaskLength::Immediate),
        "manual" => Ok(TaskLength::Manual),
        _ => duration_ms(text)
            .map(|ms| if ms == 0 { TaskLength::Immediate } else { TaskLength::AfterMs(ms) }),
    }
}

fn duration_ms(text: &str) -> Result<i64, Problem> {
    let problem = || {
        "is none of immediate, manual, or a duration such as 150ms, 2s or 1m (a day at most)"
            .to_owned()
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: i64 = text[..digits].parse().map_err(|_| problem())?;
    let unit_ms = match &text[digits..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(problem()),
    };
    number.checked_mul(unit_ms).filter(|ms| *ms <= 86_400_000).ok_or_else(problem)
}

/// `real` or `frozen:INSTANT`.
pub fn clock(text: &str) -> Result<Clock, Problem> {
    if text == "real" {
        return Ok(Clock::Real);
    }
    let instant = text.strip_prefix("frozen:").and_then(|instant| instant.parse().ok());
    instant.map(Clock::Frozen).ok_or_else(|| {
        "is neither real nor frozen:INSTANT; write for example frozen:2026-11-20T10:00:00Z".into()
    })
}

/// `available` or `created`.
pub fn route_states(text: &str) -> Result<RouteStateNames, Problem> {
    match text {
        "available" => Ok(RouteStateNames::Available),
        "created" => Ok(RouteStateNames::Created),
        _ => Err("is neither available nor created".into()),
    }
}

/// `on`, `soft` or `off`.
pub fn ram_enforce(text: &str) -> Result<Enforcement, Problem> {
    match text {
        "on" => Ok(Enforcement::On),
        "soft" => Ok(Enforcement::Soft),
        "off" => Ok(Enforcement::Off),
        _ => Err("is none of on, soft and off".into()),
    }
}

/// A log level.
pub fn log(text: &str) -> Result<LevelFilter, Problem> {
    match text {
        "off" => Ok(LevelFilter::OFF),
        "error" => Ok(LevelFilter::ERROR),
        "warn" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" => Ok(LevelFilter::TRACE),
        _ => Err("is not a level; write off, error, warn, info, debug or trace".into()),
    }
}

/// `text` or `json`.
pub fn log_format(text: &str) -> Result<LogFormat, Problem> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither text nor json".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, expected) in [
            ("immediate", TaskLength::Immediate),
            ("0s", TaskLength::Immediate),
            ("manual", TaskLength::Manual),
            ("150ms", TaskLength::AfterMs(150)),
            ("2s", TaskLength::AfterMs(2000)),
            ("1m", TaskLength::AfterMs(60_000)),
        ] {
            assert_eq!(tasks(text), Ok(expected), "{text}");
        }
        for wrong in ["", "150", "ms", "1.5s", "-1s", "25h", "99999999999999999999ms", "2 s", "1µs"]
        {
            assert!(tasks(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn addresses_need_a_port() {
        assert_eq!(listen("localhost:0"), Ok("127.0.0.1:0".parse().unwrap()));
        assert_eq!(listen("[::1]:4580"), Ok("[::1]:4580".parse().unwrap()));
        for wrong in ["127.0.0.1", "4580", ":4580", "127.0.0.1:70000", "1.2.3:4", "::1:4", "a b:1"]
        {
            let found = listen_by(wrong, |_, port| Some(SocketAddr::from(([192, 0, 2, 7], port))));
            assert!(found.unwrap_err().starts_with("is not ADDRESS:PORT"), "{wrong}");
        }
    }

    #[test]
    fn names_of_hosts_are_resolved() {
        let book = |host: &str, port: u16| {
            (host == "causeway.lan").then(|| SocketAddr::from(([192, 0, 2, 7], port)))
        };
        assert_eq!(listen_by("causeway.lan:41", book), Ok("192.0.2.7:41".parse().unwrap()));
        assert!(listen_by("elsewhere.lan:41", book).unwrap_err().contains("not found"));
    }

    #[test]
    fn names_for_a_certificate_are_hosts_or_addresses() {
        for right in ["causeway", "causeway.lan", "*.lan", "192.0.2.7", "2001:db8::1"] {
            assert_eq!(tls_name(right), Ok(right.to_owned()));
        }
        for wrong in ["", "a b", "https://a", "a:1", "192.0.2"] {
            assert!(tls_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn throttles_are_rates_or_off() {
        let mut limits = Throttle::default();
        assert_eq!(throttle("action=20", &mut limits), Ok(()));
        assert_eq!(limits.per_action, Rate::per_second(20));
        assert_eq!(throttle("failed=off", &mut limits), Ok(()));
        assert_eq!(limits.failed, None);
        for wrong in ["", "action", "action=0", "action=fast", "other=1", "account=1000001"] {
            assert!(throttle(wrong, &mut limits).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let home = Path::new("/users/me");
        assert_eq!(path("~/data", Some(home)), Ok("/users/me/data".into()));
        assert_eq!(path("/a/~/b", Some(home)), Ok("/a/~/b".into()));
        assert_eq!(path("~other/b", Some(home)), Ok("~other/b".into()));
        assert!(path("~/data", None).is_err());
        assert!(path("", Some(home)).is_err());
    }

    #[test]
    fn regions_are_split_checked_and_kept_in_order() {
        let texts = ["cn-beijing,cn-hangzhou".to_owned(), "cn-beijing".to_owned()];
        assert_eq!(regions(&texts), Ok(vec!["cn-beijing".into(), "cn-hangzhou".into()]));
        for wrong in ["", "hangzhou", "CN-hangzhou", "cn--a", "cn-a,"] {
            assert!(regions(&[wrong.to_owned()]).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_clock_may_stand_still() {
        let instant = "2026-11-20T10:00:00Z".parse().unwrap();
        assert_eq!(clock("frozen:2026-11-20T10:00:00Z"), Ok(Clock::Frozen(instant)));
        assert!(clock("frozen").is_err());
        assert!(clock("frozen:noon").is_err());
    }
}
