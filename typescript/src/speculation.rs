//! How much of a program the compiler could read in vain: a `<` may start type arguments and a `(` the parameters of an arrow function, and it finds
//! out by reading on.
//!
//! What was read in vain is read again, once for each such bracket that it lies in, and many times over where there are expressions within types. Eighty
//! bytes could keep it busy for hours, and all that it makes of them stays in memory until then. It has no bound of its own, so the work is
//! estimated first, by the bytes alone: never as less than it is, and as much more only for what is no usual program.

use std::collections::HashMap;

use crate::error::CompileError;

/// What may be read in vain in any file, in bytes; each costs up to 64 bytes of memory and 70 ns.
const WASTE_BYTES_LOW: u64 = 2 << 20;
/// What may be read in vain besides, for each byte of a file. Among two thousand files of libraries, full of types, one has more than 13.
const WASTE_PER_BYTE_MAX: u64 = 16;
/// What may be read in vain in the largest file.
const WASTE_BYTES_MAX: u64 = 8 << 20;
/// The same on a thread that runs jobs.
const WASTE_BYTES_HERE: u64 = 64 << 10;
/// How often an expression within types is read, at most, for each time that they are: to see whether a parameter is one, with `new` and without,
/// as what a class extends. Six times were the most that was measured.
const READINGS: u64 = 16;

/// What could be read in vain in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waste {
    bytes: u64,
}

impl Waste {
    /// An estimate for the sources of a program.
    ///
    /// # Errors
    /// It is more than a program ever has.
    pub(crate) fn of<'a>(sources: impl Iterator<Item = &'a [u8]>) -> Result<Self, CompileError> {
        let mut waste = Self { bytes: 0 };
        for source in sources {
            let max = WASTE_BYTES_LOW + WASTE_PER_BYTE_MAX * source.len() as u64;
            let max = max.min(WASTE_BYTES_MAX);
            waste.bytes += estimate(source, max).ok_or(CompileError::TooAmbiguous)?;
        }
        Ok(waste)
    }

    /// Whether it can be borne on a thread that runs jobs.
    pub(crate) fn is_small(self) -> bool {
        self.bytes <= WASTE_BYTES_HERE
    }
}

/// How many bytes of `source` could be read in vain; none if they are more than `max`.
fn estimate(source: &[u8], max: u64) -> Option<u64> {
    // What is wasted by type arguments, by where they start. From the last to the first: what lies within others is known then.
    let mut known: HashMap<usize, u64> = HashMap::new();
    let mut total = 0_u64;
    for start in (0..source.len()).rev() {
        let is_type = starts_types(source, start);
        if !is_type && !starts_parameters(source, start) {
            continue;
        }
        let attempt = Attempt::at(source, start);
        // The compiler remembers which parameters were none, and never tries them again.
        let readings = if is_type { READINGS } else { 1 };
        let mut waste = attempt.len;
        for inner in attempt.within {
            let again = known.get(&inner).copied().unwrap_or(0).saturating_mul(readings);
            waste = waste.saturating_add(again);
        }
        total = total.saturating_add(waste);
        if total > max {
            return None;
        }
        if is_type {
            known.insert(start, waste);
        }
    }
    Some(total)
}

/// Whether type arguments could start at `at`.
fn starts_types(source: &[u8], at: usize) -> bool {
    source[at] == b'<' && !source[..at].ends_with(b"<") && source.get(at + 1) != Some(&b'=')
}

/// Whether the parameters of an arrow function could start at `at`, and need not.
fn starts_parameters(source: &[u8], at: usize) -> bool {
    if source[at] != b'(' {
        return false;
    }
    let before = source[..at].trim_ascii_end();
    let word = before.iter().rev().take_while(|byte| is_word(**byte)).count();
    let word = &before[before.len() - word..];
    // The arguments of a call.
    if !word.is_empty() && !BEFORE_EXPRESSIONS.contains(&word) || before.ends_with(b"]") {
        return false;
    }
    if before.ends_with(b">") && !before.ends_with(b"=>") {
        return !follows_name(before);
    }
    let inside = source[at + 1..].trim_ascii_start();
    let name = inside.iter().take_while(|byte| is_word(**byte) || **byte == b'\\').count();
    let next = inside[name..].trim_ascii_start();
    let is_comment = next.starts_with(b"/*") || next.starts_with(b"//");
    let is_assignment =
        next.starts_with(b"=") && !next.starts_with(b"==") && !next.starts_with(b"=>");
    match next.first() {
        Some(b'[' | b'{' | b'.') => name == 0,
        Some(b',' | b')') => name > 0,
        _ => is_comment || name > 0 && is_assignment,
    }
}

/// Whether `text` ends with a name and type arguments or parameters: what is called, or declared.
fn follows_name(text: &[u8]) -> bool {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate().rev() {
        match byte {
            b'>' if !text[..at].ends_with(b"=") => depth += 1,
            b'<' => depth -= 1,
            // Brackets may lie in them.
            b'\'' | b'"' | b'`' | b'/' => return false,
            _ => {}
        }
        if depth == 0 {
            let name = text[..at].iter().rev().take_while(|byte| is_word(**byte)).count();
            let name = &text[at - name..at];
            return !name.is_empty() && !BEFORE_EXPRESSIONS.contains(&name);
        }
    }
    false
}

/// Words in front of a `(` that are no name of a function.
const BEFORE_EXPRESSIONS: [&[u8]; 23] = [
    b"as",
    b"async",
    b"await",
    b"case",
    b"default",
    b"delete",
    b"do",
    b"else",
    b"extends",
    b"for",
    b"if",
    b"in",
    b"instanceof",
    b"new",
    b"of",
    b"return",
    b"satisfies",
    b"switch",
    b"throw",
    b"typeof",
    b"void",
    b"while",
    b"yield",
];

/// What is read from one bracket on before it is clear what it starts.
#[derive(Debug, PartialEq, Eq)]
struct Attempt {
    len: u64,
    /// Where types start within expressions that are read as well.
    within: Vec<usize>,
}

impl Attempt {
    fn at(source: &[u8], start: usize) -> Self {
        let is_type = source[start] == b'<';
        let open = if is_type { Vec::new() } else { vec![b')'] };
        let mut reader = Reader { source, at: start + 1, open, is_conditional: false };
        let mut step = reader.read();
        // What is assigned to where a `:` is expected behind it: the function's body is read as well before that is known.
        if !is_type && matches!(step, Step::Clear) && reader.significant(reader.at) == b':' {
            let before = source[..start].trim_ascii_end();
            if before.ends_with(b"?") || before.ends_with(b">") {
                step = reader.read_result();
            }
        }
        let mut within = Vec::new();
        if matches!(step, Step::Expression) {
            // Where it ends cannot be told without reading it as the compiler does.
            within.extend((reader.at..source.len()).filter(|at| starts_types(source, *at)));
            reader.at = source.len();
        }
        Self { len: (reader.at.min(source.len()) - start) as u64, within }
    }
}

/// What the next token says.
enum Step {
    /// It can belong to types.
    On,
    /// Either the types end there or there are none.
    Clear,
    /// An expression can follow within the types.
    Expression,
}

/// Reads types. It knows less of them than the compiler does, so it may go on where that stops, and never the other way round.
struct Reader<'a> {
    source: &'a [u8],
    at: usize,
    /// What closes the brackets that are open; a backtick within a template.
    open: Vec<u8>,
    /// There was an `extends`, so `?` and `:` can follow.
    is_conditional: bool,
}

impl Reader<'_> {
    /// Reads until it is clear that what could be types or parameters ends, or an expression follows.
    fn read(&mut self) -> Step {
        let is_bracketed = !self.open.is_empty();
        loop {
            match self.step() {
                Step::On if is_bracketed && self.open.is_empty() => return Step::Clear,
                Step::On => {}
                end => return end,
            }
        }
    }

    /// Reads the type of an arrow function's result, if it is that.
    fn read_result(&mut self) -> Step {
        self.at += self.source[self.at..].iter().take_while(|byte| **byte != b':').count() + 1;
        loop {
            if self.open.is_empty()
                && self.source[self.at.min(self.source.len())..].starts_with(b"=>")
            {
                return Step::Expression;
            }
            match self.step() {
                Step::On => {}
                end => return end,
            }
        }
    }

    fn step(&mut self) -> Step {
        let Some(&byte) = self.source.get(self.at) else { return Step::Clear };
        if self.open.last() == Some(&b'`') {
            return self.step_in_template(byte);
        }
        let start = self.at;
        self.at += 1;
        let next = self.source.get(self.at).copied().unwrap_or(0);
        match (byte, next) {
            (b'=', b'>') => self.at += 1,
            (b'/', b'/') => self.skip_line(),
            (b'/', b'*') => self.skip_past(start + 2, b"*/"),
            // Comments in scripts.
            (b'<', b'!') if self.source[start..].starts_with(b"<!--") => self.skip_line(),
            (b'-', b'-') if self.source[start..].starts_with(b"-->") => self.skip_line(),
            (b'\'' | b'"', _) => self.skip_string(byte),
            (b'`', _) => self.open.push(b'`'),
            (b'(', _) => self.open.push(b')'),
            // A function's body.
            (b'{', _) if self.open.is_empty() && self.follows_type(start) => return Step::Clear,
            (b'{', _) => self.open.push(b'}'),
            (b'<', _) => self.open.push(b'>'),
            (b'[', _) => {
                if self.bracket() == Some(b'}') && !self.is_index(start) {
                    return Step::Expression;
                }
                self.open.push(b']');
            }
            (b'>', _) => match self.open.pop_if(|close| *close == b'>') {
                None if self.open.is_empty() => return Step::Clear,
                Some(_) | None => {}
            },
            (b')' | b']' | b'}', _) => {
                while self.open.pop_if(|close| *close == b'>').is_some() {}
                if self.open.pop() != Some(byte) {
                    return Step::Clear;
                }
            }
            (b'=', b'=') | (b'&', b'&') | (b'|', b'|') => return Step::Clear,
            (b'=', _) => return self.assignment(),
            (b'@', _) if !self.open.is_empty() => return Step::Expression,
            (b';' | b'+', _) if self.bracket() == Some(b'}') => {}
            (b'/' | b';' | b'+' | b'%' | b'^' | b'~' | b'@', _) => return Step::Clear,
            (b'?', _) if self.bracket().is_none() && !self.is_conditional => {
                // Behind a type it belongs to that, unless another type follows.
                let follows = self.significant(self.at);
                if follows.is_ascii_alphanumeric() || b"_$({[\"'`-".contains(&follows) {
                    return Step::Clear;
                }
            }
            (b':', _) if self.bracket().is_none() && !self.is_conditional => return Step::Clear,
            _ if is_word(byte) => {
                while self.source.get(self.at).is_some_and(|byte| is_word(*byte)) {
                    self.at += 1;
                }
                match &self.source[start..self.at] {
                    b"extends" => self.is_conditional = true,
                    b"import" if self.significant(self.at) == b'(' => return self.import(),
                    _ => {}
                }
            }
            _ => {}
        }
        Step::On
    }

    fn step_in_template(&mut self, byte: u8) -> Step {
        match byte {
            b'\\' => self.at += 1,
            b'`' => {
                self.open.pop();
            }
            b'$' if self.source.get(self.at + 1) == Some(&b'{') => {
                self.open.push(b'}');
                self.at += 1;
            }
            _ => {}
        }
        self.at += 1;
        Step::On
    }

    /// A single `=`: the initial value of a parameter, the default of a type parameter, or the end.
    fn assignment(&mut self) -> Step {
        if self.skip_value() {
            Step::On
        } else if self.open.iter().any(|close| matches!(close, b')' | b']')) {
            Step::Expression
        } else if self.open.last() == Some(&b'>') {
            Step::On
        } else {
            Step::Clear
        }
    }

    /// Skips a value in which nothing can be read in vain: a name, a number, a string, an empty list or object.
    fn skip_value(&mut self) -> bool {
        let rest = self.source[self.at..].trim_ascii_start();
        let len = match rest {
            [quote @ (b'\'' | b'"'), text @ ..] => {
                let len =
                    text.iter().take_while(|byte| *byte != quote && !b"\\\n\r".contains(byte));
                len.count() + 2
            }
            [b'[', b']', ..] | [b'{', b'}', ..] => 2,
            _ => rest.iter().take_while(|byte| is_word(**byte) || b".-".contains(byte)).count(),
        };
        let end = rest.get(len..).unwrap_or_default().trim_ascii_start();
        let is_value = len > 0 && matches!(end.first(), Some(b',' | b')' | b']' | b'}'));
        let is_string = matches!(rest.first(), Some(b'\'' | b'"'));
        if !is_value || is_string && rest.get(len - 1) != rest.first() {
            return false;
        }
        self.at = self.source.len() - end.len();
        true
    }

    /// `import(`: with nothing but a name in it there are no attributes.
    fn import(&mut self) -> Step {
        let rest = self.source[self.at..].trim_ascii_start();
        let argument = rest.strip_prefix(b"(").unwrap_or(rest).trim_ascii_start();
        if let Some(quote @ (b'\'' | b'"')) = argument.first() {
            let len =
                argument[1..].iter().take_while(|byte| *byte != quote && **byte != b'\\').count();
            let end = argument.get(len + 1..).unwrap_or_default();
            if end.first() == Some(quote) && end[1..].trim_ascii_start().starts_with(b")") {
                return Step::On;
            }
        }
        Step::Expression
    }

    /// What closes the innermost bracket that is not `<`.
    fn bracket(&self) -> Option<u8> {
        self.open.iter().rev().find(|close| **close != b'>').copied()
    }

    /// Whether nothing can be read in vain in the `[` at `start`, which lies between the members of a type: an index signature, the start of a
    /// mapped type, or something with neither brackets nor values.
    fn is_index(&self, start: usize) -> bool {
        let rest = self.source[self.at..].trim_ascii_start();
        let len = rest.iter().take_while(|byte| is_word(**byte)).count();
        let name_end = rest[len..].trim_ascii_start();
        if len > 0 && name_end.starts_with(b":") {
            return true;
        }
        let before = self.source[..start].trim_ascii_end();
        let before = before.strip_suffix(b"readonly").unwrap_or(before).trim_ascii_end();
        if len > 0 && name_end.starts_with(b"in ") && before.ends_with(b"{") {
            return true;
        }
        let mut depth = 1_usize;
        for byte in rest {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                b'.' | b',' | b'|' | b'&' | b'"' | b'\'' | b' ' | b'\t' | b'\n' => {}
                _ if is_word(*byte) => {}
                _ => return false,
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    /// Whether a type ends in front of `at`, so that a bracket there is no part of it.
    fn follows_type(&self, at: usize) -> bool {
        let before = self.source[..at].trim_ascii_end();
        let word = before.iter().rev().take_while(|byte| is_word(**byte)).count();
        let word = &before[before.len() - word..];
        if word.is_empty() {
            return !before.ends_with(b"=>") && before.ends_with(b">") || before.ends_with(b"]");
        }
        ![&b"extends"[..], b"infer", b"is", b"keyof", b"new", b"readonly", b"typeof", b"unique"]
            .contains(&word)
    }

    /// The first byte from `at` on that is not blank.
    fn significant(&self, at: usize) -> u8 {
        self.source[at..].trim_ascii_start().first().copied().unwrap_or(0)
    }

    fn skip_string(&mut self, quote: u8) {
        while let Some(&byte) = self.source.get(self.at) {
            self.at += 1;
            if byte == quote {
                return;
            }
            self.at += usize::from(byte == b'\\');
        }
    }

    fn skip_line(&mut self) {
        // The last two are the separators of lines and of paragraphs.
        let ends: [&[u8]; 4] = [b"\n", b"\r", b"\xe2\x80\xa8", b"\xe2\x80\xa9"];
        while self.at < self.source.len()
            && !ends.iter().any(|end| self.source[self.at..].starts_with(end))
        {
            self.at += 1;
        }
    }

    fn skip_past(&mut self, from: usize, end: &[u8]) {
        let rest = self.source.get(from..).unwrap_or_default();
        let len = rest.windows(end.len()).position(|text| text == end);
        self.at = len.map_or(self.source.len(), |len| from + len + end.len());
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read from the first `<` of `source` on, and how many others lie in expressions there.
    fn attempt(source: &str) -> (&str, usize) {
        let start = source.find('<').expect("there is one");
        let Attempt { len, within } = Attempt::at(source.as_bytes(), start);
        let end = start + usize::try_from(len).expect("it is short");
        (&source[start..end], within.len())
    }

    #[test]
    fn an_attempt_ends_where_no_type_goes_on() {
        for (source, expected) in [
            ("f<T>(x)", "<T>"),
            ("f<Map<K, V>, { a: B; c?: D }>()", "<Map<K, V>, { a: B; c?: D }>"),
            ("f<(a: A<B>) => C>()", "<(a: A<B>) => C>"),
            ("for (; i < n; i++) {}", "< n;"),
            ("if (a < b) { c(); }", "< b)"),
            ("a < b && c", "< b &"),
            ("a < b ? 1 : 2", "< b ?"),
            ("f<A extends B ? C : D>()", "<A extends B ? C : D>"),
            ("a < b + c", "< b +"),
            ("x = a < b\ny = {}", "< b\ny ="),
            ("f<';>', /* > */ `>${A}>`>()", "<';>', /* > */ `>${A}>`>"),
            ("f<A // >\n>()", "<A // >\n>"),
            ("f<A // >\u{2028}>()", "<A // >\u{2028}>"),
            ("f<{ [key: string]: A; [K in B]-?: C }>()", "<{ [key: string]: A; [K in B]-?: C }>"),
            ("f<typeof import('a')>()", "<typeof import('a')>"),
            ("f<{ a: A['b'][c]; d: B[] }>()", "<{ a: A['b'][c]; d: B[] }>"),
            ("f<{ [K in keyof A<B>]: C }>()", "<{ [K in keyof A<B>]: C }>"),
            ("class A<T> extends B { }", "<T>"),
            ("a < b\nclass C { d = 1 }", "< b\nclass C {"),
            ("<div class='a'>b</div>", "<div class="),
            ("</div>;", "</"),
        ] {
            assert_eq!(attempt(source), (expected, 0), "{source}");
        }
    }

    #[test]
    fn expressions_within_types_are_read_to_the_end_of_the_source() {
        for source in [
            "a<(x = b<c>(d), e) => f>(g) + h<i>()",
            "a<{ [b<c>(d)]: e }>(g) + h<i>()",
            "a<{ b [c in d<e>(f)]: g }> + h<i>()",
            "a<(@b<c>(d) e) => f>(g) + h<i>()",
            "a<typeof import('b', { with: { c: b<c>(d) } })>(g) + h<i>()",
        ] {
            assert_eq!(attempt(source), (&source[1..], 2), "{source}");
        }
    }

    #[test]
    fn parameters_are_read_where_they_need_not_be_any() {
        let at = |source: &str| {
            let start = (0..source.len()).find(|at| starts_parameters(source.as_bytes(), *at))?;
            let len = usize::try_from(Attempt::at(source.as_bytes(), start).len).expect("short");
            Some(source[start..start + len].to_owned())
        };
        for (source, expected) in [
            ("f(a, (b), c)", Some("(b)")),
            ("return (a, b) => c", Some("(a, b)")),
            ("x = ({ a: 'b', c: d(e) })", Some("({ a: 'b', c: d(e) })")),
            ("x = ({ a: b % c })", Some("({ a: b %")),
            ("x = (a = 1, b = 'c') => d", Some("(a = 1, b = 'c')")),
            ("x = (a = b(c)) + d", Some("(a = b(c)) + d")),
            ("x ? (a) : b;", Some("(a) : b;")),
            ("x ? (a) : b => c;", Some("(a) : b => c;")),
            ("x = <T>(a: b) => c", Some("(a: b)")),
            ("f<T>(a: b)", None),
            ("function f<T>(a: b): c { d(); }", None),
            ("x = (a: b) => c", None),
            ("f(a, b)(c) + (d + e) + (f.g)", Some("(c)")),
            ("(function () { })(a)", Some("(a)")),
            ("(() => 1) + (x => y)", None),
        ] {
            assert_eq!(at(source).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn what_is_read_in_vain_is_bounded() {
        let waste = |source: &str| Waste::of(std::iter::once(source.as_bytes()));
        let usual =
            "for (let i = 0; i < n; i++) { f<Map<string, number>>(i < 2, <T>(x: T) => x); }\n";
        assert!(waste(usual).expect("it is a program").is_small());
        assert!(waste(&usual.repeat(10_000)).is_ok());
        assert!(waste(&"a<".repeat(1_000)).is_ok());
        for hostile in
            ["a<".repeat(3_000), "(x=".repeat(3_000), "a<(x=".repeat(8), "new a<({[".repeat(8)]
        {
            assert_eq!(waste(&hostile), Err(CompileError::TooAmbiguous), "{hostile}");
        }
    }
}
