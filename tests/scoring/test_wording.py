"""A word follows how many there are."""

import pytest

from scoring.errors import Sentence
from scoring.wording import worded


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 row was"),
        ("1", "1 row was"),
        ("+1", "+1 row was"),
        (0, "0 rows were"),
        (2, "2 rows were"),
        (11, "11 rows were"),
        ("1,001", "1,001 rows were"),
        ("0.1", "0.1 rows were"),
    ],
)
def test_a_word_follows_how_many_there_are(count, said):
    assert worded("{n} {n:row was|rows were}", {"n": count}) == said


def test_what_is_said_of_a_count_holds_no_other_sign_of_a_template():
    assert worded("{n:,} {n:row|rows} of {name!r}", {"n": 1000, "name": "{n:a|b}"}) == "1,000 rows of '{n:a|b}'"
    assert worded("a|b {n:,}", {"n": 1000}) == "a|b 1,000"


def test_a_refusal_is_worded_alike():
    assert str(Sentence("{rows:,} {rows:row|rows}", rows=1)) == "1 row"
