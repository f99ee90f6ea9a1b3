#!/usr/bin/env bash
# Makes the certificates of the tests: an authority that they trust, and one certificate of it for `callback.test`. Both hold for a century, whatever
# the clock of the machine says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
cd "$(mktemp --directory)"
touch index
cat > config <<'END'
[ca]
default_ca = any
[any]
database = index
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = name
unique_subject = no
[name]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:callback.test
END
certify() {
    local name=$1 subject=$2
    shift 2
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key"
    openssl req -new -key "$name.key" -subj "/CN=$subject" -out "$name.request"
    openssl ca -batch -notext -config config -extensions "$name" -startdate 20200101000000Z -enddate 21200101000000Z \
        -in "$name.request" -out "$name.pem" "$@"
    cp "$name.pem" "$here/"
}
certify authority 'authority of tests' -selfsign -keyfile authority.key
certify server callback.test -cert authority.pem -keyfile authority.key
# The authority's own stays behind: nobody needs another certificate of it.
cp server.key "$here/"
