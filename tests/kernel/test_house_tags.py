"""Stretches of time as people say them."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from incisor.kernel.templatetags.house import stretch


@pytest.mark.parametrize(
    ("starts", "ends", "text"),
    [
        ((2026, 12, 1, 16), (2026, 12, 2, 16), "2026年12月2日"),
        ((2026, 12, 1, 16), (2026, 12, 4, 16), "2026年12月2日 – 2026年12月4日"),
        ((2026, 12, 2, 1), (2026, 12, 2, 4, 30), "2026年12月2日 09:00–12:30"),
        ((2026, 12, 2, 1), (2026, 12, 3, 4), "2026年12月2日 09:00 – 2026年12月3日 12:00"),
    ],
)
def test_stretch(starts, ends, text):
    with translation.override("zh-hans"):
        assert stretch(datetime(*starts, tzinfo=UTC), datetime(*ends, tzinfo=UTC), "Asia/Shanghai") == text
