"""The host isolates every fault: one sentence that names plugin and hook, and the others live on."""

from __future__ import annotations

import types
from dataclasses import replace

import numpy as np
import pytest

from earmark.api import (
    Cancelled,
    Checkpoint,
    CheckpointError,
    Clip,
    EarmarkError,
    Heard,
    ModelCard,
    PluginError,
    Stopped,
    TrainJob,
    Want,
    Weights,
    hookimpl,
)
from earmark.host import Call, Host
from earmark.installed import Entry

CARD = ModelCard(model_id="toy/model", title="A toy", sample_rate=100, window_seconds=1.0, labels=("quiet", "loud"))
CLIPS = [Clip(samples=np.full(100, level, np.float32), sample_rate=100) for level in (0.25, 0.75)]


def plugin(**hooks) -> types.ModuleType:
    """Return a module with these functions as its hooks."""
    module = types.ModuleType("toy_module")
    vars(module).update({name: hookimpl(function) for name, function in hooks.items()})
    return module


def offers(*cards):
    return lambda: list(cards)


def hears(model, clips, want):
    return [Heard(scores=np.array([1 - clip.samples[0], clip.samples[0]], np.float32)) for clip in clips]


def host_with(name: str = "toy", **hooks) -> Host:
    host = Host()
    host.register(name, plugin(**{"models": offers(CARD), "infer": hears} | hooks))
    return host


def infer(host: Host, clips=CLIPS, want=Want(), card=CARD):  # noqa: B008 - frozen
    return host.infer(card, host.load(card, None, "cpu", "fp32"), clips, want)


def only_fault(host: Host) -> PluginError:
    (fault,) = host.faults
    return fault


def test_a_plugin_without_load_gets_its_card_as_the_model():
    seen = []
    infer(host_with(infer=lambda model, clips, want: seen.append(model) or hears(model, clips, want)))
    assert seen == [CARD]


def test_answers_come_in_the_order_of_the_clips():
    assert [heard.scores[1] for heard in infer(host_with())] == [0.25, 0.75]


def test_a_hook_may_leave_out_arguments_that_it_does_not_need():
    assert len(infer(host_with(infer=lambda clips: hears(None, clips, None)))) == 2


def test_only_the_owner_of_a_model_is_called():
    host, called = host_with(), []
    other = replace(CARD, model_id="other/model")

    def eavesdrop(model, clips, want):
        called.append(1)

    host.register("other", plugin(models=offers(other), infer=eavesdrop))
    infer(host)
    assert not called
    assert [card.model_id for card in host.cards()] == ["toy/model", "other/model"]
    assert [card.model_id for card in host.cards("other")] == ["other/model"]


def test_a_plugin_without_models_is_refused():
    host = Host()
    host.register("toy", plugin(infer=hears))
    assert "`models`" in only_fault(host).sentence


def test_models_without_infer_are_refused():
    host = Host()
    host.register("toy", plugin(models=offers(CARD)))
    assert "no hook `infer`" in only_fault(host).sentence


def test_a_trainable_card_without_train_is_refused():
    assert "`train`" in only_fault(host_with(models=offers(replace(CARD, trainable=True)))).sentence


def test_weights_without_load_are_refused():
    weighty = replace(CARD, weights=(Weights(name="w", url="https://example.org/w"),))
    assert "`load`" in only_fault(host_with(models=offers(weighty))).sentence


def test_an_unknown_hook_argument_is_refused():
    fault = only_fault(host_with(infer=lambda model, clips, volume: []))
    assert "volume" in fault.sentence
    assert fault.plugin == "toy"


def test_a_misspelt_hook_is_refused_and_named():
    fault = only_fault(host_with(infers=hears))
    assert "infers" in fault.sentence
    assert "infer," in fault.sentence  # what there is


def test_a_model_id_offered_twice_is_refused():
    assert "more than once" in only_fault(host_with(models=offers(CARD, CARD))).sentence


def test_a_second_plugin_of_a_name_is_refused_and_the_first_lives_on():
    host = host_with()
    host.register("toy", plugin(models=offers(CARD), infer=hears))
    assert "of that name" in only_fault(host).sentence
    assert len(infer(host)) == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"model_id": "other/model"}, "named"),
        ({"model_id": "toy/"}, "named"),
        ({"model_id": "toy/../../etc"}, "named"),
        ({"title": ""}, "title"),
        ({"sample_rate": 0}, "sample rate"),
        ({"sample_rate": 44.1}, "sample rate"),
        ({"window_seconds": 0.0}, "window"),
        ({"window_seconds": float("nan")}, "window"),
        ({"min_seconds": 2.0}, "window"),
        ({"labels": ()}, "labels"),
        ({"labels": ["a", "b"]}, "labels"),
        ({"labels": ("a", "a")}, "twice"),
        ({"short": "shrink"}, "shrink"),
        ({"weights": (Weights(name="w", url="http://example.org"),)}, "https"),
        ({"starts": {"seen": Weights(name="w", url="bundled:seen")}}, "starts from"),
        ({"starts": {"../seen": Weights(name="w", url="https://example.org/w")}}, "names a start"),
        ({"starts": {"seen": "https://example.org/w"}}, "mapping"),
    ],
)
def test_a_card_that_is_not_well_formed_is_refused(change, word):
    assert word in only_fault(host_with(models=offers(replace(CARD, **change)))).sentence


@pytest.mark.parametrize("cards", [None, [], ["toy/model"], 7])
def test_models_that_returns_no_cards_is_refused(cards):
    assert only_fault(host_with(models=lambda: cards)).plugin == "toy"


def test_a_refused_plugin_answers_with_its_fault_and_the_others_live_on():
    host = host_with(name="bad", models=lambda: 1 / 0)
    host.register("toy", plugin(models=offers(CARD), infer=hears))
    assert len(infer(host)) == 2
    with pytest.raises(PluginError, match=r"“bad” is switched off.*`models`: ZeroDivisionError"):
        host.cards("bad")


def heard(**changed):
    return Heard(**{"scores": np.array([0.5, 0.5], np.float32)} | changed)


def grid(count, columns=2, level=0.5):
    return np.full((count, columns), level, np.float32)


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (None, "sequence"),
        (["no", "no"], "sequence"),
        ([heard()], "1 answer for 2 clips"),
        ([heard()] * 3, "3 answers for 2 clips"),
        ([heard(scores=np.zeros(3))] * 2, "shape"),
        ([heard(scores=np.zeros((1, 2)))] * 2, "shape"),
        ([heard(scores=np.array([0.5, 1.1]))] * 2, "1.1"),
        ([heard(scores=np.array([-0.1, 0.5]))] * 2, "-0.1"),
        ([heard(scores=np.array([np.nan, 0.5]))] * 2, "NaN"),
        ([heard(scores=np.array([np.inf, 0.5]))] * 2, "infinite"),
        ([heard(scores="loud")] * 2, "numbers"),
        ([heard(frames=grid(10, 3), hop=0.1)] * 2, "shape"),
        ([heard(frames=np.zeros(10), hop=0.1)] * 2, "shape"),
        ([heard(frames=grid(10, level=7), hop=0.1)] * 2, "frames run"),
        ([heard(frames=grid(10))] * 2, "hop"),
        ([heard(frames=grid(10), hop=0.0)] * 2, "hop"),
        ([heard(frames=grid(10), hop=0.2)] * 2, "do not cover"),
        ([heard(frames=grid(0), hop=0.1)] * 2, "shape"),
        ([heard(embedding=np.full(4, np.nan))] * 2, "embedding"),
        ([heard(embedding=np.zeros((2, 2)))] * 2, "embedding"),
    ],
)
def test_answers_out_of_contract_are_refused(answers, word):
    host = host_with(infer=lambda model, clips, want: answers)
    with pytest.raises(PluginError, match=word) as refused:
        infer(host)
    assert (refused.value.plugin, refused.value.hook) == ("toy", "infer")


def test_a_timeline_that_is_promised_must_come():
    draws = replace(CARD, draws_timeline=True)
    host = host_with(models=offers(draws))
    with pytest.raises(PluginError, match="timeline"):
        infer(host, card=draws)
    assert infer(host, card=draws, want=Want(frames=False))


def test_an_embedding_that_is_promised_must_come():
    embeds = replace(CARD, embeds=True)
    with pytest.raises(PluginError, match="embeds"):
        infer(host_with(models=offers(embeds)), card=embeds, want=Want(embedding=True))


def test_rounding_beyond_one_is_brought_back():
    host = host_with(infer=lambda model, clips, want: [heard(scores=np.array([1.000001, -1e-7]))] * 2)
    assert infer(host)[0].scores.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_whatever_a_hook_raises_becomes_a_plugin_error_that_names_it(error):
    def fail(model, clips, want):
        raise error

    with pytest.raises(PluginError, match=f"“toy” failed in its hook `infer`: {type(error).__name__}"):
        infer(host_with(infer=fail))


def test_an_error_meant_for_the_person_passes_through():
    def refuse(model_id, checkpoint, device, precision):
        raise CheckpointError("These weights are for 5 labels, this model has 2.")

    with pytest.raises(CheckpointError, match="5 labels"):
        infer(host_with(load=refuse))


def test_a_load_that_returns_nothing_is_refused():
    with pytest.raises(PluginError, match="`load`"):
        infer(host_with(load=lambda model_id: None))


def test_a_model_without_its_weights_refuses_and_says_how_to_get_them():
    card = replace(CARD, weights=(Weights(name="w", url="https://example.org/w", source="https://example.org"),))
    host = host_with(models=offers(card), load=lambda model_id: pytest.fail("loaded without weights"))
    with pytest.raises(CheckpointError, match="earmark models import FILE --as model --plugin toy"):
        host.load(card, None, "cpu", "fp32")


def test_load_is_told_the_card_whose_network_the_checkpoint_has(tmp_path):
    seen = []
    host = host_with(load=lambda model_id, checkpoint: seen.append((model_id, checkpoint.labels)) or "network")
    mine = replace(CARD, model_id="toy/mine", labels=("cat", "dog"))
    checkpoint = Checkpoint(path=tmp_path, model_id="toy/model", labels=("cat", "dog"))
    assert host.load(mine, checkpoint, "cpu", "fp32") == "network"
    assert seen == [("toy/model", ("cat", "dog"))]


@pytest.mark.parametrize("request_to_end", [Stopped, Cancelled])
def test_stopped_and_cancelled_pass_through_train(request_to_end, tmp_path):
    def train(job, run):
        raise request_to_end

    host = host_with(models=offers(replace(CARD, trainable=True)), train=train)
    job = TrainJob(job_id="j", model_id="toy/model", folder=tmp_path, labels=("a",), examples=())
    with pytest.raises(request_to_end):
        host.train(job, run=None)  # type: ignore[arg-type]


def test_convert_must_write_what_it_says(tmp_path):
    checkpoint = Checkpoint(path=tmp_path, model_id="toy/model", labels=("a",))
    host = host_with(convert=lambda path, labels, folder: checkpoint)
    with pytest.raises(PluginError, match=r"network\.safetensors"):
        host.convert("toy", tmp_path / "a.ckpt", None, tmp_path)


def test_a_hook_that_a_plugin_does_not_have_is_named(tmp_path):
    with pytest.raises(PluginError, match="no hook `convert`"):
        host_with().convert("toy", tmp_path / "a.ckpt", None, tmp_path)


def test_an_unknown_plugin_is_an_error_with_a_hint():
    with pytest.raises(PluginError, match="earmark plugins list"):
        Host().cards("nobody")


def test_every_call_of_foreign_code_is_announced(install):
    from contextlib import contextmanager

    calls: list[Call] = []

    @contextmanager
    def note(call):
        calls.append(call)
        yield

    host = Host(note)
    host.install([Entry(install(), "toy_toy_module", "toy")])
    card = host.cards("toy")[0]
    clip = Clip(samples=np.zeros(2000, np.float32), sample_rate=1000)
    host.infer(card, host.load(card, None, "cpu", "fp32"), [clip], Want(), what="“a.wav”")
    assert calls == [Call("toy", "import"), Call("toy", "models"), Call("toy", "infer", "toy/model", "“a.wav”")]


@pytest.mark.parametrize(
    "line", ["import nothing_of_that_name", "1 / 0", "raise SystemExit(3)", "def f(:", "raise KeyboardInterrupt"]
)
def test_a_plugin_that_cannot_be_imported_is_refused_and_the_others_live_on(install, line):
    host = Host()
    entries = [Entry(install(line, name="bad"), "bad_bad_module", "bad"), Entry(install(), "toy_toy_module", "toy")]
    host.install(entries)
    assert "could not be imported" in only_fault(host).sentence
    assert (only_fault(host).plugin, only_fault(host).hook) == ("bad", "import")
    assert host.plugins() == ["toy"]


def test_every_error_of_the_host_is_one_sentence_for_a_person():
    host = host_with(models=lambda: 1 / 0)
    assert isinstance(only_fault(host), EarmarkError)
    assert only_fault(host).sentence.count(". ") == 0
    assert only_fault(host).hint
