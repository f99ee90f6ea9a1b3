//! Layers: what else of a language can be loaded before a program starts.
//!
//! A layer is a name and the modules that it loads. The runtime makes one on the machine, as a second memory image of the same guest. Here it is
//! found out which one a program would like, by looking at its lines: a wrong guess costs time or memory, never anything else.

use coderunner_executor::Job;
use serde::Deserialize;

/// How much of a program's files is looked at.
const LOOKED_AT_BYTES_MAX: usize = 128 << 10;

/// The layers of a language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layers {
    /// A line that begins with one of these words, then a space, names modules.
    #[serde(default)]
    imports: Vec<String>,
    /// Programs that bring a file with one of these extensions may have their own modules in it.
    #[serde(default)]
    not_with: Vec<String>,
    /// From small to large: each has the modules of those before it as well.
    #[serde(default)]
    layer: Vec<Layer>,
}

/// One layer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What it is called.
    pub name: String,
    /// The modules that it loads, besides those of the layers before it.
    pub modules: Vec<String>,
    /// Beginnings of environment variables that these modules read when they are loaded: for a program that is given one, they
    /// must not be loaded before.
    #[serde(default)]
    pub environment: Vec<String>,
}

impl Layers {
    /// Every layer, from small to large.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Layer> {
        self.layer.iter()
    }

    /// All modules of a layer.
    #[must_use]
    pub fn modules(&self, layer: usize) -> Vec<&str> {
        let layers = self.layer.iter().take(layer.saturating_add(1));
        layers.flat_map(|layer| layer.modules.iter().map(String::as_str)).collect()
    }

    /// The layer that `job` should run in: the smallest with all that its files of these extensions name. `None` when they name nothing, or when the
    /// program would see that something was loaded before.
    #[must_use]
    pub fn wanted(&self, job: &Job, extensions: &[String]) -> Option<usize> {
        if self.layer.is_empty() {
            return None;
        }
        let mut left = LOOKED_AT_BYTES_MAX;
        let mut wanted = None;
        for (n, file) in job.files.iter().enumerate() {
            let name = file.path.as_str();
            if n == 0 || extensions.iter().any(|extension| has_extension(name, extension)) {
                let text = file.contents.get(..left.min(file.contents.len())).unwrap_or_default();
                left -= text.len();
                wanted = wanted.max(self.named_in(text));
            }
        }
        wanted.filter(|layer| !self.would_be_seen(*layer, job))
    }

    /// The largest layer of which a line names a module.
    fn named_in(&self, text: &[u8]) -> Option<usize> {
        let names_modules = |line: &&[u8]| {
            self.imports.iter().any(|word| {
                line.strip_prefix(word.as_bytes())
                    .and_then(<[u8]>::first)
                    .is_some_and(u8::is_ascii_whitespace)
            })
        };
        text.split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii_start)
            .filter(names_modules)
            .flat_map(|line| line.split(|byte| !is_in_name(*byte)))
            .filter_map(|name| self.position(head(name)))
            .max()
    }

    /// The layer that loads the module called `name`.
    fn position(&self, name: &[u8]) -> Option<usize> {
        let is_it = |module: &String| head(module.as_bytes()) == name;
        self.layer.iter().position(|layer| layer.modules.iter().any(is_it))
    }

    /// Whether `job` brings what its modules would have found when they were loaded.
    fn would_be_seen(&self, layer: usize, job: &Job) -> bool {
        let layers = || self.layer.iter().take(layer.saturating_add(1));
        let is_read = |name: &str| {
            layers().flat_map(|layer| &layer.environment).any(|start| name.starts_with(start))
        };
        let takes_a_place = |path: &str| {
            let first = path.split('/').next().unwrap_or_default();
            self.not_with.iter().any(|extension| has_extension(path, extension))
                || self.position(head(first.as_bytes())).is_some_and(|other| other <= layer)
        };
        job.env.iter().any(|(name, _)| is_read(name))
            || job.files.iter().any(|file| takes_a_place(file.path.as_str()))
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.'))
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
}

/// A name up to its first dot.
fn head(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b'.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use coderunner_executor::{FilePath, JobFile, LanguageId};

    use super::*;

    fn layers() -> Layers {
        toml::from_str(
            "imports = [\"use\", \"from\"]\nnot_with = [\"zip\"]\n\
             [[layer]]\nname = \"small\"\nmodules = [\"tea\", \"cup.saucer\"]\n\
             [[layer]]\nname = \"large\"\nmodules = [\"kettle\"]\nenvironment = [\"KETTLE_\"]\n",
        )
        .unwrap()
    }

    fn job(source: &str) -> Job {
        Job::new(LanguageId::new("x"), FilePath::new("main.x").unwrap(), source.to_owned())
    }

    fn wanted(job: &Job) -> Option<usize> {
        layers().wanted(job, &["x".to_owned()])
    }

    #[test]
    fn a_layer_is_wanted_when_a_line_names_one_of_its_modules() {
        let cases: [(&str, Option<usize>); 13] = [
            ("use tea", Some(0)),
            ("  use water, tea as t", Some(0)),
            ("from cup.saucer use x", Some(0)),
            ("use\tcup", Some(0)),
            ("1\r\nuse kettle\r\n", Some(1)),
            ("use kettle\nuse tea", Some(1)),
            ("use water; use tea", Some(0)),
            ("use water", None),
            ("user tea", None),
            ("use teapot, steal", None),
            ("print('use tea')", None),
            ("use", None),
            ("", None),
        ];
        for (source, expected) in cases {
            assert_eq!(wanted(&job(source)), expected, "{source}");
        }
        assert_eq!(layers().modules(1), ["tea", "cup.saucer", "kettle"]);
        assert_eq!(Layers::default().wanted(&job("use tea"), &[]), None);
    }

    #[test]
    fn all_files_of_the_language_are_looked_at_up_to_a_bound() {
        let with = |name: &str, contents: String| {
            let mut job = job("use tea");
            job.files
                .push(JobFile { path: FilePath::new(name).unwrap(), contents: contents.into() });
            wanted(&job)
        };
        assert_eq!(with("other.x", "use kettle".to_owned()), Some(1));
        assert_eq!(with("other.txt", "use kettle".to_owned()), Some(0));
        let long = format!("{}\nuse kettle", " ".repeat(LOOKED_AT_BYTES_MAX));
        assert_eq!(with("other.x", long), Some(0));
    }

    #[test]
    fn no_layer_is_wanted_where_its_modules_would_load_otherwise() {
        for name in ["tea.x", "tea/inner.x", "cup.x", "kettle.x", "things.zip"] {
            let mut job = job("use kettle");
            job.files.push(JobFile { path: FilePath::new(name).unwrap(), contents: "".into() });
            assert_eq!(wanted(&job), None, "{name}");
        }
        // What only a larger layer has may be replaced.
        let mut small = job("use tea");
        small.files.push(JobFile { path: FilePath::new("kettle.x").unwrap(), contents: "".into() });
        small.env = vec![("KETTLE_SIZE".to_owned(), "2".to_owned())];
        assert_eq!(wanted(&small), Some(0));
        let mut large = job("use kettle");
        large.env = small.env;
        assert_eq!(wanted(&large), None);
    }
}
