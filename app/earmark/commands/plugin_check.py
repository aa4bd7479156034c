"""`python -m earmark.commands.plugin_check MODULE`: the process in which `earmark plugins check` runs a plugin."""

from __future__ import annotations

import sys


def main(module: str) -> int:
    """Print what was found and return the exit status."""
    from earmark.commands import FAILED
    from earmark.testing import check_plugin

    findings = check_plugin(module)
    for finding in findings:
        print(f"  {'note' if finding.is_note else 'FAIL'}  {finding}")
    broken = [finding for finding in findings if not finding.is_note]
    print(f"{module} breaks its promises." if broken else f"{module} keeps its promises.")
    return FAILED if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
