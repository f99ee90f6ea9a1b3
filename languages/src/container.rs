//! How a language is compiled and run in a container: programs and arguments as data, and the choice between several ways of building.
//!
//! Nothing is run here; the container backend turns what is chosen into steps for its agent.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::manifest::FOLDERS;

/// The `[container]` part of a manifest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManifestContainer {
    image: Option<String>,
    sources: Vec<String>,
    options: Vec<String>,
    neutral: Vec<String>,
    #[serde(default)]
    resident: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    compile_env: BTreeMap<String, String>,
    build: Vec<ManifestBuild>,
}

/// A `[[container.build]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestBuild {
    files: Option<Vec<String>>,
    options: Option<Vec<String>>,
    #[serde(default)]
    resident: bool,
    compile: Vec<Vec<String>>,
    run: Option<Vec<String>>,
    again: Option<Vec<String>>,
}

/// What the names of the images that `cargo xtask images` makes start with.
pub const IMAGES: &str = "coderunner/";
/// The label of an image that holds the exact version of what compiles or runs `language`.
#[must_use]
pub fn version_label(language: &str) -> String {
    format!("coderunner.version.{language}")
}

/// What runs a program that compile steps have put in its usual place.
const RUN_COMPILED: [&str; 2] = ["/program/main", "{args}"];
/// Characters that the open end of an allowed option may have, besides letters and digits. A comma would let `-W*` pass options to the linker.
const OPTION_CHARACTERS: &str = "_+=.:/-";

/// How a language's programs are built and run in its container.
#[derive(Clone, Debug)]
pub struct Container {
    /// The language whose folder has the image's recipe: another language's where they share one.
    pub image: String,
    /// Identifies the recipe, its files and the agent: a tag of the image.
    pub image_digest: u128,
    /// Extensions of the files that are compiled, apart from the entry file.
    pub sources: Vec<String>,
    /// What is in every program's environment, name and value, unless the job says otherwise.
    pub env: Vec<(String, String)>,
    /// What is in the compiler's environment besides.
    pub compile_env: Vec<(String, String)>,
    /// The program that the agent starts ahead of any job; none if empty.
    pub resident: Vec<String>,
    options: Vec<String>,
    neutral: Vec<String>,
    builds: Vec<Build>,
}

/// One way of building and running.
#[derive(Clone, Debug)]
pub struct Build {
    files: Option<Vec<String>>,
    options: Option<Vec<String>>,
    /// The steps are for the resident program instead of programs of their own.
    pub resident: bool,
    compile: Vec<Vec<String>>,
    run: Vec<String>,
    again: Vec<String>,
}

/// A compiler option that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the compiler option {option:?} is not allowed; allowed are {}", describe(allowed))]
pub struct OptionError {
    /// The option.
    pub option: String,
    /// Patterns of those that are.
    pub allowed: Vec<String>,
}

fn describe(allowed: &[String]) -> String {
    if allowed.is_empty() { "none".to_owned() } else { allowed.join(" ") }
}

/// Whether `option` is `pattern`, or starts with what stands before its `*`.
fn matches(pattern: &str, option: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == option, |start| {
        option.strip_prefix(start).is_some_and(|rest| {
            rest.chars().all(|c| c.is_ascii_alphanumeric() || OPTION_CHARACTERS.contains(c))
        })
    })
}

/// What of a job decides how it is built and fills the steps' places.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The entry file's path.
    pub entry: &'a str,
    /// All files' paths, the entry file's included.
    pub files: &'a [String],
    /// The compiler options.
    pub options: &'a [String],
}

impl Container {
    /// `None` if it says nothing of how to build, or its image has no recipe.
    pub(crate) fn from_manifest(manifest: ManifestContainer, id: &str) -> Option<Self> {
        let image = manifest.image.unwrap_or_else(|| id.to_owned());
        let image_digest = FOLDERS.iter().find(|folder| folder.id == image)?.image?;
        let builds: Vec<Build> = manifest.build.into_iter().map(Build::from_manifest).collect();
        // The last one is for everything that the others leave.
        let last = builds.last()?;
        if last.files.is_some() || (last.options.is_some() && !manifest.options.is_empty()) {
            return None;
        }
        Some(Self {
            image,
            image_digest,
            sources: manifest.sources,
            env: manifest.env.into_iter().collect(),
            compile_env: manifest.compile_env.into_iter().collect(),
            resident: manifest.resident,
            options: manifest.options,
            neutral: manifest.neutral,
            builds,
        })
    }

    /// The image's name, as `cargo xtask images` gives it.
    #[must_use]
    pub fn image_name(&self) -> String {
        format!("{IMAGES}{}:{:032x}", self.image, self.image_digest)
    }

    /// Checks compiler options against the allow-list.
    ///
    /// # Errors
    /// Names the first that is not allowed.
    pub fn check_options(&self, options: &[String]) -> Result<(), OptionError> {
        let allowed = || self.neutral.iter().chain(&self.options);
        match options.iter().find(|option| !allowed().any(|pattern| matches(pattern, option))) {
            Some(option) => {
                Err(OptionError { option: option.clone(), allowed: allowed().cloned().collect() })
            }
            None => Ok(()),
        }
    }

    /// The first way of building that fits the program. There always is one.
    #[must_use]
    pub fn build(&self, program: Program<'_>) -> Option<&Build> {
        let mut special: Vec<&String> = program
            .options
            .iter()
            .filter(|option| !self.neutral.iter().any(|pattern| matches(pattern, option)))
            .collect();
        special.sort();
        special.dedup();
        self.builds.iter().find(|build| {
            let files = build
                .files
                .as_ref()
                .is_none_or(|wanted| wanted.iter().any(|name| program.files.contains(name)));
            let options = build
                .options
                .as_ref()
                .is_none_or(|wanted| wanted.iter().eq(special.iter().copied()));
            files && options
        })
    }

    /// The compile steps of `build`.
    #[must_use]
    pub fn compile_steps(&self, build: &Build, program: Program<'_>) -> Vec<Vec<String>> {
        build.compile.iter().map(|step| self.fill(step, program, &[])).collect()
    }

    /// What runs the program.
    #[must_use]
    pub fn run_step(&self, build: &Build, program: Program<'_>, args: &[String]) -> Vec<String> {
        self.fill(&build.run, program, args)
    }

    /// What runs it when it is not the first run in its container: there is no resident program then.
    #[must_use]
    pub fn run_again_step(
        &self,
        build: &Build,
        program: Program<'_>,
        args: &[String],
    ) -> Vec<String> {
        self.fill(&build.again, program, args)
    }

    fn fill(&self, step: &[String], program: Program<'_>, args: &[String]) -> Vec<String> {
        // A file's name must not be taken for an option.
        let plain = |path: &str| {
            if path.starts_with(['-', '@']) { format!("./{path}") } else { path.to_owned() }
        };
        let is_source = |path: &&String| {
            path.rsplit_once('.')
                .is_some_and(|(_, extension)| self.sources.iter().any(|s| s == extension))
        };
        let mut filled = Vec::with_capacity(step.len());
        for part in step {
            match part.as_str() {
                "{entry}" => filled.push(plain(program.entry)),
                "{sources}" => {
                    filled.push(plain(program.entry));
                    filled.extend(
                        program
                            .files
                            .iter()
                            .filter(is_source)
                            .filter(|path| *path != program.entry)
                            .map(|path| plain(path)),
                    );
                }
                "{options}" => filled.extend_from_slice(program.options),
                "{args}" => filled.extend_from_slice(args),
                _ => filled.push(part.clone()),
            }
        }
        filled
    }
}

impl Build {
    fn from_manifest(manifest: ManifestBuild) -> Self {
        let run = manifest.run.unwrap_or_else(|| RUN_COMPILED.map(str::to_owned).to_vec());
        Self {
            files: manifest.files,
            options: manifest.options.map(|mut options| {
                options.sort();
                options
            }),
            resident: manifest.resident,
            compile: manifest.compile,
            again: manifest.again.unwrap_or_else(|| run.clone()),
            run,
        }
    }

    /// Whether anything is compiled.
    #[must_use]
    pub const fn compiles(&self) -> bool {
        !self.compile.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path, process};

    use super::*;
    use crate::{Backend, Registry, digest};

    fn container(id: &str) -> &'static Container {
        let language =
            Registry::embedded().expect("every manifest is right").find(id).expect("a language");
        match language.backend {
            Backend::Container(container) => container,
            Backend::Wasm(_) | Backend::Compiled(_) => panic!("{id} runs in a container"),
        }
    }

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    fn compile(id: &str, files: &[&str], options: &[&str]) -> String {
        let (files, options) = (texts(files), texts(options));
        let program = Program { entry: &files[0], files: &files, options: &options };
        let container = container(id);
        let build = container.build(program).expect("a way of building");
        container
            .compile_steps(build, program)
            .first()
            .map(|step| step.join(" "))
            .unwrap_or_default()
    }

    #[test]
    fn the_precompiled_header_is_used_with_the_options_it_was_made_with() {
        assert!(compile("cpp", &["a.cpp"], &[]).contains("gnu++20-O0.pch a.cpp "));
        assert!(
            compile("cpp", &["a.cpp"], &["-Wall", "-DX=1"])
                .contains("gnu++20-O0.pch -Wall -DX=1 a.cpp ")
        );
        assert!(
            compile("cpp", &["a.cpp"], &["-Wall", "-O2"])
                .contains("gnu++20-O2.pch -Wall -O2 a.cpp ")
        );
        assert!(!compile("cpp", &["a.cpp"], &["-O3"]).contains("pch"));
        assert!(!compile("cpp", &["a.cpp"], &["-O2", "-std=c++23"]).contains("pch"));
    }

    #[test]
    fn the_entry_file_comes_first_and_headers_are_not_compiled() {
        let step = compile("cpp", &["main.cpp", "b.hpp", "lib/a.cc", "-x.cpp"], &[]);
        assert!(step.contains(" main.cpp lib/a.cc ./-x.cpp "), "{step}");
    }

    #[test]
    fn a_module_is_built_by_the_go_command() {
        assert!(compile("go", &["main.go"], &[]).contains("/compile "));
        let module = texts(&["main.go", "go.mod"]);
        let program = Program { entry: "main.go", files: &module, options: &[] };
        let container = container("go");
        let build = container.build(program).expect("a way of building");
        assert!(
            container.compile_steps(build, program).iter().any(|step| step[0].ends_with("/bin/go"))
        );
    }

    #[test]
    fn options_outside_the_list_are_refused_with_the_list() {
        let cpp = container("cpp");
        for option in
            ["-Wl,-rpath,/x", "@file", "-o", "-fplugin=x.so", "-B.", "-std=c++20\n-x", "-O9"]
        {
            let error = cpp.check_options(&[option.to_owned()]).expect_err(option);
            assert!(error.to_string().contains("-std=c++*"), "{error}");
        }
        assert_eq!(cpp.check_options(&texts(&["-Wall", "-std=c++23", "-DN=10", "-O2"])), Ok(()));
        assert!(container("bash").check_options(&texts(&["-x"])).is_err());
    }

    #[test]
    fn every_container_language_can_be_built_whatever_the_job() {
        for language in Registry::embedded().expect("every manifest is right").iter() {
            let Backend::Container(container) = language.backend else { continue };
            for options in [vec![], texts(&["-Wstrange"])] {
                let program = Program { entry: &language.entry, files: &[], options: &options };
                assert!(
                    container.build(program).is_some()
                        || container.check_options(&options).is_err(),
                    "{}",
                    language.id
                );
            }
        }
    }

    /// Copies a folder.
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder can be made");
        for entry in fs::read_dir(from).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            let to = to.join(path.file_name().expect("it has a name"));
            if path.is_dir() {
                copy(&path, &to);
            } else {
                fs::copy(&path, to).expect("it can be copied");
            }
        }
    }

    #[test]
    fn whatever_makes_an_image_is_in_its_digest() {
        let folder = env::temp_dir().join(format!("coderunner-digest-{}", process::id()));
        let (here, there) = (Path::new(env!("CARGO_MANIFEST_DIR")), folder.join("languages"));
        for part in ["cpp/image"].iter().chain(&digest::SHARED) {
            copy(&here.join(part), &there.join(part));
        }
        let now = || digest::image(&there, "cpp").expect("it can be read");
        assert_eq!(now(), container("c").image_digest);
        for file in [
            "cpp/image/image.toml",
            "cpp/image/bake.sh",
            "../fallback/agent/src/main.rs",
            "../fallback/image/Dockerfile",
            "../fallback/image/mmdebstrap.options",
            "../fallback/image/rustflags",
        ] {
            let (before, path) = (now(), there.join(file));
            let text = fs::read_to_string(&path).expect("it is text");
            fs::write(&path, text + "\n").expect("it can be written");
            assert_ne!(now(), before, "{file}");
        }
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
