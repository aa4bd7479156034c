"""The models that are loaded, the few last used."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from earmark.api import Checkpoint, ModelCard
from earmark.checkpoints import read_checkpoint
from earmark.device import Device, release_memory
from earmark.engine.pace import Pace
from earmark.engine.trust import doubt_of
from earmark.host import Host

KEPT = 3  # a comparison of two and one for live


@dataclass
class LoadedModel:
    """A model in memory, and what was learnt of it by using it.

    Attributes:
        frame_hop: seconds between its frames; None until it has answered once, or where it has none.
        doubt: why it is not to be trusted here, in a sentence; mostly empty.
    """

    card: ModelCard
    model: object
    checkpoint: Checkpoint | None
    precision: str
    pace: Pace = field(default_factory=Pace)
    frame_hop: float | None = None
    doubt: str = ""


class LoadedModels:
    """Loads models through the host, keeps those last used, and lets go of the others."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._kept: OrderedDict[tuple[str, str, str, str], LoadedModel] = OrderedDict()

    def get(
        self, card: ModelCard, folder: Path | None, device: Device, precision: str, *, together: int = 1
    ) -> LoadedModel:
        """Return the model with the checkpoint in `folder`; its hash is compared when it is loaded.

        Args:
            together: models that are used in turns, this among them: so many and one more are kept.
        """
        checkpoint = read_checkpoint(folder) if folder else None
        key = (card.model_id, checkpoint.sha256 if checkpoint else "", device.name, precision)
        if key not in self._kept:
            self._make_room(max(KEPT, together + 1))
            if folder:
                checkpoint = read_checkpoint(folder, verify=True)
            model = self._host.load(card, checkpoint, device.name, precision)
            doubt = doubt_of(self._host, card, model, checkpoint, device.name, precision) if checkpoint else ""
            self._kept[key] = LoadedModel(card, model, checkpoint, precision, doubt=doubt)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _make_room(self, most: int) -> None:
        if len(self._kept) >= most:
            self._kept.popitem(last=False)
            release_memory()
