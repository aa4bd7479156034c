#!/bin/sh
# Open the window on the demo recording; without a display, tag it here and paint the window into a file.
set -eu
cd "$(dirname "$0")/.."

demo=resources/earmark_resources/demo.flac
if .venv/bin/python -m earmark.display; then
    echo "Opening the window on the demo recording. Next time: .venv/bin/earmark FILE"
    exec .venv/bin/earmark "$demo"
fi
echo "Tagging the demo recording here instead:"
.venv/bin/earmark tag "$demo"
mkdir -p build
echo "Painting the window, without a display, into build/earmark.png"
.venv/bin/python -m earmark.gui.screenshot build/earmark.png "$demo"
