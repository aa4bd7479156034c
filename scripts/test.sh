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

part "1/5 format" "$bin/ruff" format --check --quiet .
part "2/5 lint" "$bin/ruff" check --quiet .
part "3/5 types" "$bin/pyright" --pythonpath "$bin/python"
part "4/5 imports" "$bin/lint-imports" --no-logo
if [ "${1:-}" != check ]; then
    part "5/5 tests" "$bin/pytest" -q
fi

if [ -n "$failed" ]; then
    printf '\nNot passed:%s see above.\n' "$failed" >&2
    exit 1
fi
printf '\nAll passed.\n'
