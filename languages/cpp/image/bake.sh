# Precompiles the whole standard library, templates instantiated: one header for each set of options that has a fast way (language.toml).
# -fno-pch-timestamp: the files' times differ in each image layer, their contents do not.
header=/usr/include/x86_64-linux-gnu/c++/14/bits/stdc++.h
for variant in gnu++20:O0 gnu++20:O2 c++17:O0 c++23:O0; do
    standard=${variant%:*} level=${variant#*:}
    clang++-19 "-std=$standard" "-$level" -x c++-header -fpch-instantiate-templates -Xclang -fno-pch-timestamp "$header" \
        -o "/opt/coderunner/$standard-$level.pch"
done
