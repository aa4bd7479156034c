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
        'dog\n"rain, heavy"\nspeech\n',
        '0,dog\n2,speech\n1,"rain, heavy"\n',
        '0,/m/1,dog\n1,/m/2,"rain, heavy"\n2,/m/3,speech\n',
        "1;dog\n2;rain, heavy\n3;speech\n",
        'number,species\n0,dog\n1,"rain, heavy"\n2,speech\n',
        'dog,0\n"rain, heavy",1\nspeech,2\n',
        ',label\n0,dog\n1,"rain, heavy"\n2,speech\n',
        'filename,target,category\na,2,speech\nb,0,dog\nc,1,"rain, heavy"\nd,0,dog\n',
    ],
)
def test_a_list_and_a_table_give_the_same_labels(tmp_path, text):
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_labels(path) == ("dog", "rain, heavy", "speech")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_labels_in_any_encoding_are_read(tmp_path, encoding):
    path = tmp_path / "labels.txt"
    path.write_text("Türklingel\nRegen\n", encoding=encoding)
    assert read_labels(path) == ("Türklingel", "Regen")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"", "names no labels"),
        (b"label,note\ndog,a\n,b\n", "leaves one empty"),
        (b"dog\nrain\ndog\n", "dog twice"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "cannot be read"),
        (bytes(range(1, 256)) * 9, "cannot be read"),
        (b'"' + b"a" * 200_000, "cannot be read"),
        (b"0,dog\n2,rain\n", "1 is missing"),
        (b"0,dog\n0,rain\n", "number 0 to two labels"),
    ],
)
def test_what_cannot_be_a_list_of_labels_is_refused(tmp_path, written, said):
    path = tmp_path / "labels.txt"
    path.write_bytes(written)
    with pytest.raises(CheckpointError, match=said):
        read_labels(path)
