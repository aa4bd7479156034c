"""HTS-AT and CLAP at full size against their originals: twenty clips of 1, 5, 10 and 30 s, window by window."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from transformers import ClapAudioConfig, ClapAudioModelWithProjection, ClapFeatureExtractor

import earmark_htsat
from earmark.api import Clip, Want

pytestmark = pytest.mark.parity

CLIPS, SECONDS, CLOSE = 20, (1.0, 5.0, 10.0, 30.0), 1e-4
FULL = {"depths": (2, 2, 6, 2), "heads": (4, 8, 16, 32), "width": 96}
FORMS = {
    "htsat/audioset": (527, {}),
    "htsat/esc50": (50, {"single_label": True}),
    "htsat/speech-commands": (35, {"sample_rate": 16000}),
}


def loaded(path, folder):
    """Return the card of an imported file, and what hears with it."""
    checkpoint = earmark_htsat.convert(path, None, folder)
    card = next(card for card in earmark_htsat.models() if card.model_id == checkpoint.model_id)
    model = earmark_htsat.load(checkpoint.model_id, checkpoint, "cpu", "fp32")

    def hear(waveform):
        clip = Clip(samples=waveform, sample_rate=card.sample_rate)
        return earmark_htsat.infer(model, [clip], Want(embedding=True))[0]

    return card, hear


def apart(one, other):
    return float(np.abs(np.asarray(one) - np.asarray(other)).max())


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("model_id", "form"), FORMS.items(), ids=FORMS.keys())
def test_every_window_of_every_clip_is_scored_as_by_the_original(
    model_id, form, original, save, clip, windows, tmp_path
):
    network = original(form[0], **FULL, **form[1])
    card, hear = loaded(save(network), tmp_path / "ours")
    assert card.model_id == model_id
    print(f"\n{model_id}: largest differences (of embeddings of length 1), and windows")
    for seconds in SECONDS:
        worst, count = np.zeros(3), 0
        for number in range(CLIPS):
            for waveform in windows(clip(number, seconds=seconds, sample_rate=card.sample_rate), card):
                expected = {name: each[0].numpy() for name, each in network(torch.from_numpy(waveform[None])).items()}
                heard, count = hear(waveform), count + 1
                length = float(np.linalg.norm(expected["latent"]))
                embedding = apart(heard.embedding, expected["latent"]) / length
                frames = 0.0 if form[1].get("single_label") else apart(heard.frames, expected["frames"])
                worst = np.maximum(worst, [apart(heard.scores, expected["clip"]), frames, embedding])
        print(f"{seconds:4g} s  scores {worst[0]:.1e}  frames {worst[1]:.1e}  embedding {worst[2]:.1e}  {count}")
        assert worst.max() < CLOSE, (seconds, worst)


@pytest.mark.timeout(1200)
def test_every_window_of_every_clip_is_embedded_as_by_transformers_clap(strong_weights, clip, windows, tmp_path):
    """A clip that is shorter than the window is given to transformers as it is: it repeats and pads by itself."""
    network = ClapAudioModelWithProjection(ClapAudioConfig()).apply(strong_weights).eval()
    network.save_pretrained(tmp_path / "clap")
    extractor = ClapFeatureExtractor(frequency_min=50, frequency_max=14000, truncation="rand_trunc")
    extractor.save_pretrained(tmp_path / "clap")
    card, hear = loaded(tmp_path / "clap", tmp_path / "ours")
    print("\nCLAP: largest difference of embeddings of length 1, and windows")
    for seconds in SECONDS:
        worst, count = 0.0, 0
        for number in range(CLIPS):
            samples = clip(number, seconds=seconds, sample_rate=card.sample_rate)
            for waveform in windows(samples, card):
                given = samples if seconds < card.window_seconds else waveform
                features = extractor(given, sampling_rate=card.sample_rate, return_tensors="pt")["input_features"]
                with torch.no_grad():
                    expected = network(input_features=features).audio_embeds[0].numpy()
                heard, count = hear(waveform).embedding, count + 1
                worst = max(worst, apart(heard, expected) / float(np.linalg.norm(expected)))
        print(f"{seconds:4g} s  {worst:.1e}  {count}")
        assert worst < CLOSE, (seconds, worst)
