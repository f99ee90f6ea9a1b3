//! Which failures are expected, and why: a checked-in list. A failure that is not in it is news, and so is an entry that nothing fails for any more.

use serde::Deserialize;

/// Why some tests fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    /// What is different here, or missing, and that it is meant to be or what would have to be done.
    pub(super) because: String,
    /// What a sandbox has not, if the tests are about that: they say nothing about what it has.
    pub(super) needs: Option<String>,
    /// Whether they would compute until the limit: then they fail without being run.
    #[serde(default)]
    pub(super) endless: bool,
    /// The names of the tests; `*` stands for any text, but not where they are endless.
    pub(super) tests: Vec<String>,
}

/// What the list and a run do not agree on.
#[derive(Debug, Default)]
pub(super) struct Disagreement {
    /// Tests that fail without a reason.
    pub(super) unexpected: Vec<String>,
    /// Entries that no failing test matches.
    pub(super) needless: Vec<String>,
}

/// Compares what failed with the list. `covered` says whether all tests that an entry can mean were run.
pub(super) fn compare(
    reasons: &[Reason],
    failed: &[String],
    covered: impl Fn(&str) -> bool,
) -> Disagreement {
    let patterns = || reasons.iter().flat_map(|reason| &reason.tests);
    let unexpected = failed
        .iter()
        .filter(|test| !patterns().any(|pattern| matches(pattern, test)))
        .cloned()
        .collect();
    let needless = patterns()
        .filter(|pattern| covered(pattern) && !failed.iter().any(|test| matches(pattern, test)))
        .cloned()
        .collect();
    Disagreement { unexpected, needless }
}

/// The reason for which `test` is in the list.
pub(super) fn reason<'a>(reasons: &'a [Reason], test: &str) -> Option<&'a Reason> {
    reasons.iter().find(|reason| reason.tests.iter().any(|pattern| matches(pattern, test)))
}

/// Whether `text` is `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("a.*", "a.b.c", true),
            ("a.*", "b.a", false),
            ("*.c", "a.b.c", true),
            ("a*b*c", "a.b.c", true),
            ("a*b*c", "a.c", false),
            ("a*b", "ab", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_list_and_the_run_have_to_agree() {
        let list = [Reason {
            because: "why".into(),
            needs: None,
            endless: false,
            tests: vec!["a.*".into(), "b.one".into()],
        }];
        let failed = ["a.x".to_owned(), "c.y".to_owned()];
        let found = compare(&list, &failed, |_| true);
        assert_eq!((found.unexpected, found.needless), (vec!["c.y".into()], vec!["b.one".into()]));
        assert!(compare(&list, &failed, |_| false).needless.is_empty());
        assert_eq!(reason(&list, "a.x").map(|reason| &*reason.because), Some("why"));
        assert!(reason(&list, "c.y").is_none());
    }
}
