//! `access`: who may sign in, and how mail leaves.

use super::env::SecretRef;
use super::read::{choice, section};
use crate::value::{EmailAddress, EmailPattern, Host, Mailbox, Port, Region, Text};

section! {
    /// Who may sign in, and how e-mail is sent.
    Access {
        /// Addresses that become administrators of the dashboard when they first sign in. They may always sign in.
        optional admins: Vec<EmailAddress>,
        /// Who else may sign in: addresses, `*@example.com` for a whole domain, `*` for everybody.
        optional sign_in: Vec<EmailPattern>,
        /// How magic links and alerts are sent. Without it links appear in the webapp's log only.
        optional email: Email,
        /// Sign-in with a GitHub OAuth app. Its callback is `https://<domain>/auth/github/callback`.
        optional github: OauthApp,
        /// Sign-in with a Google OAuth client, from release 4.3.0. Its callback is `https://<domain>/auth/google/callback`.
        optional google: OauthApp,
        /// Whether usage is reported to Trigger.dev. Default: false.
        optional telemetry: bool,
    }
}

choice! {
    /// The service that sends e-mail.
    Email {
        keys {
            /// Send through resend.com.
            Resend = "resend": Resend,
            /// Send through an SMTP server.
            Smtp = "smtp": Smtp,
            /// Send through Amazon SES.
            Ses = "ses": Ses,
        }
    }
}

section! {
    /// E-mail through resend.com.
    Resend {
        /// The sender.
        required from: Mailbox,
        /// Where answers go. Default: the sender.
        optional reply_to: Mailbox,
        /// The API key.
        required api_key: SecretRef,
    }
}

section! {
    /// E-mail through an SMTP server. Port 465 speaks TLS from the first byte, every other port STARTTLS.
    Smtp {
        /// The sender.
        required from: Mailbox,
        /// Where answers go. Default: the sender.
        optional reply_to: Mailbox,
        /// The server.
        required host: Host,
        /// Its port. Default: 587.
        optional port: Port,
        /// The user name, where the server wants one.
        optional username: Text,
        /// The password of that user.
        optional password: SecretRef,
    }
}

section! {
    /// E-mail through Amazon SES.
    Ses {
        /// The sender.
        required from: Mailbox,
        /// Where answers go. Default: the sender.
        optional reply_to: Mailbox,
        /// The region of SES.
        required region: Region,
        /// The access key. Without keys the webapp uses the role of its machine.
        optional access_key_id: Text,
        /// The secret of that access key.
        optional secret_access_key: SecretRef,
    }
}

section! {
    /// An OAuth app.
    OauthApp {
        /// Its client id.
        required client_id: Text,
        /// Its client secret.
        required client_secret: SecretRef,
    }
}
