//! Who may sign in, and how mail leaves.

use crate::value::{EmailAddress, EmailPattern, Host, Mailbox, Port, Region, SecretName, Text};

/// Who may sign in, and how mail leaves.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Who becomes administrator at the first sign-in.
    pub admins: Vec<EmailAddress>,
    /// Everybody who may sign in, administrators included.
    pub sign_in: Vec<EmailPattern>,
    /// How mail leaves; `None` leaves magic links in the webapp's log.
    pub mail: Option<Mail>,
    /// Sign-in with GitHub.
    pub github: Option<OauthApp>,
    /// Sign-in with Google.
    pub google: Option<OauthApp>,
    /// Whether usage is reported upstream.
    pub telemetry: bool,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The sender.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Mailbox,
    /// Which service sends it.
    pub transport: Transport,
}

/// The service that sends mail.
#[derive(Debug, Clone)]
pub enum Transport {
    /// resend.com.
    Resend {
        /// Its API key.
        api_key: SecretName,
    },
    /// An SMTP server.
    Smtp {
        /// The server.
        host: Host,
        /// Its port; 465 speaks TLS from the first byte.
        port: Port,
        /// User, where the server wants one.
        username: Option<Text>,
        /// Password of that user.
        password: Option<SecretName>,
    },
    /// Amazon SES.
    Ses {
        /// Its region.
        region: Region,
        /// Key and secret; without them the role of the machine.
        keys: Option<(Text, SecretName)>,
    },
}

/// An OAuth app.
#[derive(Debug, Clone)]
pub struct OauthApp {
    /// Its client id.
    pub client_id: Text,
    /// Its client secret.
    pub client_secret: SecretName,
}
