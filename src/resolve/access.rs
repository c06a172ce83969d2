//! `access`: who may sign in, and how mail leaves.

use super::{Cx, known, placeholder};
use crate::diag::{Diagnostic, Place};
use crate::release::{Reader, Release, env, lookup};
use crate::site::{Access, Mail, OauthApp, Transport};
use crate::spec::{self, Email};
use crate::value::{EmailPattern, Mailbox, Port};

pub(super) fn resolve(
    written: Option<&spec::Access>,
    release: &'static Release,
    cx: &mut Cx<'_>,
) -> Access {
    let Some(written) = written else {
        nobody(cx);
        return Access::default();
    };
    let admins = written.admins.clone().unwrap_or_default();
    let mut sign_in: Vec<EmailPattern> = admins.iter().map(EmailPattern::from).collect();
    for pattern in written.sign_in.iter().flatten() {
        if !sign_in.contains(pattern) {
            sign_in.push(pattern.clone());
        }
    }
    if sign_in.is_empty() && written.admins.is_none() && written.sign_in.is_none() {
        nobody(cx);
    }
    Access {
        admins,
        sign_in,
        mail: written.email.as_ref().map(|email| mail(email, cx)),
        github: written.github.as_ref().map(|app| oauth(app, "access.github", cx)),
        google: google(written, release, cx),
        telemetry: written.telemetry.unwrap_or(false),
    }
}

fn nobody(cx: &mut Cx<'_>) {
    cx.sink.push(
        Diagnostic::error(
            "missing-key",
            Place::Key("access".into()),
            "nobody could sign in: `access.admins` is missing",
        )
        .help("name the first administrator: `access: { admins: [you@example.com] }`"),
    );
}

fn google(written: &spec::Access, release: &'static Release, cx: &mut Cx<'_>) -> Option<OauthApp> {
    let app = written.google.as_ref()?;
    let variable = lookup(Reader::Webapp, env::AUTH_GOOGLE_CLIENT_ID)?;
    if variable.at(release.version).is_none() {
        let message = format!("{} cannot sign in with Google", release.version);
        let help = format!("it came with {}", variable.first_since());
        cx.sink.push(
            Diagnostic::error("release-lacks", Place::Key("access.google".into()), message)
                .help(help),
        );
    }
    Some(oauth(app, "access.google", cx))
}

fn oauth(app: &spec::OauthApp, route: &str, cx: &mut Cx<'_>) -> OauthApp {
    OauthApp {
        client_id: app.client_id.clone().unwrap_or_else(placeholder),
        client_secret: cx.secret(&app.client_secret, &format!("{route}.client_secret")),
    }
}

fn mail(email: &Email, cx: &mut Cx<'_>) -> Mail {
    match email {
        Email::Resend(it) => {
            let transport = Transport::Resend {
                api_key: cx.secret(&it.api_key, "access.email.resend.api_key"),
            };
            sender(it.from.as_ref(), it.reply_to.as_ref(), transport)
        }
        Email::Smtp(it) => sender(it.from.as_ref(), it.reply_to.as_ref(), smtp(it, cx)),
        Email::Ses(it) => sender(it.from.as_ref(), it.reply_to.as_ref(), ses(it, cx)),
    }
}

fn sender(from: Option<&Mailbox>, reply_to: Option<&Mailbox>, transport: Transport) -> Mail {
    let from = from.cloned().unwrap_or_else(placeholder);
    Mail { reply_to: reply_to.cloned().unwrap_or_else(|| from.clone()), from, transport }
}

fn smtp(written: &spec::Smtp, cx: &mut Cx<'_>) -> Transport {
    let route = "access.email.smtp";
    pair(
        written.username.is_some(),
        written.password.is_some(),
        route,
        ("username", "password"),
        cx,
    );
    Transport::Smtp {
        host: written.host.clone().unwrap_or_else(placeholder),
        port: written.port.unwrap_or(Port::known(587)),
        username: written.username.clone(),
        password: written
            .password
            .as_ref()
            .map(|_| cx.secret(&written.password, &format!("{route}.password"))),
    }
}

fn ses(written: &spec::Ses, cx: &mut Cx<'_>) -> Transport {
    let route = "access.email.ses";
    let (key, secret) = (&written.access_key_id, &written.secret_access_key);
    pair(key.is_some(), secret.is_some(), route, ("access_key_id", "secret_access_key"), cx);
    let keys = key.clone().map(|id| (id, cx.secret(secret, &format!("{route}.secret_access_key"))));
    Transport::Ses { region: written.region.clone().unwrap_or_else(|| known("us-east-1")), keys }
}

/// Two keys that only mean something together.
pub(super) fn pair(first: bool, second: bool, route: &str, names: (&str, &str), cx: &mut Cx<'_>) {
    let (present, absent) = match (first, second) {
        (true, false) => (names.0, names.1),
        (false, true) => (names.1, names.0),
        _ => return,
    };
    let at = Place::Key(crate::diag::Route::from(route).key(present));
    let message = format!("`{route}.{present}` means nothing without `{absent}`");
    cx.sink.push(
        Diagnostic::error("incomplete-pair", at, message)
            .help(format!("add `{absent}`, or remove `{present}`")),
    );
}
