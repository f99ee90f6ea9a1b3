# Precompiles the whole standard library, templates instantiated: one header for each set of options that has a fast way (language.toml).
# -fno-pch-timestamp: the files' times differ in each image layer, their contents do not.
cd /opt/coderunner
for variant in gnu++20:O0 gnu++20:O2 c++17:O0 c++23:O0; do
    standard=${variant%:*} level=${variant#*:}
    clang++-19 "-std=$standard" "-$level" -x c++-header -fpch-instantiate-templates -Xclang -fno-pch-timestamp std.h -o "$standard-$level.pch"
done
# An archive, so that only programs that need it have it in them; position-independent, as programs are.
clang++-19 -std=gnu++20 -O2 -c instances.cpp -o instances.o
ar rcs libinstances.a instances.o
