//! What stands between the world and the published ports.

use super::Site;
use crate::value::{ContactEmail, FilePath};

/// What stands between the world and the published ports.
#[derive(Debug, Clone)]
pub enum Proxy {
    /// A proxy of the author's.
    None,
    /// nginx on the server.
    Nginx(Nginx),
}

/// nginx on the server.
#[derive(Debug, Clone)]
pub struct Nginx {
    /// Where certificates come from.
    pub tls: Tls,
    /// Requests of one address in a second that pass at most.
    pub requests_per_second: u32,
}

/// Where certificates come from.
#[derive(Debug, Clone)]
pub enum Tls {
    /// Let's Encrypt, one certificate for all names.
    Letsencrypt(Letsencrypt),
    /// Files of the author's, one certificate for all names.
    Files {
        /// The certificate with its chain.
        certificate: FilePath,
        /// Its key.
        key: FilePath,
    },
    /// `tailscale cert` for the dashboard, Let's Encrypt for public names.
    Tailscale(Letsencrypt),
}

/// How Let's Encrypt is asked.
#[derive(Debug, Clone)]
pub struct Letsencrypt {
    /// Whether names are proved by DNS records; otherwise by a file over port 80.
    pub dns: bool,
    /// Where warnings go; `None` where no address is fit for it.
    pub email: Option<ContactEmail>,
}

/// The system of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Debian 12.
    Debian12,
    /// Debian 13.
    Debian13,
    /// Ubuntu 22.04.
    Ubuntu2204,
    /// Ubuntu 24.04.
    Ubuntu2404,
}

impl Os {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debian12 => "Debian 12",
            Self::Debian13 => "Debian 13",
            Self::Ubuntu2204 => "Ubuntu 22.04",
            Self::Ubuntu2404 => "Ubuntu 24.04",
        }
    }

    /// Major and minor version of its nginx.
    ///
    /// The form of the emitted files changes with 1.19.4, which can refuse a handshake, and with 1.25.1, where HTTP/2 is
    /// a directive: 1.18, 1.22 and 1.26 read one form each, and 1.24 reads that of 1.22.
    pub fn nginx(self) -> (u32, u32) {
        match self {
            Self::Debian12 => (1, 22),
            Self::Debian13 => (1, 26),
            Self::Ubuntu2204 => (1, 18),
            Self::Ubuntu2404 => (1, 24),
        }
    }

    /// Major and minor version of its OpenSSL.
    pub fn openssl(self) -> (u32, u32) {
        match self {
            Self::Debian13 => (3, 5),
            Self::Debian12 | Self::Ubuntu2204 | Self::Ubuntu2404 => (3, 0),
        }
    }
}

impl Site {
    /// nginx on the server, unless the author brings a proxy.
    pub fn nginx(&self) -> Option<&Nginx> {
        match &self.docker.as_ref()?.proxy {
            Proxy::None => None,
            Proxy::Nginx(it) => Some(it),
        }
    }
}
