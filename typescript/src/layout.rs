//! Puts generated code where the code that it was made of stands: same lines, and same columns wherever it fits.
//!
//! What the transformer and the printer leave is JavaScript in a form of its own, with a list of places that says which of its tokens was which
//! token of the source. Here each of those tokens is moved to its own line and column, and what lies between them is taken from the
//! source where that says the same: types become blanks. So stack traces are right by construction, and no map has to be carried along. Where
//! generated code is longer than its source (an enumeration, an element of JSX), what follows on that line is moved to the right; the
//! next line is right again.

use std::collections::HashSet;

/// Chunks whose alignment would cost more comparisons than this are printed as they are.
const ALIGNMENT_COST_MAX: usize = 1 << 16;
/// After these words a line break would end a statement, or say something else.
const NO_BREAK_AFTER: [&[u8]; 6] = [b"return", b"throw", b"yield", b"break", b"continue", b"async"];
/// Before these tokens a line break would end a statement, or be an error.
const NO_BREAK_BEFORE: [&[u8]; 3] = [b"=>", b"++", b"--"];

/// A token that is in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// Where it starts in the generated code, in bytes.
    pub(crate) generated: usize,
    /// Where it starts in the source, in bytes.
    pub(crate) source: usize,
}

/// What is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts<'a> {
    /// What the user wrote.
    pub(crate) source: &'a str,
    /// The same with blanks in place of comments.
    pub(crate) uncommented: &'a [u8],
    /// What was made of it.
    pub(crate) generated: &'a str,
    /// Where the texts of template literals start in the source: there is no token, and no blank can be put there.
    pub(crate) templates: &'a HashSet<usize>,
}

/// Moves what is generated to where it stands in the source; `prefix` is put in front of everything. Anchors are in the order of the
/// generated code.
pub(crate) fn lay_out(texts: Texts<'_>, prefix: &str, anchors: &[Anchor]) -> String {
    let generated = texts.generated.as_bytes();
    let mut out = Out::new(texts.source.as_bytes(), generated.len() + texts.source.len());
    out.put(prefix.as_bytes());
    let start = anchors.first().map_or(generated.len(), |first| first.generated);
    out.floating(&generated[..start], false, false);
    let kept = in_order(anchors);
    for (index, anchor) in anchors.iter().enumerate() {
        let next = anchors.get(index + 1);
        let chunk = &generated[anchor.generated..next.map_or(generated.len(), |a| a.generated)];
        let in_template = texts.templates.contains(&anchor.source);
        let literal = in_template || chunk.contains(&b'`');
        if !kept[index] {
            out.floating(chunk, literal, in_template);
            continue;
        }
        // What stands in the source from here to the next token that is in both.
        let end = match next {
            Some(next) if kept[index + 1] => next.source,
            Some(_) => anchor.source,
            None => texts.source.len(),
        };
        let original = texts.uncommented[anchor.source..end].trim_ascii_end();
        if !in_template {
            out.go_to(anchor.source, first_word(chunk));
        }
        if same(chunk, original) {
            // Comments and all.
            out.space_due &= !in_template;
            out.put(&texts.source.as_bytes()[anchor.source..anchor.source + original.len()]);
            out.space_due = chunk.last().is_some_and(u8::is_ascii_whitespace);
        } else if literal || chunk.len() * original.len() > ALIGNMENT_COST_MAX {
            out.floating(chunk, literal, in_template);
        } else {
            out.aligned(chunk, original, anchor.source);
        }
    }
    out.finish()
}

/// Which anchors stand in the source in the order of the generated code: the most that do. The others are what was moved or said twice.
fn in_order(anchors: &[Anchor]) -> Vec<bool> {
    if anchors.is_sorted_by_key(|anchor| anchor.source) {
        return vec![true; anchors.len()];
    }
    // The longest subsequence that never falls: `ends[n]` is the anchor with which the best one of n + 1 anchors ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; anchors.len()];
    for (index, anchor) in anchors.iter().enumerate() {
        let at = ends.partition_point(|&end| anchors[end].source <= anchor.source);
        before[index] = at.checked_sub(1).map(|n| ends[n]);
        if at == ends.len() {
            ends.push(index);
        } else {
            ends[at] = index;
        }
    }
    let mut kept = vec![false; anchors.len()];
    let mut at = ends.last().copied();
    while let Some(index) = at {
        kept[index] = true;
        at = before[index];
    }
    kept
}

/// Whether both say the same but for blanks and the kind of quotation marks.
fn same(generated: &[u8], original: &[u8]) -> bool {
    fn solid(text: &[u8]) -> impl Iterator<Item = u8> {
        let bytes = text.iter().filter(|byte| !byte.is_ascii_whitespace());
        bytes.map(|&byte| if byte == b'\'' { b'"' } else { byte })
    }
    solid(generated).eq(solid(original))
}

/// What a piece of code consists of: words, literals, runs of operators, single brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Atom<'a> {
    text: &'a [u8],
    /// There is a blank in front of it.
    apart: bool,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@') || byte >= 0x80
}

/// Takes code without template literals apart. A regular expression is the start of its chunk, and then all of it is one atom.
fn atoms(code: &[u8]) -> Vec<Atom<'_>> {
    let mut atoms = Vec::new();
    let mut at = 0;
    if code.first() == Some(&b'/') {
        let text = code.trim_ascii_end();
        return vec![Atom { text, apart: false }];
    }
    while at < code.len() {
        let from = at;
        while at < code.len() && code[at].is_ascii_whitespace() {
            at += 1;
        }
        let Some(&first) = code.get(at) else { break };
        let start = at;
        at += 1;
        let while_it = |mut at: usize, belongs: &dyn Fn(u8) -> bool| {
            while at < code.len() && belongs(code[at]) {
                at += 1;
            }
            at
        };
        match first {
            b'"' | b'\'' => {
                while at < code.len() && code[at] != first {
                    at += if code[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(code.len());
            }
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':' => {}
            _ if is_word(first) => at = while_it(at, &is_word),
            _ => {
                at = while_it(at, &|byte| {
                    !is_word(byte)
                        && !byte.is_ascii_whitespace()
                        && !matches!(
                            byte,
                            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':'
                        )
                        && !matches!(byte, b'"' | b'\'')
                });
            }
        }
        atoms.push(Atom { text: &code[start..at], apart: start > from });
    }
    atoms
}

fn first_word(chunk: &[u8]) -> &[u8] {
    let end = chunk.iter().position(|&byte| byte.is_ascii_whitespace());
    &chunk[..end.unwrap_or(chunk.len())]
}

/// Where `atom` stands last in `text`, as a word of its own if it is a word.
fn find_last(text: &[u8], atom: &[u8]) -> Option<usize> {
    let alike = |a: u8, b: u8| a == b || matches!((a, b), (b'"', b'\'') | (b'\'', b'"'));
    let last = text.len().checked_sub(atom.len())?;
    (0..=last).rev().find(|&at| {
        let end = at + atom.len();
        text[at..end].iter().zip(atom).all(|(&a, &b)| alike(a, b))
            && !(is_word(atom[0]) && at > 0 && is_word(text[at - 1]))
            && !(is_word(atom[atom.len() - 1]) && text.get(end).is_some_and(|&b| is_word(b)))
    })
}

/// The text that is being laid out.
struct Out<'a> {
    text: Vec<u8>,
    line: usize,
    /// In characters.
    column: usize,
    /// What was left out in between was blank.
    space_due: bool,
    source: &'a [u8],
    /// A place in the source, with its line and column: places are asked for in their order, nearly always.
    place: (usize, usize, usize),
}

/// Continuation bytes of UTF-8 belong to the character before them.
fn starts_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

impl<'a> Out<'a> {
    fn new(source: &'a [u8], capacity: usize) -> Self {
        Self {
            text: Vec::with_capacity(capacity),
            line: 0,
            column: 0,
            space_due: false,
            source,
            place: (0, 0, 0),
        }
    }

    /// Writes `text` where we are, apart from what is there if they would become one token.
    fn put(&mut self, text: &[u8]) {
        let Some(&first) = text.first() else { return };
        if self.space_due && self.text.last().is_some_and(|last| !last.is_ascii_whitespace()) {
            self.text.push(b' ');
            self.column += 1;
        }
        self.space_due = false;
        debug_assert!(starts_character(first), "tokens start with characters");
        for &byte in text {
            if byte == b'\n' {
                self.line += 1;
                self.column = 0;
            } else if starts_character(byte) {
                self.column += 1;
            }
        }
        self.text.extend_from_slice(text);
    }

    /// Line and column of a byte of the source.
    fn position(&mut self, offset: usize) -> (usize, usize) {
        let (mut at, mut line, mut column) = self.place;
        if offset < at {
            (at, line, column) = (0, 0, 0);
        }
        for &byte in &self.source[at..offset] {
            if byte == b'\n' {
                (line, column) = (line + 1, 0);
            } else if starts_character(byte) {
                column += 1;
            }
        }
        self.place = (offset, line, column);
        (line, column)
    }

    /// Goes to where the source has its byte `offset`, unless we are beyond it, or `next` could not stand on a line of its own.
    fn go_to(&mut self, offset: usize, next: &[u8]) {
        let (line, column) = self.position(offset);
        if line > self.line && self.may_break(next) {
            self.text.resize(self.text.len() + line - self.line, b'\n');
            (self.line, self.column) = (line, 0);
        }
        if line == self.line && column > self.column {
            self.text.resize(self.text.len() + column - self.column, b' ');
            self.column = column;
        }
    }

    fn may_break(&self, next: &[u8]) -> bool {
        let code = self.text.trim_ascii_end();
        let word = code.iter().rev().take_while(|&&byte| is_word(byte)).count();
        !NO_BREAK_AFTER.contains(&&code[code.len() - word..])
            && !NO_BREAK_BEFORE.iter().any(|token| next.starts_with(token))
    }

    /// Writes atoms, each where `place` puts it in the source, or after the one before.
    fn atoms(&mut self, atoms: &[Atom<'_>], place: impl Fn(usize) -> Option<(usize, &'a [u8])>) {
        for (index, atom) in atoms.iter().enumerate() {
            self.space_due |= atom.apart;
            match place(index) {
                Some((offset, text)) => {
                    self.go_to(offset, atom.text);
                    self.put(text);
                }
                None => self.put(atom.text),
            }
        }
    }

    /// Writes what stands nowhere in the source, or cannot be told apart.
    fn floating(&mut self, chunk: &[u8], literal: bool, joined: bool) {
        if literal {
            let end = chunk.trim_ascii_end().len();
            if joined {
                self.space_due = false;
            }
            self.put(&chunk[..end]);
            self.space_due |= end < chunk.len();
        } else {
            self.atoms(&atoms(chunk), |_| None);
            self.space_due |= chunk.last().is_some_and(u8::is_ascii_whitespace);
        }
    }

    /// Writes `chunk` atom by atom, each below the same atom of `original`, which starts at `offset` in the source.
    fn aligned(&mut self, chunk: &[u8], original: &[u8], offset: usize) {
        let atoms = atoms(chunk);
        let mut places = vec![None; atoms.len()];
        // From the end: what was left out is mostly in front of the operators and brackets that are in both.
        let mut limit = original.len();
        for (index, atom) in atoms.iter().enumerate().rev() {
            let Some(at) = find_last(&original[..limit], atom.text) else { continue };
            if index > 0 && at == 0 {
                continue;
            }
            let source: &'a [u8] = self.source;
            places[index] =
                Some((offset + at, &source[offset + at..offset + at + atom.text.len()]));
            limit = at;
        }
        self.atoms(&atoms, |index| places[index]);
        self.space_due |= chunk.last().is_some_and(u8::is_ascii_whitespace);
    }

    fn finish(self) -> String {
        // Only whole tokens were written.
        String::from_utf8(self.text)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}
