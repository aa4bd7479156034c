#!/bin/sh
# Set Earmark up in .venv, or say in a fifth of a second that it is:  scripts/setup.sh run|test
#
# run: what the application needs; test: the checks and the tests as well (which also satisfies run).
# It never asks anything. System packages are installed only where that needs no password.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
python=.venv/bin/python
stamp=.venv/earmark.stamp
step=0

# Qt offscreen with a font, Qt on X, sound. The names are Debian's and Ubuntu's.
packages="libgl1 libegl1 libglib2.0-0 libfontconfig1 fonts-dejavu-core libxkbcommon0 libdbus-1-3
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1
    libportaudio2"
# A real window, a look at it, a sound server and a voice for the tests.
test_packages="xvfb xauth openbox xdotool imagemagick pulseaudio pulseaudio-utils libasound2-plugins espeak-ng flac"

say() { printf '%s\n' "$*"; }
step() { step=$((step + 1)); say "$step/6 $*"; }
fail() { say "Set-up stopped: $1" >&2; shift; for line; do say "  $line" >&2; done; exit 1; }

lock_of() { if [ "$1" = test ]; then say scripts/lock/requirements-dev.lock; else say scripts/lock/requirements.lock; fi; }

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1; }

# What an environment of kind $1 is made of: any change means installing again.
fingerprint() {
    cat "$(lock_of "$1")" pyproject.toml | digest | sed "s|^|$1 $("$python" -V 2>&1) $PWD |"
}

is_current() { [ -f "$stamp" ] && [ -x "$python" ] && [ "$(cat "$stamp")" = "$(fingerprint "$1")" ]; }

# Names of $@ that dpkg does not have; 64-bit time_t gave some of them a new ending (Debian 13, Ubuntu 24.04).
missing_of() {
    have=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | tr '\n' ' ')"
    for name; do
        case "$have" in *" $name "* | *" ${name}t64 "*) ;; *) printf '%s ' "$name" ;; esac
    done
}

can_use() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && can_use "$candidate"; then command -v "$candidate"; return; fi
    done
    return 1
}

# The package that gives us a usable Python: venv for the one that is here, else the distribution's own, else 3.11.
python_package() {
    for version in 3.13 3.12 3.11; do
        if command -v "python$version" >/dev/null; then say "python$version-venv"; return; fi
    done
    if [ -z "$(apt-cache madison python3.11-venv 2>/dev/null)" ]; then say python3-venv; else say python3.11-venv; fi
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }

install_packages() {
    say "    installing $*"
    if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then apt_get update || true; fi
    apt_get install -y --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt_get update && apt_get install -y --no-install-recommends "$@" >/dev/null
}

system_packages() {
    command -v dpkg-query >/dev/null || return 0
    wanted=$packages
    [ "$kind" = test ] && wanted="$wanted $test_packages"
    [ -x "$python" ] || find_python >/dev/null || wanted="$wanted $(python_package)"
    # shellcheck disable=SC2086 # the list is meant to be split
    missing=$(missing_of $wanted)
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    if may_install && install_packages $missing; then return; fi
    say "    These system packages are missing, and installing them needs you. Run:"
    say "        sudo apt-get install --no-install-recommends $missing"
    say "    Going on without them."
}

make_venv() {
    if [ -x "$python" ] && can_use "$python"; then say "    $("$python" -V) in .venv"; return; fi
    found=$(find_python) || fail "Python 3.11, 3.12 or 3.13 with venv is needed." \
        "Debian, Ubuntu: sudo apt-get install python3-venv" "Elsewhere: set PYTHON=/path/to/python3.12 and run this again."
    say "    $("$found" -V) from $found"
    rm -rf .venv
    "$found" -m venv .venv
}

# uv's own lines of the lock, so that pip checks uv's hash too.
install_uv() {
    pinned=$(sed -n 's/^uv==\([0-9.]*\).*/uv \1/p' "$lock")
    case "$(.venv/bin/uv --version 2>/dev/null)" in "$pinned" | "$pinned "*) return ;; esac
    awk '/^[a-z]/ { on = /^uv==/ } on' "$lock" > .venv/uv.lock
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.lock
}

sync() {
    if [ -x .venv/bin/uv ]; then
        UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180} .venv/bin/uv pip sync --python "$python" --require-hashes --compile-bytecode "$lock"
    else
        say "    without uv, with pip: slower, the same packages"
        "$python" -m pip install --disable-pip-version-check --require-hashes -r "$lock"
    fi
}

install_earmark() {
    if [ -x .venv/bin/uv ]; then
        .venv/bin/uv pip install --quiet --python "$python" --no-deps --no-build-isolation --editable .
    else
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    fi
}

check_imports() {
    "$python" - <<'CHECK' || fail "Earmark was installed but does not import." "The lines above say what is missing; a missing lib….so is a system package."
import torch, torchaudio, PySide6.QtWidgets, pyqtgraph, soundfile, av, soxr, scipy.fft, safetensors, earmark.api
print(f"    torch {torch.__version__}, Qt {PySide6.__version__}, Earmark {earmark.__version__}")
CHECK
    "$python" -c 'import sounddevice' 2>/dev/null || say "    PortAudio is missing: everything works but playing and recording"
}

case "$kind" in run | test) ;; *) fail "unknown set-up: $kind" "scripts/setup.sh run|test" ;; esac
if is_current "$kind" || { [ "$kind" = run ] && is_current test; }; then
    system_packages # one may have been removed since
    say "Earmark is set up: $("$python" -V), nothing to install."
    exit 0
fi
# An environment that can test stays one: a change of the lock must not take the tests' packages away.
if [ "$kind" = run ] && grep -qs '^test ' "$stamp"; then kind=test; fi
lock=$(lock_of "$kind")

say "Setting Earmark up in $PWD/.venv (the first time: a few minutes and about 6 GB, most of it PyTorch)"
step "System packages"
command -v dpkg-query >/dev/null || [ "$(uname)" = Darwin ] ||
    say "    no apt here: if the window does not open, install your distribution's Qt 6 xcb libraries and PortAudio"
system_packages
step "Python"
make_venv
rm -f "$stamp"
step "Installer"
install_uv || say "    uv could not be installed"
step "$(grep -c '^[a-zA-Z]' "$lock") packages from $lock"
sync || { say "    once more"; sync; } || fail "the packages could not be installed." "Is there a network? Running this again goes on where it stopped."
step "Earmark itself"
install_earmark
step "Trying it"
check_imports
fingerprint "$kind" > "$stamp.new"
mv "$stamp.new" "$stamp"
say "Earmark is set up."
