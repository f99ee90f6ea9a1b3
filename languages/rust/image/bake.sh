# Nothing to bake: Debian's standard library is compiled already.
rustc --version
