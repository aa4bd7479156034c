#!/bin/sh
# Pin every package again, with hashes and without addresses: needs a network and the .venv of `make test`.
# What tests with and what runs are one set of versions: the second list is resolved inside the first.
set -eu
cd "$(dirname "$0")/.."

pin() {
    .venv/bin/uv pip compile pyproject.toml --quiet --upgrade --no-emit-index-url --no-header --generate-hashes \
        --universal --python-version 3.11 --extra evaluate "$@"
}

pin --group dev --output-file scripts/lock/requirements-dev.lock
pin --group build --constraint scripts/lock/requirements-dev.lock --output-file scripts/lock/requirements.lock
if grep -n '://' scripts/lock/*.lock; then
    echo "An address got into a lock." >&2
    exit 1
fi
