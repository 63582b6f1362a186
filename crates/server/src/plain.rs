//! From whom plain HTTP is taken.

use std::net::IpAddr;

/// Whose requests may come without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// Everyone's.
    Everyone,
    /// Those of programs on the same machine, whose requests no network carries. Others are told to use TLS.
    ThisMachine,
}

impl PlainHttp {
    /// Whether plain HTTP is taken from `peer`, who called the address `own`. A connection to an address of this
    /// machine from that same address never left it: nobody else completes a handshake in its name.
    pub fn takes(self, peer: IpAddr, own: Option<IpAddr>) -> bool {
        self == Self::Everyone || peer.is_loopback() || own == Some(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_need_tls_unless_everyone_is_trusted() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let own = Some(address("192.0.2.7"));
        for (peer, here) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(PlainHttp::ThisMachine.takes(address(peer), own), here, "{peer}");
            assert!(PlainHttp::Everyone.takes(address(peer), own), "{peer}");
        }
        assert!(!PlainHttp::ThisMachine.takes(address("192.0.2.8"), None));
    }
}
