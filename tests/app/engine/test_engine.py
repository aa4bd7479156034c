"""Files through an engine, with a plugin that a third party installed."""

from __future__ import annotations

import numpy as np
import pytest


def test_a_file_is_heard_in_windows_that_overlap_by_half(install, engines, recording):
    install()
    analysis = engines.analyse(recording, "toy/model")
    assert analysis.starts.tolist() == [0, 1, 2, 3, 4, 5]
    assert analysis.window_scores[:, 1].tolist() == [0, 0, 0.5, 0.5, 0, 0]
    assert dict(analysis.tags()) == {"quiet": 1.0, "loud": 0.5}
    assert analysis.duration == pytest.approx(7.0)
