"""Labels as people keep them."""

import pytest

from earmark.errors import CheckpointError
from earmark.label_file import read_labels


@pytest.mark.parametrize(
    "text",
    [
        "dog\nrain, heavy\nspeech\n",
        'index,mid,display_name\n0,/m/1,dog\n1,/m/2,"rain, heavy"\n2,/m/3,speech\n',
        'index,mid,display_name\n2,/m/3,speech\n0,/m/1,dog\n1,/m/2,"rain, heavy"\n',
        "label\tnote\ndog\ta\nrain, heavy\tb\nspeech\tc\n",
        "\ufeffdog\r\nrain, heavy\r\n\r\nspeech",
    ],
)
def test_a_list_and_a_table_give_the_same_labels(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_labels(path) == ("dog", "rain, heavy", "speech")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "names no labels"),
        (b"label\ndog\n\n,\n", "leaves one empty"),
        (b"dog\nrain\ndog\n", "dog twice"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_what_cannot_be_a_list_of_labels_is_refused(tmp_path, written, said):
    path = tmp_path / "labels.txt"
    path.write_bytes(written)
    with pytest.raises(CheckpointError, match=said):
        read_labels(path)
