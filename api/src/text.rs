//! A program's output as text: what is not UTF-8 becomes U+FFFD, and a character that was cut by a chunk's end waits for the next chunk.

use std::borrow::Cow;

/// `bytes` as text.
#[must_use]
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Turns a stream's chunks into text as they come.
#[derive(Debug, Default)]
pub struct TextStream {
    /// The start of a character whose rest has not come: at most three bytes.
    held: Vec<u8>,
}

impl TextStream {
    /// The text that is complete with `chunk`.
    pub fn push<'a>(&mut self, chunk: &'a [u8]) -> Cow<'a, str> {
        if self.held.is_empty() {
            let whole = chunk.len() - cut(chunk);
            self.held.extend_from_slice(&chunk[whole..]);
            return text(&chunk[..whole]);
        }
        let mut bytes = std::mem::take(&mut self.held);
        bytes.extend_from_slice(chunk);
        let whole = bytes.len() - cut(&bytes);
        self.held.extend_from_slice(&bytes[whole..]);
        Cow::Owned(text(&bytes[..whole]).into_owned())
    }

    /// What is still held back when the stream ends: a character that never got its rest.
    pub fn finish(&mut self) -> Option<String> {
        let held = std::mem::take(&mut self.held);
        (!held.is_empty()).then(|| text(&held).into_owned())
    }
}

/// How many bytes at the end of `bytes` are the start of a character that may still be completed.
fn cut(bytes: &[u8]) -> usize {
    // A character has at most four bytes, so its start is among the last three if its end is missing.
    for back in 1..=bytes.len().min(3) {
        let tail = &bytes[bytes.len() - back..];
        // A continuation byte: its character starts further back.
        if tail[0] & 0xC0 == 0x80 {
            continue;
        }
        return match std::str::from_utf8(tail) {
            Err(error) if error.error_len().is_none() => back,
            _ => 0,
        };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_cut_the_text_is_the_same() {
        let samples: &[&[u8]] = &[
            "aä日本🦀z".as_bytes(),
            b"\xff\xfe ok \xe4\xb8",
            b"\xf0\x9f\xa6",
            b"\x80\x80\x80\x80",
            b"\xe4\xb8\xe4\xb8\xad",
        ];
        for sample in samples {
            for first in 0..=sample.len() {
                for second in first..=sample.len() {
                    let mut stream = TextStream::default();
                    let mut got = String::new();
                    for chunk in [&sample[..first], &sample[first..second], &sample[second..]] {
                        got.push_str(&stream.push(chunk));
                    }
                    got.extend(stream.finish());
                    assert_eq!(got, text(sample), "{sample:?} cut at {first} and {second}");
                }
            }
        }
    }

    #[test]
    fn whole_text_is_not_held_back() {
        assert_eq!(TextStream::default().push("日本".as_bytes()), "日本");
        assert_eq!(TextStream::default().push(b"\xff"), "\u{fffd}");
    }
}
