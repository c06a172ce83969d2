//! Two trees, line by line.

use crate::tree::{File, OutPath, Tree};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};

/// A line of the output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The path of its file.
    pub path: String,
    /// Its number, from 1.
    pub line: usize,
}

/// What is otherwise in another tree.
#[derive(Debug, Clone, Default)]
pub(super) struct Difference {
    /// The lines of this tree that the other has not.
    pub(super) lines: BTreeSet<At>,
    /// How many lines the other has more, by file.
    pub(super) more: BTreeMap<String, usize>,
    /// Files that stand elsewhere in the other.
    pub(super) moved: BTreeSet<String>,
}

impl Difference {
    /// This difference without what another says, and with what a third brings.
    pub(super) fn less(mut self, other: &Self, brought: Self) -> Self {
        self.lines.retain(|it| !other.lines.contains(it));
        self.moved.retain(|it| !other.moved.contains(it));
        self.more = brought.more;
        self
    }

    /// Whether the trees are the same.
    pub(super) fn is_none(&self) -> bool {
        self.lines.is_empty() && self.more.is_empty() && self.moved.is_empty()
    }
}

/// A tree whose lines are ready to be compared.
#[derive(Debug)]
pub(super) struct Lines {
    files: BTreeMap<String, Vec<String>>,
}

impl Lines {
    pub(super) fn of(tree: &Tree) -> Self {
        let marked = |(path, file): (&OutPath, &File)| (path.to_string(), marked(file.text()));
        Self { files: traced(tree).map(marked).collect() }
    }

    /// What is otherwise in the other tree.
    pub(super) fn compare(&self, tree: &Tree, other: &Tree) -> Difference {
        let mut difference = Difference::default();
        let places = moved(tree, other);
        for (path, file) in traced(tree) {
            let place = places.get(path).copied().unwrap_or(path);
            let theirs = other.files.get(place);
            if theirs.is_some() && place != path {
                difference.moved.insert(path.to_string());
            }
            if theirs.is_some_and(|it| it.bytes == file.bytes) {
                continue;
            }
            let theirs = theirs.map_or_else(Vec::new, |it| marked(it.text()));
            let ours = self.files.get(path.as_str()).map_or(&[][..], Vec::as_slice);
            add(&mut difference, path, ours, &theirs);
        }
        let known: BTreeSet<&OutPath> = places.values().copied().collect();
        for (path, file) in traced(other) {
            if !tree.files.contains_key(path) && !known.contains(path) {
                difference.more.insert(path.to_string(), full_lines(&marked(file.text())));
            }
        }
        difference
    }
}

/// The files whose lines say something: the manifest and the lists of checks say of every file that it is as it is.
pub(super) fn traced(tree: &Tree) -> impl Iterator<Item = (&OutPath, &File)> {
    let of_others = |path: &str| path == crate::manifest::PATH || path.ends_with("/checks.json");
    tree.files.iter().filter(move |(path, _)| !of_others(path.as_str()))
}

/// Where a file stands in the other tree if it has another path there: the same artifact, the same file name.
fn moved<'a>(tree: &'a Tree, other: &'a Tree) -> BTreeMap<&'a OutPath, &'a OutPath> {
    let name = |path: &OutPath| path.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    let mut places = BTreeMap::new();
    let mut new: Vec<(&OutPath, &File)> =
        traced(other).filter(|(path, _)| !tree.files.contains_key(*path)).collect();
    for (path, file) in traced(tree).filter(|(path, _)| !other.files.contains_key(*path)) {
        let same =
            |(to, it): &(&OutPath, &File)| it.artifact == file.artifact && name(to) == name(path);
        if let Some(nth) = new.iter().position(same) {
            places.insert(path, new.remove(nth).0);
        }
    }
    places
}

fn add(difference: &mut Difference, path: &OutPath, ours: &[String], theirs: &[String]) {
    for operation in capture_diff_slices(Algorithm::Myers, ours, theirs) {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let gone = operation.old_range().filter(|nth| !ours[*nth].is_empty());
        let mut count = 0;
        for nth in gone {
            count += 1;
            difference.lines.insert(At { path: path.to_string(), line: nth + 1 });
        }
        let come = full_lines(&theirs[operation.new_range()]);
        if come > count {
            *difference.more.entry(path.to_string()).or_default() += come - count;
        }
    }
}

fn full_lines(lines: &[String]) -> usize {
    lines.iter().filter(|it| !it.is_empty()).count()
}

/// Each line with where it belongs, so that a line of one service is not taken for the same line of another:
/// the heads of the lines that it is indented below, and for a comment the name that it speaks of.
/// A blank line is empty.
fn marked(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut parents: Vec<(usize, &str)> = Vec::new();
    let mut out = Vec::with_capacity(lines.len());
    for (nth, line) in lines.iter().enumerate() {
        let content = line.trim_start();
        if content.is_empty() {
            out.push(String::new());
            continue;
        }
        let indent = line.len() - content.len();
        parents.retain(|(outer, _)| *outer < indent);
        let of = match content.strip_prefix('#') {
            Some(_) => {
                let rest = &lines[nth + 1..];
                rest.iter().find(|it| !it.trim_start().starts_with('#')).map_or("", |it| head(it))
            }
            None => "",
        };
        let above: Vec<&str> = parents.iter().map(|(_, head)| *head).collect();
        out.push(format!("{}\0{of}\0{line}", above.join("\0")));
        parents.push((indent, head(content)));
    }
    out
}

/// What a line is called, with its indentation: up to its `=` or `:`, or its first word where it has neither.
fn head(line: &str) -> &str {
    let indent = line.len() - line.trim_start().len();
    let end = line.find(['=', ':']).or_else(|| line[indent..].find(' ').map(|at| indent + at));
    &line[..end.unwrap_or(line.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Mode;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| {
            let bytes = text.as_bytes().to_vec();
            let path = OutPath::new(*path).expect("a path");
            (path, File { bytes, mode: Mode::Plain, artifact: "sample" })
        };
        Tree { files: files.iter().map(file).collect() }
    }

    fn difference(ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> Difference {
        let ours = tree(ours);
        Lines::of(&ours).compare(&ours, &tree(theirs))
    }

    fn numbers(difference: &Difference) -> Vec<usize> {
        difference.lines.iter().map(|it| it.line).collect()
    }

    #[test]
    fn a_service_that_goes_takes_its_own_lines() {
        let both = "a:\n  x: 1\n  restart: no\nb:\n  x: 1\n  restart: no\nc:\n  restart: no\n";
        let gone =
            difference(&[("f", both)], &[("f", "a:\n  x: 1\n  restart: no\nc:\n  restart: no\n")]);
        assert_eq!(numbers(&gone), [4, 5, 6]);
        assert!(gone.more.is_empty());
    }

    #[test]
    fn the_same_line_below_another_parent_is_another_line() {
        let ours = "a:\n  r: 1\n  s: 1\nb:\n  t: 1\n";
        let swapped = difference(&[("f", ours)], &[("f", "a:\n  t: 1\nb:\n  r: 1\n  s: 1\n")]);
        assert_eq!(numbers(&swapped), [2, 3, 5]);
    }

    #[test]
    fn a_comment_belongs_to_what_it_speaks_of() {
        let gone = difference(
            &[("f", "# its password\nA=1\n\n# its password\nB=1\n")],
            &[("f", "# its password\nB=1\n")],
        );
        assert_eq!(numbers(&gone), [1, 2]);
    }

    #[test]
    fn a_comment_below_another_leaves_that_one_as_it_is() {
        let more = difference(
            &[("f", "# one\n# two\nname: a\n")],
            &[("f", "# one\n# two\n# three\nname: a\n")],
        );
        assert_eq!((numbers(&more), more.more.get("f")), (vec![], Some(&1)));
    }

    #[test]
    fn a_file_that_moved_is_compared_where_it_is() {
        let moved = difference(&[("a/f", "x\nname: a\n")], &[("b/f", "x\nname: b\n")]);
        assert_eq!(numbers(&moved), [2]);
        assert!(moved.moved.contains("a/f"));
        let gone = difference(&[("a/f", "x\n\ny\n")], &[("b/g", "x\n")]);
        assert_eq!(numbers(&gone), [1, 3]);
        assert_eq!(gone.more.get("b/g"), Some(&1));
    }

    #[test]
    fn what_comes_is_counted() {
        let more = difference(&[("f", "a\nb\n")], &[("f", "a\nx\ny\n")]);
        assert_eq!(numbers(&more), [2]);
        assert_eq!(more.more.get("f"), Some(&1));
        assert!(difference(&[("f", "a\n")], &[("f", "a\n")]).is_none());
    }
}
