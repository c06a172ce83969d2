//! Names and amounts of a Kubernetes cluster.

use super::{Refusal, checked_text};

checked_text! {
    /// A namespace.
    Namespace is "the name of a namespace" like "trigger-dev"
    matching "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" by namespace
}

checked_text! {
    /// The name of an object that the cluster has already: a class, an issuer, a Kustomization.
    ObjectName is "the name of an object of the cluster" like "ceph-block"
    matching "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$" by object_name
}

checked_text! {
    /// The name of a Secret with a certificate; Flux may fill in a part: `${SECRET_DOMAIN/./-}-tls`.
    TlsSecretName is "the name of a Secret, in which `${NAME}`, `${NAME/./-}` and `${NAME//./-}` may stand" like "example-com-tls"
    matching "^([a-z0-9.-]|\\$\\{[A-Z_][A-Z0-9_]*(//?\\./-)?\\})+$" by tls_secret
}

checked_text! {
    /// A folder of the repository that Flux reads.
    GitopsPath is "a folder of the repository, without a slash at its ends" like "clusters/home/apps/trigger-dev"
    matching "^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$" by gitops_path
}

checked_text! {
    /// How the names of the variables begin that Flux fills in.
    VariablePrefix is "upper-case letters, digits and underscores that end with an underscore" like "SECRET_TRIGGER_"
    matching "^[A-Z][A-Z0-9_]{0,38}_$" by variable_prefix
}

checked_text! {
    /// An amount of processor time: cores, or thousandths of one with `m`.
    CpuAmount is "cores as `2`, or thousandths of one as `500m`" like "500m"
    matching "^([1-9][0-9]{0,2}|[1-9][0-9]{0,5}m)$" by cpu
}

checked_text! {
    /// A middleware of Traefik, as an annotation names it.
    Middleware is "a middleware as `NAMESPACE-NAME@kubernetescrd`" like "traefik-compress@kubernetescrd"
    matching "^[a-z0-9]([a-z0-9-]*[a-z0-9])?@(kubernetescrd|file)$" by middleware
}

checked_text! {
    /// A folder in a bucket.
    BucketFolder is "a folder in a bucket" like "s3://backups/trigger"
    matching "^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_][A-Za-z0-9._-]*)*$" by bucket_folder
}

fn is_edge(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn named(text: &str, longest: usize, inner: impl Fn(char) -> bool) -> Result<(), Refusal> {
    match text {
        "" => Err(Refusal::new("it is empty")),
        _ if text.len() > longest => {
            Err(Refusal::new(format!("it is longer than {longest} characters")))
        }
        _ if !text.starts_with(is_edge) || !text.ends_with(is_edge) || !text.chars().all(inner) => {
            let meant = text.to_lowercase().replace(['_', ' '], "-");
            let refusal = Refusal::new("it must be lower-case letters, digits and hyphens");
            let better = meant.starts_with(is_edge)
                && meant.ends_with(is_edge)
                && meant.chars().all(|c| is_edge(c) || c == '-');
            Err(if better { refusal.instead(meant) } else { refusal })
        }
        _ => Ok(()),
    }
}

fn namespace(text: &str) -> Result<(), Refusal> {
    named(text, 63, |c| is_edge(c) || c == '-')
}

fn object_name(text: &str) -> Result<(), Refusal> {
    named(text, 253, |c| is_edge(c) || c == '-' || c == '.')
}

/// With a word in the place of each variable it must be a name.
fn tls_secret(text: &str) -> Result<(), Refusal> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inner, tail)) = after.split_once('}') else {
            return Err(Refusal::new("a `${` has no `}`"));
        };
        let name = inner.strip_suffix("//./-").or(inner.strip_suffix("/./-")).unwrap_or(inner);
        variable(name)?;
        plain.push_str(before);
        plain.push('x');
        rest = tail;
    }
    plain.push_str(rest);
    object_name(&plain)
}

/// A name that Flux fills in.
pub(super) fn variable(name: &str) -> Result<(), Refusal> {
    let inner = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let first = |c: char| c.is_ascii_uppercase() || c == '_';
    match name.starts_with(first) && name.chars().all(inner) && name.len() <= 127 {
        true => Ok(()),
        false => Err(Refusal::new(
            "a variable is `${NAME}`, of upper-case letters, digits and underscores",
        )),
    }
}

fn gitops_path(text: &str) -> Result<(), Refusal> {
    let bare = text.trim_start_matches("./").trim_matches('/');
    if bare != text && folders(bare) {
        return Err(
            Refusal::new("write it without `./` and without a slash at its ends").instead(bare)
        );
    }
    match folders(text) {
        true => Ok(()),
        false => Err(Refusal::new(
            "each folder is letters, digits, `.`, `_` and `-`, and begins with a letter, a digit or `_`",
        )),
    }
}

fn folders(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 200 && text.split('/').all(|it| it.starts_with(first) && it.chars().all(inner))
}

fn variable_prefix(text: &str) -> Result<(), Refusal> {
    let inner = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    match text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(inner)
        && text.ends_with('_')
        && text.len() <= 40
    {
        true => Ok(()),
        false => Err(Refusal::new(
            "it must be at most 40 upper-case letters, digits and underscores, the last an underscore",
        )),
    }
}

fn cpu(text: &str) -> Result<(), Refusal> {
    let digits = text.strip_suffix('m').unwrap_or(text);
    let longest = if digits.len() == text.len() { 3 } else { 6 };
    let plain = !digits.is_empty()
        && digits.len() <= longest
        && !digits.starts_with('0')
        && digits.bytes().all(|c| c.is_ascii_digit());
    if plain { Ok(()) } else { Err(Refusal::new("it is neither cores nor thousandths of one")) }
}

fn middleware(text: &str) -> Result<(), Refusal> {
    let Some((name, "kubernetescrd" | "file")) = text.split_once('@') else {
        return Err(Refusal::new("it must end with `@kubernetescrd` or `@file`"));
    };
    named(name, 127, |c| is_edge(c) || c == '-')
}

fn bucket_folder(text: &str) -> Result<(), Refusal> {
    let Some(rest) = text.strip_prefix("s3://") else {
        return Err(Refusal::new("it must begin with `s3://`"));
    };
    let (bucket, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    super::name::bucket(bucket).map_err(|refusal| {
        let named = Refusal::new(format!("`{bucket}` names no bucket: {}", refusal.why));
        match refusal.instead {
            Some(instead) => named.instead(format!("s3://{instead}{below}")),
            None => named,
        }
    })?;
    match below.strip_prefix('/').is_none_or(folders) {
        true => Ok(()),
        false => Err(Refusal::new(format!("`{below}` is no folder below the bucket"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn a_name_of_a_certificate_may_hold_a_variable() {
        for good in
            ["example-com-tls", "${SECRET_DOMAIN/./-}-tls", "${SECRET_DOMAIN//./-}-tls", "${A}"]
        {
            assert!(TlsSecretName::from_text(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-tls", "${secret}-tls", "${A:-x}", "${A", "$A", "${A/./}-tls", "a b", "${}"]
        {
            assert!(TlsSecretName::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_folder_of_the_repository_stays_in_it() {
        for bad in ["", "/a", "a/", "./a", "a/../b", "a//b", "a b", "${A}", "-a", ".git"] {
            assert!(GitopsPath::from_text(bad).is_err(), "{bad}");
        }
        assert_eq!(
            GitopsPath::from_text("./apps/a/").expect_err("a slash").instead.as_deref(),
            Some("apps/a")
        );
    }

    #[test]
    fn what_is_no_amount_name_or_folder_is_refused() {
        for bad in ["", "0", "0.5", "500M", "m", "1000"] {
            assert!(CpuAmount::from_text(bad).is_err(), "{bad}");
        }
        for bad in ["compress", "a@consul", "A@file", "@file"] {
            assert!(Middleware::from_text(bad).is_err(), "{bad}");
        }
        for bad in ["s3://", "s3://ab", "backups/a", "s3://backups/", "s3://backups/../a"] {
            assert!(BucketFolder::from_text(bad).is_err(), "{bad}");
        }
        let upper = BucketFolder::from_text("s3://Backups/trigger").expect_err("a capital");
        assert_eq!(upper.instead.as_deref(), Some("s3://backups/trigger"));
        assert!(BucketFolder::from_text("s3://b/x").expect_err("short").why.contains("3 to 63"));
        for bad in ["SECRET", "secret_", "_A_", "A-_"] {
            assert!(VariablePrefix::from_text(bad).is_err(), "{bad}");
        }
    }
}
