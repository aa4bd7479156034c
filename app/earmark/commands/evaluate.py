"""`earmark evaluate`: how good models are on recordings whose labels are known."""

from __future__ import annotations

from pathlib import Path

import click

SIDES = ("train", "validate", "test", "all")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evaluate")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--model", "models", multiple=True, metavar="M", help="A model, as `earmark models list` names it; may be repeated."
)
@click.option("--kind", metavar="K", help="How the folder is laid out, where that is not clear.")
@click.option("--split", type=click.Choice(SIDES), help="Which clips [test, where the data set says which these are].")
@click.option("--fold", "folds", multiple=True, metavar="N", help="Evaluate on this fold; may be repeated, or 1,2.")
@click.option("--events", type=FILE, metavar="TSV", help="True events of the recordings in FOLDER.")
@click.option(
    "--predictions",
    type=FILE,
    metavar="TSV",
    help="Score these events, or clips' scores (a column for each label); no model is run.",
)
@click.option(
    "--protocol",
    type=click.Choice(["earmark", "htsat"]),
    default="earmark",
    help="htsat: as HTS-AT was judged on DESED [earmark].",
)
@click.option(
    "--labels-map", type=FILE, metavar="CSV", help="The data set's label, the model's label; several rows: any."
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1), metavar="X", help="One for all labels, for events and recall."
)
@click.option(
    "--collar", type=click.FloatRange(0, min_open=True), default=0.2, metavar="S", help="For event F1 [0.2 s]."
)
@click.option("--pool", type=click.Choice(["max", "mean"]), default="max", help="How tags are made of windows [max].")
@click.option("--embeddings", is_flag=True, help="Also judge the model's embeddings.")
@click.option(
    "--map", "picture", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Their map, PNG or SVG."
)
@click.option("--seed", type=int, default=0, metavar="N", help="For k-means and UMAP [0].")
@click.option("--format", "format_name", type=click.Choice(["json"]), help="Instead of tables for people.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Also write JSON and found events there.",
)
@click.option("--device", metavar="D", help="auto, cpu, cuda, cuda:N or mps.")
@click.option(
    "--precision", type=click.Choice(["fp32", "bf16", "fp16"]), help="fp32 gives the same scores on any machine."
)
@click.option("--again", is_flag=True, help="Also analyse what the library knows.")
def command(**chosen: object) -> int:
    """Tell how good models are on labelled recordings.

    FOLDER is a folder for each class, ESC-50, Speech Commands, AudioSet, VGGSound, UrbanSound8K, BirdCLEF, DESED or
    DCASE lists, a table, or recordings with labels beside them.
    """
    from earmark.commands.evaluate_choice import Choice
    from earmark.commands.evaluate_run import evaluate

    return evaluate(Choice(**chosen))  # type: ignore[arg-type]  # click has checked them
