"""Asking many times whether a span lies in joined spans gives what `covers` gives."""

from hypothesis import given
from hypothesis import strategies as st

from incisor.kernel.spans import covers, joined, lies_in

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))), max_size=8)


@given(SPANS, st.integers(0, 60), st.integers(1, 30))
def test_lies_in_agrees_with_covers(spans, start, length):
    wanted = (start, start + length)

    assert lies_in(joined(spans), wanted) == covers(spans, wanted)
