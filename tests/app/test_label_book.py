"""The labels a person judges with."""

from __future__ import annotations

import json

from earmark.label_book import LabelBook, clean, same_label

MODEL = ("dog_bark", "rain", "speech")


def test_a_label_typed_as_it_is_shown_is_the_models_own():
    book = LabelBook()
    assert book.use("Dog bark", MODEL) == "dog_bark"
    assert book.own == []


def test_a_label_nobody_knows_becomes_ones_own_and_is_offered_first():
    book = LabelBook()
    assert book.use("  red\tdeer ", MODEL) == "red deer"
    assert book.use("Red Deer", MODEL) == "red deer"
    assert book.own == ["red deer"]
    assert list(book.offers(MODEL)) == ["Used last", "The model's"]


def test_offers_hold_what_was_typed_and_name_each_label_once():
    book = LabelBook()
    book.use("rain", MODEL)
    assert book.offers(MODEL, "ra") == {"Used last": ["rain"]}
    assert book.offers(MODEL, "dog b") == {"The model's": ["dog_bark"]}
    assert book.offers(MODEL, "whale") == {}


def test_number_keys_follow_the_lanes_and_stay_with_their_labels():
    book = LabelBook()
    book.follow(["speech", "rain"])
    book.follow(["dog_bark", "speech", "rain"])
    assert book.numbered() == {1: "speech", 2: "rain", 3: "dog_bark"}
    book.restart()
    book.follow(["rain"])
    assert book.numbered() == {1: "rain"}


def test_a_key_that_a_person_gave_stays_and_the_other_label_takes_the_free_one():
    book = LabelBook()
    book.follow(["speech", "rain"])
    book.pin(1, "rain")
    assert book.numbered() == {1: "rain", 2: "speech"}
    book.restart()
    book.follow(["dog_bark"])
    assert book.numbered() == {1: "rain", 2: "dog_bark"}


def test_only_nine_labels_have_keys():
    book = LabelBook()
    book.follow([f"label {number}" for number in range(20)])
    assert list(book.numbered()) == list(range(1, 10))


def test_the_book_is_kept_as_json_and_what_is_odd_in_it_is_left_out():
    book = LabelBook()
    book.use("red deer", MODEL)
    book.pin(3, "red deer")
    kept = LabelBook.from_plain(json.loads(json.dumps(book.as_plain())))
    assert (kept.own, kept.recent, kept.numbered()) == (["red deer"], ["red deer"], {3: "red deer"})
    odd = LabelBook.from_plain({"own": [1, "", "x"], "recent": "y", "numbers": {"12": "a", "2": 3, "4": "b"}})
    assert (odd.own, odd.recent, odd.numbered()) == (["x"], [], {4: "b"})
    assert LabelBook.from_plain(None).own == []


def test_a_forgotten_label_leaves_its_key_free():
    book = LabelBook()
    book.use("red deer", ())
    book.pin(1, "red deer")
    book.forget("red deer")
    assert (book.own, book.recent, book.numbered()) == ([], [], {})


def test_labels_are_cleaned_and_compared_as_they_are_read():
    assert clean(" a \n b\u200b ") == "a b"
    assert same_label("Dog_Bark", "dog bark")
