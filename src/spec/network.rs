//! `network`: from where the parts of the site are reached.

use super::read::{choice, section};
use crate::value::{Domain, TailnetIpv4, TailnetIpv6};

section! {
    /// From where the site is reached, and what of it.
    Network {
        /// Who reaches the dashboard: `public` for everybody, or only the devices of a tailnet. Default: public.
        optional access: NetworkAccess,
        /// What is reached from outside beyond dashboard and API.
        optional expose: Expose,
    }
}

choice! {
    /// Who reaches the dashboard.
    NetworkAccess {
        words {
            /// Everybody: dashboard and API have one public host name, `domain`.
            Public = "public",
        }
        keys {
            /// The devices of a tailnet; the world reaches the API alone.
            Tailscale = "tailscale": Tailscale,
        }
    }
}

section! {
    /// The server on the tailnet. The dashboard answers there and nowhere else.
    Tailscale {
        /// Its address on the tailnet, as `tailscale ip -4` says it.
        required ipv4: TailnetIpv4,
        /// Its IPv6 address on the tailnet, as `tailscale ip -6` says it. Without it the tailnet reaches the dashboard
        /// over IPv4.
        optional ipv6: TailnetIpv6,
        /// Public host name of the API; `domain` is then the dashboard's alone, and leads to the tailnet address.
        /// Without it both have the name `domain`, which must lead to the tailnet address on the tailnet and to the
        /// public one elsewhere (split DNS).
        optional api_domain: Domain,
    }
}

section! {
    /// What is reached from outside beyond dashboard and API. The tailnet reaches everything but webhooks that are off.
    Expose {
        /// What `trigger dev` and remote workers speak with: `/engine/v1/` and `/socket.io/`, both behind keys. Default:
        /// true where access is public, where there are worker hosts, and below release 4.5.9, whose runs call it; else false.
        optional engine: bool,
        /// Where logs and traces of runs arrive: `/otel/v1/`. Nothing there asks who is calling: whoever reaches it can
        /// write into the logs of any run. `trigger dev` from outside shows no logs without it. Default: true where
        /// there are worker hosts, else false.
        optional otel: bool,
        /// Webhooks of third parties, from release 4.5.12: switches the feature on and opens `/webhooks/v1/ingest/`. Default: false.
        optional webhooks: bool,
        /// `POST /api/v1/query`, which the proxy refuses below release 4.7.3: there it lets every key read the runs of
        /// every organization. Default: false.
        optional query: bool,
        /// The bundled registry, where access is not public. Default: true where there are worker hosts, else false.
        optional registry: bool,
        /// The bundled object store by its `public_host`, where access is not public. Default: true where there are
        /// worker hosts, else false.
        optional object_store: bool,
    }
}
