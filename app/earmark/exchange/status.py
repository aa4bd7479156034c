"""What a person's verdict is called in files."""

from __future__ import annotations

from earmark.annotations import Status

WORDS: dict[str, Status] = {
    **dict.fromkeys(("accepted", "accept", "confirmed", "correct", "true", "yes", "tp"), "accepted"),
    **dict.fromkeys(("rejected", "reject", "wrong", "incorrect", "false", "no", "fp"), "rejected"),
    **dict.fromkeys(("unreviewed", "unverified", "unknown"), "unreviewed"),
}


def status_of(word: object) -> Status | None:
    """Return the status that a file means; None where it does not say."""
    return WORDS.get(str(word or "").strip().casefold())
