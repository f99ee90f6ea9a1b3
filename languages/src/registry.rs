//! Looks languages up by identifier, alias or file name.

use std::{fmt, sync::LazyLock};

use coderunner_executor::LanguageId;

use crate::{
    Backend, Language, ManifestError,
    manifest::{FOLDERS, Folder},
};

/// All languages of this build, in the order of their identifiers.
#[derive(Debug)]
pub struct Registry {
    languages: Vec<Language>,
}

/// A name that no language has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct UnknownLanguage {
    /// What was asked for.
    pub asked: String,
    /// What there is.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown language {:?}; known are {}", self.asked, self.known.join(", "))
    }
}

impl Registry {
    /// The languages embedded in this build.
    ///
    /// # Errors
    /// A folder's manifest is wrong; the crate's tests make sure that none is.
    pub fn embedded() -> Result<&'static Self, &'static ManifestError> {
        static EMBEDDED: LazyLock<Result<Registry, ManifestError>> =
            LazyLock::new(|| Registry::from_folders(FOLDERS));
        EMBEDDED.as_ref()
    }

    fn from_folders(folders: &[Folder]) -> Result<Self, ManifestError> {
        let languages = folders.iter().map(Language::from_folder).collect::<Result<_, _>>()?;
        Ok(Self { languages })
    }

    /// Every language.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Language> {
        self.languages.iter()
    }

    /// Languages that are compiled into others: each with the one whose guest runs it.
    pub fn compiled(&self) -> impl Iterator<Item = (&Language, LanguageId)> {
        self.languages.iter().filter_map(|language| match language.backend {
            Backend::Compiled(into) => Some((language, LanguageId::new(into))),
            Backend::Wasm(_) | Backend::Container(_) => None,
        })
    }

    /// The language called `name`: its identifier, name or an alias, in any case.
    ///
    /// # Errors
    /// There is none; the error lists what there is.
    pub fn find(&self, name: &str) -> Result<&Language, UnknownLanguage> {
        let lower = name.to_lowercase();
        self.languages
            .iter()
            .find(|l| {
                l.id.as_str() == lower
                    || l.aliases.contains(&lower)
                    || l.name.to_lowercase() == lower
            })
            .ok_or_else(|| self.unknown(name))
    }

    /// The language of a file, by its extension.
    ///
    /// # Errors
    /// No language has that extension.
    pub fn find_by_file_name(&self, file_name: &str) -> Result<&Language, UnknownLanguage> {
        let extension = file_name.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
        self.languages
            .iter()
            .find(|l| l.extensions.contains(&extension))
            .ok_or_else(|| self.unknown(&format!(".{extension}")))
    }

    fn unknown(&self, asked: &str) -> UnknownLanguage {
        UnknownLanguage {
            asked: asked.to_owned(),
            known: self.languages.iter().map(|l| l.id.to_string()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn embedded() -> &'static Registry {
        Registry::embedded().expect("every manifest is right")
    }

    #[test]
    fn no_two_languages_share_a_name_or_an_extension() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for language in embedded().iter() {
            let extensions = language.extensions.iter().map(|e| format!(".{e}"));
            for name in language.aliases.iter().cloned().chain(extensions) {
                assert_eq!(name, name.to_lowercase());
                if let Some(other) = seen.insert(name.clone(), language.id.as_str()) {
                    panic!("{name} belongs to both {other} and {}", language.id);
                }
            }
        }
    }

    #[test]
    fn languages_are_found_by_every_name_in_any_case() {
        for language in embedded().iter() {
            let names = [
                language.id.as_str(),
                language.name.as_str(),
                &language.id.as_str().to_uppercase(),
            ];
            for name in names.into_iter().chain(language.aliases.iter().map(String::as_str)) {
                assert_eq!(embedded().find(name).map(|l| &l.id), Ok(&language.id));
            }
            assert_eq!(
                embedded().find_by_file_name(language.hello.0).map(|l| &l.id),
                Ok(&language.id)
            );
            assert_eq!(
                embedded().find_by_file_name(&language.entry).map(|l| &l.id),
                Ok(&language.id)
            );
        }
    }

    #[test]
    fn an_unknown_language_lists_the_known_ones() {
        let error = embedded().find("cobol").expect_err("no COBOL here");
        assert!(error.to_string().starts_with("unknown language \"cobol\"; known are "), "{error}");
        assert!(error.known.contains(&"javascript".to_owned()));
    }
}
