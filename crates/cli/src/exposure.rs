//! What a listener that others can reach owes its operator.

use std::net::SocketAddr;

use causeway_server::PlainHttp;

use crate::settings::{Settings, SettingsError};

/// From whom plain HTTP is taken. On loopback from everyone there is; beyond it the operator must have chosen.
///
/// # Errors
/// If others could reach the listener and nobody said how, or what was said contradicts itself.
pub fn plain_http(settings: &Settings) -> Result<PlainHttp, SettingsError> {
    let own = settings.own_certificate.is_some();
    if own && (!settings.tls_names.is_empty() || settings.ca_file.is_some()) {
        let text =
            "--tls-cert brings its own names and authority: leave --tls-name and --ca-file away";
        return Err(SettingsError(text.into()));
    }
    let address = settings.listen();
    if settings.insecure || is_loopback(address) {
        return Ok(PlainHttp::Everyone);
    }
    if own {
        return Ok(PlainHttp::ThisMachine);
    }
    Err(SettingsError(format!(
        "--listen: {address} can be reached from other machines. Give --tls-cert FILE and --tls-key FILE to serve them \
         over HTTPS only, or --insecure to let them call over plain HTTP too, which shows their requests to the network"
    )))
}

/// A warning when others can call over plain HTTP.
pub fn warning(settings: &Settings, address: SocketAddr) -> Option<String> {
    if !settings.insecure || is_loopback(address) {
        return None;
    }
    Some(format!(
        "warning: {address} can be reached from other machines, and plain HTTP shows requests to the network. \
         --tls-cert and --tls-key without --insecure serve others over HTTPS only."
    ))
}

fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Key, Layer, Sources};

    fn settings(pairs: &[(&'static str, &str)]) -> Settings {
        let layer = pairs.iter().fold(Layer::default(), |layer, (name, value)| {
            layer.flag(Key(name), [(*value).to_owned()])
        });
        Sources(vec![layer]).resolve().unwrap()
    }

    const CERT: (&str, &str) = ("tls-cert", "/c");
    const KEY: (&str, &str) = ("tls-key", "/k");

    #[test]
    fn loopback_is_open_to_everyone_on_it() {
        for listen in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            for more in [&[][..], &[CERT, KEY]] {
                let pairs = [&[("listen", listen)][..], more].concat();
                assert_eq!(plain_http(&settings(&pairs)), Ok(PlainHttp::Everyone), "{pairs:?}");
            }
        }
    }

    #[test]
    fn beyond_loopback_the_operator_chooses() {
        for listen in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1"] {
            let listen = ("listen", listen);
            let fault = plain_http(&settings(&[listen])).unwrap_err().to_string();
            assert!(fault.contains("--tls-cert FILE") && fault.contains("--insecure"), "{fault}");
            let own = settings(&[listen, CERT, KEY]);
            assert_eq!(plain_http(&own), Ok(PlainHttp::ThisMachine));
            assert_eq!(warning(&own, own.listen()), None);
            let insecure = settings(&[listen, ("insecure", "true")]);
            assert_eq!(plain_http(&insecure), Ok(PlainHttp::Everyone));
            assert!(warning(&insecure, insecure.listen()).is_some());
        }
    }

    #[test]
    fn an_own_certificate_has_its_own_names() {
        for more in [("tls-name", "a.lan"), ("ca-file", "/ca.pem")] {
            let fault = plain_http(&settings(&[CERT, KEY, more])).unwrap_err().to_string();
            assert!(fault.contains("--tls-name"), "{fault}");
        }
    }

    #[test]
    fn half_a_certificate_is_refused() {
        for (half, missing) in [(CERT, "--tls-key"), (KEY, "--tls-cert")] {
            let layer = Layer::default().flag(Key(half.0), [half.1.to_owned()]);
            let fault = Sources(vec![layer]).resolve().unwrap_err().to_string();
            assert!(fault.contains(missing), "{fault}");
        }
    }
}
