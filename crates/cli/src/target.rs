//! The server that `env` and `api` mean, and how to sign for it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use crate::data::{self, RunningServer};
use crate::settings::{AccessKey, Settings, SettingsError};

/// Where the server is and who calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Where clients reach it.
    pub address: SocketAddr,
    /// The key calls are signed with.
    pub key: AccessKey,
    /// The account of that key.
    pub account: String,
    /// The region clients use.
    pub region: String,
    /// The certificate of the authority to trust over HTTPS.
    pub ca: Option<PathBuf>,
}

impl Target {
    /// Finds the server by its settings, or by what it left in its data directory.
    pub fn find(settings: &Settings, region: Option<String>) -> anyhow::Result<Self> {
        let running = settings.directory().map(RunningServer::read).transpose()?.flatten();
        let told = settings.listen.filter(|address| address.port() != 0);
        let address = match (told, &running) {
            (Some(address), _) => address,
            (None, Some(running)) => running.address,
            (None, None) if settings.listen.is_some() => {
                return Err(SettingsError(
                    "port 0 says nothing about where the server is, and no server left its address in the data \
                     directory: give --listen with the port it printed"
                        .into(),
                )
                .into());
            }
            (None, None) => Settings::DEFAULT_LISTEN,
        };
        let address = reachable(address);
        // What the directory's server says of itself says nothing of another one.
        let running = running.filter(|running| reachable(running.address) == address);
        let account = account(settings, running.as_ref())?;
        let served = running.as_ref().map(|running| running.regions.clone());
        let served = served.filter(|regions| settings.regions.is_none() && !regions.is_empty());
        let first = served.unwrap_or_else(|| settings.regions()).swap_remove(0);
        Ok(Self {
            address,
            key: key(settings)?,
            account,
            region: region.unwrap_or(first),
            ca: settings.ca_file.clone().or(running.and_then(|running| running.ca)),
        })
    }

    /// `host:port`, as endpoints are written.
    pub fn endpoint(&self) -> String {
        self.address.to_string()
    }
}

/// The account told, the running server's, the one the state is of, or the usual one.
fn account(settings: &Settings, running: Option<&RunningServer>) -> anyhow::Result<String> {
    let said = settings.account.clone().or_else(|| running?.account.clone());
    if let Some(account) = said {
        return Ok(account);
    }
    let kept = settings.directory().map(data::account::kept).transpose()?.flatten();
    Ok(kept.unwrap_or_else(|| settings.account().to_owned()))
}

/// A server that listens everywhere is reached over loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

fn key(settings: &Settings) -> anyhow::Result<AccessKey> {
    if let Some(key) = &settings.root_key {
        return Ok(key.clone());
    }
    let Some(directory) = settings.directory() else {
        return Err(SettingsError(
            "a server in memory keeps its key nowhere: give --root-key ID:SECRET, the same to serve and here".into(),
        )
        .into());
    };
    data::root_key(directory, &settings.key_file(directory))?.ok_or_else(|| {
        anyhow::anyhow!(
            "there is no access key in {}: start `causeway serve` once, or give --root-key ID:SECRET",
            directory.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::settings::{Key, Layer, Sources};

    fn settings(pairs: &[(&'static str, &str)]) -> Settings {
        let layer = pairs.iter().fold(Layer::default(), |layer, (name, value)| {
            layer.flag(Key(name), [(*value).to_owned()])
        });
        Sources::gather(layer, None, &BTreeMap::new()).unwrap().resolve().unwrap()
    }

    const ACCOUNT: &str = "1111222233334444";

    fn running(address: &str, ca: Option<PathBuf>) -> RunningServer {
        RunningServer {
            address: address.parse().unwrap(),
            ca,
            account: Some(ACCOUNT.into()),
            regions: vec!["eu-west-1".into(), "cn-hangzhou".into()],
        }
    }

    #[test]
    fn the_data_directory_tells_address_key_and_certificate() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        let key = AccessKey::random().unwrap();
        data::keep_root_key(directory.path(), &directory.path().join("seal.key"), &key).unwrap();
        let ca = Some(PathBuf::from("/ca.pem"));
        let server = running("0.0.0.0:5000", ca.clone());
        server.write(directory.path()).unwrap();
        for listen in [&[][..], &[("listen", "127.0.0.1:0")]] {
            let pairs = [&[("data", path)], listen].concat();
            let target = Target::find(&settings(&pairs), None).unwrap();
            assert_eq!(target.endpoint(), "127.0.0.1:5000");
            assert_eq!((&target.key, &target.ca), (&key, &ca));
            assert_eq!((target.region.as_str(), target.account.as_str()), ("eu-west-1", ACCOUNT));
        }
    }

    #[test]
    fn what_is_told_wins_over_what_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let server = running("127.0.0.1:5000", Some("/ca.pem".into()));
        server.write(directory.path()).unwrap();
        let pairs = [
            ("data", directory.path().to_str().unwrap()),
            ("listen", "[::]:6000"),
            ("root-key", "id:secret"),
        ];
        let target = Target::find(&settings(&pairs), Some("us-east-1".into())).unwrap();
        assert_eq!(target.endpoint(), "[::1]:6000");
        assert_eq!((target.key.id.as_str(), target.region.as_str()), ("id", "us-east-1"));
        // Another server: what the one of this directory says is not about it.
        assert_eq!((target.account.as_str(), target.ca), ("1234567890123456", None));

        let pairs = [&pairs[..1], &[("root-key", "a:b"), ("region", "cn-a,cn-b")]].concat();
        assert_eq!(Target::find(&settings(&pairs), None).unwrap().region, "cn-a");
        let pairs = [&pairs[..], &[("account", "5555666677778888")]].concat();
        let target = Target::find(&settings(&pairs), None).unwrap();
        assert_eq!(target.account, "5555666677778888");
    }

    #[test]
    fn a_stopped_server_still_has_its_account() {
        let directory = tempfile::tempdir().unwrap();
        data::account::keep(directory.path(), ACCOUNT).unwrap();
        let pairs = [("data", directory.path().to_str().unwrap()), ("root-key", "a:b")];
        assert_eq!(Target::find(&settings(&pairs), None).unwrap().account, ACCOUNT);
    }

    #[test]
    fn what_is_missing_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        for (pairs, part) in [
            (vec![("memory", "true")], "--root-key ID:SECRET"),
            (vec![("data", path)], "start `causeway serve` once"),
            (vec![("data", path), ("listen", "127.0.0.1:0")], "port 0 says nothing"),
        ] {
            let fault = Target::find(&settings(&pairs), None).unwrap_err().to_string();
            assert!(fault.contains(part), "{fault}");
        }
    }
}
