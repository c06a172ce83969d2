//! What a deployment of tasks names: a project, a folder, a branch.

use super::{Refusal, checked_text};

checked_text! {
    /// The reference of a project, as the dashboard shows it.
    ProjectRef is "the reference of a project" like "proj_abcdefghijklmnopqrst"
    matching "^proj_[a-z0-9]{4,60}$" by project_ref
}

checked_text! {
    /// A folder of a repository, from its root.
    RepoFolder is "a folder of your repository" like "apps/jobs"
    matching "^[A-Za-z0-9_.][A-Za-z0-9._-]*(/[A-Za-z0-9_.][A-Za-z0-9._-]*)*$" by repo_folder
}

checked_text! {
    /// A branch of a repository.
    Branch is "the name of a branch" like "main"
    matching "^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$" by branch
}

fn project_ref(text: &str) -> Result<(), Refusal> {
    let Some(rest) = text.strip_prefix("proj_") else {
        return Err(Refusal::new("it begins with `proj_`, in the settings of the project"));
    };
    let plain = rest.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    match plain && (4..=60).contains(&rest.len()) {
        true => Ok(()),
        false => Err(Refusal::new("lower-case letters and digits stand behind `proj_`")),
    }
}

fn repo_folder(text: &str) -> Result<(), Refusal> {
    if text.len() > 200 {
        return Err(Refusal::new("it is longer than 200 bytes"));
    }
    text.split('/').try_for_each(|part| {
        let inner = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
        match part {
            "" => Err(Refusal::new(
                "write it from the root of the repository, without `/` at its ends",
            )),
            "." | ".." => Err(Refusal::new("it must not hold `.` or `..`")),
            _ if part.starts_with('-') => Err(Refusal::new("no part of it may begin with `-`")),
            _ if part.bytes().all(inner) => Ok(()),
            _ => Err(Refusal::new("only letters, digits, `.`, `_` and `-` may stand in it")),
        }
    })
}

fn branch(text: &str) -> Result<(), Refusal> {
    let inner = |c: u8| c.is_ascii_alphanumeric() || b"._/-".contains(&c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let ends = !text.ends_with(['.', '/']) && !text.ends_with(".lock");
    let fits = text.bytes().all(inner) && !text.contains("..") && !text.contains("//");
    match begins && ends && fits && text.len() <= 100 {
        true => Ok(()),
        false => {
            Err(Refusal::new("Git takes no such name, or a workflow would take it for a pattern"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn narrow_names_are_taken_and_others_refused() {
        for bad in ["", "proj_", "abcdefgh", "proj_ABCD", "proj_abc$", "proj_ab\ncd"] {
            assert!(ProjectRef::from_text(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "/a", "a/", "a//b", "..", "a/../b", "-a", "a b", "a$b", "./a"] {
            assert!(RepoFolder::from_text(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "apps/my-jobs", ".trigger/x_1"] {
            assert!(RepoFolder::from_text(good).is_ok(), "{good:?}");
        }
        for bad in ["", "-a", "a..b", "a/", "a b", "a*", "release/**", "x.lock", "a~1", "a@{1}"] {
            assert!(Branch::from_text(bad).is_err(), "{bad:?}");
        }
        for good in ["main", "release/4.5", "feature-x_1"] {
            assert!(Branch::from_text(good).is_ok(), "{good:?}");
        }
    }
}
