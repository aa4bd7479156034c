#!/bin/sh
# Everything that CI runs, each part even where one before it failed:  scripts/test.sh [check]
set -u
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
failed=

part() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed="$failed $name,"
}

part "1/7 format" "$bin/ruff" format --check --quiet .
part "2/7 lint" "$bin/ruff" check --quiet .
part "3/7 types" "$bin/pyright" --pythonpath "$bin/python"
part "4/7 imports" "$bin/lint-imports" --no-logo
if [ "${1:-}" != check ]; then
    part "5/7 tests" "$bin/pytest" -q --durations 20 --numprocesses 2 --dist worksteal -m "not e2e and not parity"
    part "6/7 tests in a real window" "$bin/pytest" -q --durations 10 --numprocesses 2 tests/e2e -m "not sound"
    part "7/7 tests with real sound" "$bin/pytest" -q --durations 10 tests/e2e -m sound
fi

if [ -n "$failed" ]; then
    printf '\nNot passed:%s see above.\n' "$failed" >&2
    exit 1
fi
printf '\nAll passed.\n'
