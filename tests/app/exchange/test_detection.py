"""Label files are recognised by what they say, in any encoding, and each line that cannot be read is named."""

from __future__ import annotations

import pytest

from earmark import exchange
from earmark.errors import DatasetError

BIRDNET_TABLE = (
    "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tCommon Name\tSpecies Code"
    "\tConfidence\tBegin Path\tFile Offset (s)\n"
    "1\tSpectrogram 1\t1\t0\t3\t0\t15000\tAmsel\teurbla\t0.5\t/x/a.wav\t0\n"
    "2\tSpectrogram 1\t1\t63\t66\t0\t15000\tAmsel\teurbla\t0.5\t/x/b.wav\t3.0\n"
    "1\tSpectrogram 1\t1\t0\t3\t0\t15000\tnocall\tnocall\t1.0\t/x/c.wav\t0\n"
)
KALEIDOSCOPE = (
    "INDIR,FOLDER,IN FILE,OFFSET,DURATION,scientific_name,common_name,confidence,lat\n"
    "/x,site,a.wav,1.5,3.0,Turdus merula,Amsel,0.5,-1\n"
)
# name: (format, text, what the first recording's first event is)
FILES = {
    "audacity": ("audacity", "0.5\t1.5\tAmsel\n", ("", "Amsel", 0.5, 1.5, None)),
    "audacity, points": ("audacity", "0.5\t0.5\tclick\n", ("", "click", 0.5, 0.5, None)),
    "audacity, decimal comma": ("audacity", "0,5\t1,5\tAmsel\n", ("", "Amsel", 0.5, 1.5, None)),
    "audacity, of BirdNET": ("audacity", "0\t3\tTurdus merula, Amsel\t0.5\n", ("", "Amsel", 0.0, 3.0, 0.5)),
    "label file with spaces": ("audacity", "0.5 1.5 dog bark\n", ("", "dog bark", 0.5, 1.5, None)),
    "raven, of BirdNET": ("raven", BIRDNET_TABLE, ("/x/a.wav", "Amsel", 0.0, 3.0, 0.5)),
    "raven lite": (
        "raven",
        "Selection\tView\tBegin Time (s)\tEnd Time (s)\tAnnotation\n1\tSpectrogram 1\t0.5\t1.5\tAmsel\n",
        ("", "Amsel", 0.5, 1.5, None),
    ),
    "csv of BirdNET": (
        "csv",
        "Start (s),End (s),Scientific name,Common name,Confidence,File\n0.5,3,Turdus merula,Amsel,0.5,a.wav\n",
        ("a.wav", "Amsel", 0.5, 3.0, 0.5),
    ),
    "csv with semicolons": (
        "csv",
        "Start (s);End (s);Common name;Confidence;File\n0,5;3,0;Amsel;0,5;a.wav\n",
        ("a.wav", "Amsel", 0.5, 3.0, 0.5),
    ),
    "csv for R": (
        "csv",
        "filepath,start,end,common_name,confidence\na.wav,0.5,3,Amsel,0.5\n",
        ("a.wav", "Amsel", 0.5, 3.0, 0.5),
    ),
    "regions of Sonic Visualiser": ("csv", "TIME,VALUE,DURATION,LABEL\n0.5,1,1.0,dog\n", ("", "dog", 0.5, 1.5, None)),
    "commas without a header": ("dcase", "0.5,1.5,dog\n", ("", "dog", 0.5, 1.5, None)),
    "kaleidoscope": ("csv", KALEIDOSCOPE, ("/x/site/a.wav", "Amsel", 1.5, 4.5, 0.5)),
    "desed": (
        "dcase",
        "filename\tonset\toffset\tevent_label\na.wav\t0.5\t1.5\tdog\n",
        ("a.wav", "dog", 0.5, 1.5, None),
    ),
    "sed_eval": ("dcase", "a.wav\t0.5\t1.5\tdog\n", ("a.wav", "dog", 0.5, 1.5, None)),
    "sed_eval with scenes": ("dcase", "a.wav\thome\t0.5\t1.5\tdog\n", ("a.wav", "dog", 0.5, 1.5, None)),
}


def first_event(reading):
    labelled = reading.recordings[0]
    event = labelled.events[0]
    return labelled.file, event.label, event.onset, event.offset, event.score


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("kind", FILES)
def test_every_kind_is_recognised_in_every_encoding(tmp_path, kind, encoding):
    format_name, text, expected = FILES[kind]
    (tmp_path / "labels").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    reading = exchange.read_any(tmp_path / "labels")
    assert (reading.format_name, reading.skipped) == (format_name, ())
    assert first_event(reading) == expected


def test_latin_letters_are_read(tmp_path):
    (tmp_path / "labels.txt").write_bytes("0.5\t1.5\tGrünspecht\n".encode("latin-1"))
    assert first_event(exchange.read_any(tmp_path / "labels.txt"))[1] == "Grünspecht"


@pytest.mark.parametrize("name", exchange.FORMATS)
def test_what_earmark_writes_is_recognised(tmp_path, plain_document, name):
    (path,) = exchange.write(name, [plain_document], tmp_path)
    assert exchange.detect(path.rename(tmp_path / "renamed")) == name


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"Dear sir,\nhow are you\n", "in no format of labels that Earmark knows. It begins with “Dear sir,”"),
        (b"\n \n", "is empty"),
        (b"RIFF\x00\x00\x00\x00WAVE", "cannot be read as labels. It is no text"),
        (b'{"hello": 1}', "in no format"),
        (b"{broken", "in no format"),
        (b'{"a":' * 100_000, "in no format"),
        (b"name,age\nAnna,3\n", "in no format"),
    ],
)
def test_what_is_no_list_of_labels_is_refused_with_a_sentence(tmp_path, content, sentence):
    (tmp_path / "odd.txt").write_bytes(content)
    with pytest.raises(DatasetError) as refused:
        exchange.detect(tmp_path / "odd.txt")
    assert sentence in str(refused.value)


def test_a_recording_is_not_taken_for_labels(tmp_path):
    (tmp_path / "a.wav").write_text("0.5\t1\tdog\n")
    with pytest.raises(DatasetError, match="is a recording"):
        exchange.detect(tmp_path / "a.wav")


def test_lines_that_cannot_be_read_are_named_and_the_others_kept(tmp_path):
    (tmp_path / "t.txt").write_text("0.5\t1\tdog\nthree\tfour\tcat\n\n3\t2\tbackwards\n-1\t2\tbefore\n4\t5\tbird\n")
    reading = exchange.read_any(tmp_path / "t.txt")
    assert [event.label for event in reading.recordings[0].events] == ["dog", "bird"]
    assert [str(remark) for remark in reading.skipped] == [
        "Line 2: It does not begin with two times.",
        "Line 4: It ends before it begins.",
        "Line 5: It begins before the recording.",
    ]


def test_frequencies_of_a_line_that_was_skipped_go_with_it(tmp_path):
    (tmp_path / "t.txt").write_text("0.5\t1\tdog\n3\t2\tbackwards\n\\\t100\t200\n")
    (event,) = exchange.read_any(tmp_path / "t.txt").recordings[0].events
    assert (event.low, event.high) == (None, None)


def test_a_score_on_another_scale_is_left_out_and_said(tmp_path):
    (tmp_path / "t.csv").write_text("start,end,label,score\n0,1,dog,97\n")
    reading = exchange.read_any(tmp_path / "t.csv")
    assert first_event(reading)[4] is None
    assert "97, is not between 0 and 1" in str(reading.remarks[0])


def test_ravens_times_that_run_on_are_taken_within_each_recording(tmp_path):
    (tmp_path / "t.txt").write_text(BIRDNET_TABLE)
    _, two, silent = exchange.read_any(tmp_path / "t.txt").recordings
    assert (two.file, two.events[0].onset, two.events[0].offset) == ("/x/b.wav", 3.0, 6.0)
    assert (silent.file, silent.events) == ("/x/c.wav", ())


def test_ravens_times_that_run_on_without_a_word_where_are_not_guessed(tmp_path):
    header = "Selection\tBegin Time (s)\tEnd Time (s)\tBegin File\tSpecies\n"
    (tmp_path / "t.txt").write_text(f"{header}1\t1\t2\ta.wav\tdog\n2\t61\t62\tb.wav\tdog\n")
    reading = exchange.read_any(tmp_path / "t.txt")
    assert [labelled.file for labelled in reading.recordings] == ["a.wav"]
    assert "Line 3: Its time runs on" in str(reading.skipped[0])


def test_strong_and_weak_lists_are_read_and_silence_is_kept(tmp_path):
    (tmp_path / "s.tsv").write_text("filename\tonset\toffset\tevent_label\na.wav\t0\t1\tDog\nb.wav\t\t\t\n")
    (tmp_path / "w.tsv").write_text("filename\tevent_labels\na.wav\tSpeech,Dog\n")
    assert [len(each.events) for each in exchange.read_any(tmp_path / "s.tsv").recordings] == [1, 0]
    assert exchange.read_any(tmp_path / "w.tsv").recordings[0].tags == (("Speech", None), ("Dog", None))


def test_times_past_a_day_and_of_a_clock_are_read(tmp_path):
    (tmp_path / "t.txt").write_text("86401.5\t86402.25\towl\n24:00:03.5\t24:00:04\towl\n")
    one, two = exchange.read_any(tmp_path / "t.txt").recordings[0].events
    assert (one.onset, two.onset, two.offset) == (86401.5, 86403.5, 86404.0)


@pytest.mark.parametrize(
    "text",
    [
        'start,end,label\n0,1,"' + "x" * 200_000,
        "start,end,label\n0,1\n,,\n",
        '{"version": 1, "events": 5}',
        '{"annotations": [1], "sandbox": {}}',
    ],
)
def test_a_file_that_only_looks_like_labels_is_refused_or_its_lines_left_out(tmp_path, text):
    (tmp_path / "odd").write_text(text)
    try:
        reading = exchange.read_any(tmp_path / "odd")
    except DatasetError:
        return
    assert reading.skipped
    assert not any(labelled.events for labelled in reading.recordings)
