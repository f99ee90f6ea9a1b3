"""Asks the server everything that its own description allows, and much that it does not; every answer has to be one that is described."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

server = os.environ['SERVER']


def get(path):
    return json.load(urllib.request.urlopen(server + path))


described = get('/openapi.json')
# Those that need nothing but the server: that a backend is not there is an answer with 503, and right.
available = [language['id'] for language in get('/v1/languages') if language['backend'] == 'wasm']
for name in ('RunRequest', 'RunManyRequest'):
    described['components']['schemas'][name]['properties']['language']['enum'] = available
# What it remembers for its next run is not wanted.
with tempfile.TemporaryDirectory() as folder:
    with open(f'{folder}/described.json', 'w') as file:
        json.dump(described, file)
    checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method'
    done = subprocess.run(
        # Its own script knows where it was installed, not where that was moved to.
        [sys.executable, '-c', 'from schemathesis.cli import schemathesis; schemathesis()', 'run', file.name, '--url', server, '--checks', checks, '--max-examples', '40',
         '--generation-deterministic', '--phases', 'examples,coverage,fuzzing', '--suppress-health-check', 'all', '--no-color'],
        capture_output=True, text=True, cwd=folder, env={**os.environ, 'PYTHONHASHSEED': '0'},
    )
text = done.stdout + done.stderr
print(json.dumps({'code': done.returncode, 'operations': sum(len(calls) for calls in described['paths'].values()), 'said': text[-12000:]}))
