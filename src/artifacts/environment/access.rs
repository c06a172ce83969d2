//! Who may sign in, and how mail leaves.

use super::super::setting::{Group, Pieces, Setting};
use crate::release::env;
use crate::site::{Access, Mail, OauthApp, Site, Transport};
use crate::value::{EmailPattern, Port, anchored};

pub(super) fn settings(site: &Site) -> Vec<Setting> {
    let access = &site.access;
    let mut settings = sign_in(access);
    settings.extend(access.mail.iter().flat_map(mail));
    settings
}

fn sign_in(access: &Access) -> Vec<Setting> {
    let admins: Vec<EmailPattern> = access.admins.iter().map(EmailPattern::from).collect();
    let mut settings = vec![Setting::kept(
        Group::SignIn,
        env::WHITELISTED_EMAILS,
        "who may sign in; compared with the whole address",
        anchored(&access.sign_in),
    )];
    if !admins.is_empty() {
        settings.push(Setting::kept(
            Group::SignIn,
            env::ADMIN_EMAILS,
            "who becomes administrator at the first sign-in",
            anchored(&admins),
        ));
    }
    let apps = [
        (&access.github, env::AUTH_GITHUB_CLIENT_ID, env::AUTH_GITHUB_CLIENT_SECRET),
        (&access.google, env::AUTH_GOOGLE_CLIENT_ID, env::AUTH_GOOGLE_CLIENT_SECRET),
    ];
    settings.extend(
        apps.into_iter()
            .filter_map(|(app, id, secret)| Some(oauth(app.as_ref()?, id, secret)))
            .flatten(),
    );
    settings
}

fn oauth(app: &OauthApp, id: &str, secret: &str) -> [Setting; 2] {
    [
        Setting::kept(Group::SignIn, id, "client id of the OAuth app", app.client_id.as_str()),
        Setting::kept(Group::SignIn, secret, "its secret", Pieces::secret(&app.client_secret)),
    ]
}

/// Magic links and alerts are two senders in the webapp; both are given the same service.
fn mail(mail: &Mail) -> Vec<Setting> {
    let (from, reply_to) = (mail.from.as_str(), mail.reply_to.as_str());
    let mut settings = vec![
        Setting::kept(Group::Mail, env::FROM_EMAIL, "sender of magic links", from),
        Setting::kept(Group::Mail, env::REPLY_TO_EMAIL, "where answers go", reply_to),
        Setting::kept(Group::Mail, env::ALERT_FROM_EMAIL, "sender of alerts", from),
        Setting::kept(Group::Mail, env::ALERT_REPLY_TO_EMAIL, "where answers go", reply_to),
    ];
    settings.extend(match &mail.transport {
        Transport::Resend { api_key } => resend(api_key),
        Transport::Smtp { host, port, username, password } => {
            let mut settings = smtp(host.as_str(), *port);
            settings.extend(username.iter().flat_map(|user| {
                both(env::SMTP_USER, env::ALERT_SMTP_USER, "user of the mail server", user.as_str())
            }));
            settings.extend(password.iter().flat_map(|name| {
                both(
                    env::SMTP_PASSWORD,
                    env::ALERT_SMTP_PASSWORD,
                    "its password",
                    Pieces::secret(name),
                )
            }));
            settings
        }
        Transport::Ses { region, keys } => {
            let mut settings = transport("aws-ses");
            settings.push(Setting::kept(
                Group::Mail,
                env::AWS_REGION,
                "region of Amazon SES",
                region.as_str(),
            ));
            settings.extend(keys.iter().flat_map(|(id, secret)| {
                [
                    Setting::kept(
                        Group::Mail,
                        env::AWS_ACCESS_KEY_ID,
                        "access key of Amazon SES",
                        id.as_str(),
                    ),
                    Setting::kept(
                        Group::Mail,
                        env::AWS_SECRET_ACCESS_KEY,
                        "its secret",
                        Pieces::secret(secret),
                    ),
                ]
            }));
            settings.push(alert_form());
            settings
        }
    });
    settings
}

fn transport(word: &str) -> Vec<Setting> {
    vec![
        Setting::wired(env::EMAIL_TRANSPORT, word),
        Setting::wired(env::ALERT_EMAIL_TRANSPORT, word),
    ]
}

fn resend(api_key: &crate::value::SecretName) -> Vec<Setting> {
    let mut settings = transport("resend");
    settings.extend(both(
        env::RESEND_API_KEY,
        env::ALERT_RESEND_API_KEY,
        "API key of resend.com",
        Pieces::secret(api_key),
    ));
    settings
}

fn smtp(host: &str, port: Port) -> Vec<Setting> {
    // Port 465 speaks TLS from the first byte; every other port begins in clear and changes over.
    let secure = if port.number() == 465 { "true" } else { "false" };
    let mut settings = transport("smtp");
    settings.extend(both(env::SMTP_HOST, env::ALERT_SMTP_HOST, "mail server", host));
    settings.extend(both(env::SMTP_PORT, env::ALERT_SMTP_PORT, "its port", port.to_string()));
    settings.push(Setting::wired(env::SMTP_SECURE, secure));
    settings.push(Setting::wired(env::ALERT_SMTP_SECURE, secure));
    settings.push(alert_form());
    settings
}

/// The form for alerts offers e-mail only where this is set, whatever the transport.
fn alert_form() -> Setting {
    Setting::wired(env::ALERT_RESEND_API_KEY, "not-used")
}

fn both(link: &str, alert: &str, about: &'static str, value: impl Into<Pieces>) -> [Setting; 2] {
    let value = value.into();
    [
        Setting::kept(Group::Mail, link, about, value.clone()),
        Setting::kept_as(Group::Mail, alert, link, about, value),
    ]
}
