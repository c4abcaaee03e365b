"""The page of the documentation says what the table says, and the table's arithmetic is right."""

import pytest

from tests.hand.goals import PAGE, WAYS, page
from tests.hand.keystrokes import effort_of


def test_the_page_is_written_from_the_table():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.hand.goals`"


@pytest.mark.parametrize("key", WAYS)
def test_the_reached_figures_are_those_of_the_way(key):
    effort = effort_of(WAYS[key].tokens)

    assert (effort.actions, effort.klm_s) == WAYS[key].reached
