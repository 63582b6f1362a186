//! What `serve` prints when it is ready.

use std::net::SocketAddr;
use std::path::Path;

use crate::settings::{AccessKey, Clock, Settings};
use causeway_model::TaskLength;
use causeway_operations::Enforcement;
use causeway_server::PlainHttp;

/// What there is to say.
pub struct Greeting<'a> {
    /// The address bound.
    pub address: SocketAddr,
    /// The settings in force.
    pub settings: &'a Settings,
    /// The root key.
    pub key: &'a AccessKey,
    /// Whether the key was just made: then, and only then, its secret is shown.
    pub key_is_new: bool,
    /// From whom plain HTTP is taken.
    pub plain: PlainHttp,
    /// Where the certificate of the authority is.
    pub ca: Option<&'a Path>,
}

impl Greeting<'_> {
    /// The lines, `Ready.` not among them.
    pub fn text(&self) -> String {
        let Self { address, settings, key, .. } = self;
        let mut lines = vec![
            ("http", format!("http://{address}")),
            ("https", format!("https://{address}")),
            self.trust(),
            (
                "data",
                settings.directory().map_or("in memory".into(), |path| path.display().to_string()),
            ),
            ("account", settings.account().to_owned()),
            ("regions", settings.regions().len().to_string()),
            ("access key", key.id.clone()),
        ];
        if !settings.other_accounts.is_empty() {
            let others: Vec<&str> = settings.other_accounts.iter().map(|(id, _)| &**id).collect();
            lines.push(("others", format!("accounts {}", others.join(", "))));
        }
        if self.plain == PlainHttp::ThisMachine {
            lines.push(("plain http", "from this machine only; others use https".into()));
        }
        if self.key_is_new {
            lines.push(("secret", format!("{} (shown this once)", key.secret)));
        }
        match settings.tasks {
            TaskLength::Immediate => lines.push(("tasks", "immediate".into())),
            TaskLength::Manual => {
                lines.push(("tasks", "manual: `causeway api CompleteTasks` ends them".into()))
            }
            TaskLength::AfterMs(_) if matches!(settings.clock, Clock::Frozen(_)) => {
                let text = "end when CompleteTasks or AdvanceClock says so: the clock is frozen";
                lines.push(("tasks", text.into()));
            }
            TaskLength::AfterMs(_) => {}
        }
        if let Clock::Frozen(instant) = settings.clock {
            lines.push(("clock", format!("frozen at {instant}")));
        }
        match settings.ram_enforce {
            Enforcement::On => {}
            Enforcement::Soft => {
                let text = "soft: what policies deny is allowed, and reported";
                lines.push(("ram", text.into()));
            }
            Enforcement::Off => lines.push(("ram", "off: policies are not asked".into())),
        }
        let line = |(name, value): &(&str, String)| format!("  {name:<11}{value}\n");
        let lines: String = lines.iter().map(line).collect();
        format!("Causeway {}\n{lines}", env!("CARGO_PKG_VERSION"))
    }

    /// What a client trusts: the operator's certificate, or the local authority.
    fn trust(&self) -> (&'static str, String) {
        if let Some(own) = &self.settings.own_certificate {
            return ("tls", own.certificate.display().to_string());
        }
        let ca = self.ca.map(|path| path.display().to_string());
        ("ca", ca.unwrap_or_else(|| "in memory (--ca-file FILE writes it)".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Key, Layer, Sources};

    #[test]
    fn says_what_is_served_and_the_secret_only_when_new() {
        let layer = Layer::default()
            .flag(Key("data"), ["/data".to_owned()])
            .flag(Key("tasks"), ["manual".to_owned()])
            .flag(Key("region"), ["cn-a,cn-b".to_owned()]);
        let settings = Sources(vec![layer]).resolve().unwrap();
        let key = AccessKey { id: "the-id".into(), secret: "the-secret".into() };
        let mut greeting = Greeting {
            address: "127.0.0.1:4580".parse().unwrap(),
            settings: &settings,
            key: &key,
            key_is_new: false,
            plain: PlainHttp::Everyone,
            ca: Some(Path::new("/data/ca.pem")),
        };
        let expected = format!(
            "Causeway {}
  http       http://127.0.0.1:4580
  https      https://127.0.0.1:4580
  ca         /data/ca.pem
  data       /data
  account    1234567890123456
  regions    2
  access key the-id
  tasks      manual: `causeway api CompleteTasks` ends them
",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(greeting.text(), expected);
        greeting.key_is_new = true;
        assert!(greeting.text().contains("  secret     the-secret (shown this once)\n"));
    }

    #[test]
    fn says_that_timed_tasks_wait_for_a_frozen_clock() {
        let clock = [("clock", "frozen:2026-11-20T10:00:00Z")];
        let frozen =
            "  tasks      end when CompleteTasks or AdvanceClock says so: the clock is frozen\n";
        for (more, expected) in
            [(None, frozen), (Some(("tasks", "immediate")), "  tasks      immediate\n")]
        {
            let layer =
                clock.into_iter().chain(more).fold(Layer::default(), |layer, (name, value)| {
                    layer.flag(Key(name), [value.to_owned()])
                });
            let settings = Sources(vec![layer]).resolve().unwrap();
            let key = AccessKey { id: "the-id".into(), secret: "the-secret".into() };
            let greeting = Greeting {
                address: "127.0.0.1:4580".parse().unwrap(),
                settings: &settings,
                key: &key,
                key_is_new: false,
                plain: PlainHttp::Everyone,
                ca: None,
            };
            assert!(greeting.text().contains(expected), "{}", greeting.text());
        }
    }
}
