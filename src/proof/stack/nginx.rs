//! Files of nginx as blocks of directives, with the snippets that they include.

use super::{Stack, Trouble};

/// One file.
#[derive(Debug)]
pub(in crate::proof) struct Conf {
    /// Where it is in the tree.
    pub(in crate::proof) path: String,
    /// What it says.
    pub(in crate::proof) directives: Vec<Directive>,
}

/// One directive, with its block where it has one.
#[derive(Debug)]
pub(in crate::proof) struct Directive {
    /// Its name.
    pub(in crate::proof) name: String,
    /// Its parameters, without quotes.
    pub(in crate::proof) words: Vec<String>,
    /// The line on which it begins.
    pub(in crate::proof) line: usize,
    /// What stands in its block.
    pub(in crate::proof) block: Vec<Directive>,
}

impl Directive {
    /// The directives of its block with a name, without what its includes say.
    pub(in crate::proof) fn inner<'d>(
        &'d self,
        name: &'d str,
    ) -> impl Iterator<Item = &'d Directive> {
        self.block.iter().filter(move |it| it.name == name)
    }

    /// Its first parameter.
    pub(in crate::proof) fn first(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

/// How deep snippets may include each other.
const DEEPEST: usize = 8;

/// The directives of a block with a name, those of included snippets too.
pub(in crate::proof) fn included<'s>(
    stack: &'s Stack<'_>,
    block: &'s [Directive],
    name: &str,
) -> Vec<&'s Directive> {
    let mut found = Vec::new();
    gather(stack, block, name, DEEPEST, &mut found);
    found
}

fn gather<'s>(
    stack: &'s Stack<'_>,
    block: &'s [Directive],
    name: &str,
    depth: usize,
    found: &mut Vec<&'s Directive>,
) {
    for directive in block {
        if directive.name == name {
            found.push(directive);
        }
        if directive.name == "include"
            && depth > 0
            && let Some(conf) = target(stack, directive.first())
        {
            gather(stack, &conf.directives, name, depth - 1, found);
        }
    }
}

/// The file of the tree that an `include` names: on the server the tree stands below some folder.
fn target<'s>(stack: &'s Stack<'_>, named: &str) -> Option<&'s Conf> {
    stack.confs.iter().find(|it| names(named, &it.path))
}

/// Whether an `include` names a file of the tree, readable or not.
pub(in crate::proof) fn names_a_file(stack: &Stack<'_>, named: &str) -> bool {
    stack.tree.files.keys().any(|it| names(named, it.as_str()))
}

fn names(named: &str, path: &str) -> bool {
    named.strip_suffix(below(path)).is_some_and(|it| it.ends_with('/'))
}

/// The path from the folder `nginx` on.
fn below(path: &str) -> &str {
    path.find("nginx/").map_or(path, |at| &path[at..])
}

/// Reads every file of nginx in a tree: those below a folder of that name.
pub(super) fn load(stack: &mut Stack<'_>) {
    for (path, file) in &stack.tree.files {
        let path = path.as_str();
        let is_conf = path.ends_with(".conf") && path.split('/').any(|it| it == "nginx");
        if !is_conf {
            continue;
        }
        match read(file.text()) {
            Ok(directives) => stack.confs.push(Conf { path: path.to_owned(), directives }),
            Err(line) => stack.troubles.push(Trouble {
                path: path.to_owned(),
                line: Some(line),
                what: "is not a file of nginx".into(),
            }),
        }
    }
}

/// Reads a text as nginx does; the line of the fault where it is none.
fn read(text: &str) -> Result<Vec<Directive>, usize> {
    // Directives that are open, the outermost first, below the file itself.
    let mut open: Vec<Directive> = vec![directive(1)];
    let mut words: Vec<String> = Vec::new();
    let (mut line, mut begins) = (1, 1);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if words.is_empty() {
            begins = line;
        }
        match c {
            '\n' => line += 1,
            c if c.is_whitespace() => {}
            '#' => while rest.next_if(|it| *it != '\n').is_some() {},
            ';' | '{' => {
                let mut taken = std::mem::take(&mut words).into_iter();
                let name = taken.next().ok_or(line)?;
                let new = Directive { name, words: taken.collect(), ..directive(begins) };
                match c {
                    '{' => open.push(new),
                    _ => open.last_mut().ok_or(line)?.block.push(new),
                }
            }
            '}' if words.is_empty() && open.len() > 1 => {
                let done = open.pop().ok_or(line)?;
                open.last_mut().ok_or(line)?.block.push(done);
            }
            '}' => return Err(line),
            '"' | '\'' => words.push(quoted(c, &mut rest, &mut line)?),
            c => words.push(bare(c, &mut rest)),
        }
    }
    match (open.pop(), open.is_empty(), words.is_empty()) {
        (Some(file), true, true) => Ok(file.block),
        _ => Err(line),
    }
}

fn directive(line: usize) -> Directive {
    Directive { name: String::new(), words: Vec::new(), line, block: Vec::new() }
}

type Letters<'t> = std::iter::Peekable<std::str::Chars<'t>>;

/// A word in quotes: a backslash takes the special meaning of the quote or of another backslash away.
fn quoted(quote: char, rest: &mut Letters<'_>, line: &mut usize) -> Result<String, usize> {
    let mut word = String::new();
    while let Some(c) = rest.next() {
        match c {
            c if c == quote => return Ok(word),
            '\n' => *line += 1,
            '\\' => {
                if let Some(next) = rest.next_if(|it| matches!(it, '"' | '\'' | '\\')) {
                    word.push(next);
                    continue;
                }
            }
            _ => {}
        }
        word.push(c);
    }
    Err(*line)
}

/// A word without quotes; `${` opens a variable, no block.
fn bare(first: char, rest: &mut Letters<'_>) -> String {
    let mut word = String::from(first);
    loop {
        let variable = word.ends_with('$');
        let inside = word.rfind("${").is_some_and(|at| !word[at..].contains('}'));
        let next = rest.next_if(|c| match c {
            '{' => variable,
            '}' => inside,
            c => !c.is_whitespace() && *c != ';',
        });
        match next {
            Some('\\') => word.extend(rest.next()),
            Some(c) => word.push(c),
            None => return word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(block: &[Directive]) -> String {
        let one = |it: &Directive| match it.block.is_empty() {
            true => format!("{}@{} {:?}", it.name, it.line, it.words),
            false => format!("{}@{} {:?} [{}]", it.name, it.line, it.words, shown(&it.block)),
        };
        block.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn blocks_words_and_lines() {
        let text = "# a; {\nserver {\n  listen 80; # b\n  location ~ ^/a$ { return\n 301 \"x \\\" ;{\"; }\n}\n";
        assert_eq!(
            shown(&read(text).expect("readable")),
            "server@2 [] [listen@3 [\"80\"] location@4 [\"~\", \"^/a$\"] [return@4 [\"301\", \"x \\\" ;{\"]]]"
        );
        let map = "map $a $b { \"~^(?<c>x)\\x5c\" \"${c}/-\"; default ${c}y; '' ''; }";
        assert_eq!(
            shown(&read(map).expect("readable")),
            "map@1 [\"$a\", \"$b\"] [~^(?<c>x)\\x5c@1 [\"${c}/-\"] default@1 [\"${c}y\"] @1 [\"\"]]"
        );
    }

    #[test]
    fn what_nginx_refuses_is_a_fault_with_its_line() {
        for (text, line) in
            [("a {\n", 2), ("a\n}", 2), ("a", 1), ("\n\n;", 3), ("a \"b;\n", 2), ("}", 1)]
        {
            assert_eq!(read(text).err(), Some(line), "{text:?}");
        }
    }
}
