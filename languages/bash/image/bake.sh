# Nothing to bake.
bash --version
