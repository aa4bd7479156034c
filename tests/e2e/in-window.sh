#!/bin/bash
# Run a command on an X server and a window manager of its own:  in-window.sh [-s WIDTHxHEIGHT] COMMAND [ARG…]
# Needs Xvfb and openbox. Inside, xdotool is the person and `import -window root shot.png` (ImageMagick) the eye.
set -u
size=1280x800
if [ "${1:-}" = -s ]; then size=$2; shift 2; fi
for number in $(seq 80 180); do [ -e "/tmp/.X11-unix/X$number" ] || break; done
Xvfb ":$number" -screen 0 "${size}x24" +extension GLX +render -noreset -nolisten tcp >/dev/null 2>&1 & server=$!
for _ in $(seq 100); do [ -S "/tmp/.X11-unix/X$number" ] && break; sleep 0.1; done
export DISPLAY=":$number" QT_QPA_PLATFORM=xcb LANG=C.UTF-8
openbox --sm-disable >/dev/null 2>&1 & manager=$!
sleep 0.3
"$@"; status=$?
kill "$manager" "$server" 2>/dev/null
wait "$manager" "$server" 2>/dev/null
exit "$status"
