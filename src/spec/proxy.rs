//! `docker.proxy`: what stands between the world and the published ports.

use super::read::{choice, section};
use crate::value::{ContactEmail, FilePath};

choice! {
    /// What stands between the world and the published ports.
    Proxy {
        words {
            /// Nothing of trigger-gen's: you bring a proxy of your own.
            None = "none",
        }
        keys {
            /// nginx on the server itself.
            Nginx = "nginx": Nginx,
        }
    }
}

section! {
    /// nginx on the server itself.
    Nginx {
        /// Where certificates come from. Default: Let's Encrypt.
        optional tls: Tls,
        /// Requests of one address in a second that pass at most, on the API and on the registry; four times as many
        /// may come at once. Addresses of the tailnet and of containers are not counted; all runs of a worker host have
        /// one address. Default: 100.
        optional requests_per_second: u32,
    }
}

choice! {
    /// Where certificates come from.
    Tls {
        keys {
            /// From Let's Encrypt by certbot, one certificate for all names.
            Letsencrypt = "letsencrypt": Letsencrypt,
            /// From files that you renew yourself, one certificate for all names.
            Files = "files": TlsFiles,
            /// From `tailscale cert` for a dashboard whose name ends with `.ts.net`; the public names from Let's Encrypt.
            Tailscale = "tailscale": TailscaleCert,
        }
    }
}

section! {
    /// Certificates of Let's Encrypt.
    Letsencrypt {
        /// How the names are proved to be yours. Default: http01.
        optional challenge: Challenge,
        /// Where warnings go. Default: the first of `access.admins`.
        optional email: ContactEmail,
    }
}

choice! {
    /// How a name is proved to be yours.
    Challenge {
        words {
            /// By a file that is read over port 80: every name must lead to the public address.
            Http01 = "http01",
            /// By a DNS record, for names that lead nowhere public; certbot needs the plugin of your DNS provider.
            Dns01 = "dns01",
        }
    }
}

section! {
    /// A certificate from files on the server.
    TlsFiles {
        /// The certificate with its chain, as PEM.
        required certificate: FilePath,
        /// Its key, as PEM.
        required key: FilePath,
    }
}

section! {
    /// A certificate of the tailnet for the dashboard.
    TailscaleCert {
        /// Where Let's Encrypt's warnings about the public names go. Default: the first of `access.admins`.
        optional email: ContactEmail,
    }
}
