#!/bin/bash
# Run a command with a sound server of its own, whose loudspeaker can be recorded:  virtual-sound.sh COMMAND [ARG…]
# Needs pulseaudio, pulseaudio-utils, libasound2-plugins, libportaudio2. Inside, `parec --device=speaker.monitor` hears
# what is played, `paplay --device=micfeed FILE` speaks into the microphone, and SOUND_SERVER is the server's process:
# stop it to see what a program does then.
set -u
folder=$(mktemp -d)
mkdir -m 700 "$folder/run"
export XDG_RUNTIME_DIR="$folder/run" PULSE_RUNTIME_PATH="$folder/run/pulse" ALSA_CONFIG_PATH="$folder/asound.conf"
export PULSE_SERVER="unix:$folder/run/pulse/native"
cat >"$folder/asound.conf" <<'CONF'
</usr/share/alsa/alsa.conf>
pcm.pulse { type pulse }
ctl.pulse { type pulse }
pcm.!default { type pulse  hint { show on description "PulseAudio (virtual)" } }
ctl.!default { type pulse }
CONF
cat >"$folder/pulse.pa" <<'CONF'
load-module module-native-protocol-unix
load-module module-null-sink sink_name=speaker rate=48000 channels=2
load-module module-null-sink sink_name=micfeed rate=48000 channels=1
load-module module-remap-source master=micfeed.monitor source_name=mic
set-default-sink speaker
set-default-source mic
CONF
pulseaudio -n -F "$folder/pulse.pa" --daemonize=no --exit-idle-time=-1 --resample-method=soxr-vhq --use-pid-file=no \
    >"$folder/pulse.log" 2>&1 </dev/null & server=$!
for _ in $(seq 50); do pactl info >/dev/null 2>&1 && break; sleep 0.1; done
pactl info >/dev/null 2>&1 || { cat "$folder/pulse.log" >&2; kill "$server" 2>/dev/null; rm -rf "$folder"; exit 1; }
# An idle null sink renders up to two seconds at a time: silence keeps it running in small pieces.
silence=()
for sink in speaker micfeed; do
    pacat --raw --rate=48000 --channels=1 --format=s16le --latency-msec=20 --device=$sink </dev/zero >/dev/null 2>&1 &
    silence+=($!)
done
sleep 2.2
export SOUND_SERVER=$server
"$@"; status=$?
kill -CONT "$server" 2>/dev/null
kill "${silence[@]}" "$server" 2>/dev/null
wait "${silence[@]}" "$server" 2>/dev/null
rm -rf "$folder"
exit "$status"
