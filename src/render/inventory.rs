//! A list of files with their hashes, made when the files are.

use crate::fingerprint::sha256;
use crate::plan::Body;
use crate::tree::{File, OutPath, Tree};
use serde_json::{Map, Value};

/// An inventory with the hashes of what is rendered so far; any other body as it is.
pub(super) fn completed(body: Body, tree: &Tree) -> Body {
    match body {
        Body::Inventory { mut document, folder } => {
            document["files"] = Value::Object(hashes(tree, &folder));
            Body::Inventory { document, folder }
        }
        other => other,
    }
}

/// The hash of every file below a folder that is no secret, by its path from there.
fn hashes(tree: &Tree, folder: &str) -> Map<String, Value> {
    let below = |(path, file): (&OutPath, &File)| {
        let path = path.as_str().strip_prefix(folder)?.strip_prefix('/')?;
        (!file.is_secret()).then(|| (path.to_owned(), Value::String(sha256(&file.bytes))))
    };
    tree.files.iter().filter_map(below).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Mode;
    use serde_json::json;

    #[test]
    fn public_files_below_the_folder_are_listed() {
        let file = |path: &str, mode| {
            let path = OutPath::new(path).expect("a path");
            (path, File { bytes: b"a".to_vec(), mode, artifact: "sample" })
        };
        let files = [
            file("a/public", Mode::Plain),
            file("a/b/run", Mode::Executable),
            file("a/.env", Mode::Secret),
            file("ab/public", Mode::Plain),
        ];
        let tree = Tree { files: files.into() };
        let body = Body::Inventory { document: json!({ "site": "mine" }), folder: "a".into() };
        let Body::Inventory { document, .. } = completed(body, &tree) else { panic!("another") };
        let hash = sha256(b"a");
        assert_eq!(document, json!({ "site": "mine", "files": { "public": hash, "b/run": hash } }));
    }
}
