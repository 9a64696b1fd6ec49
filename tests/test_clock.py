import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from git_ctx import clock


@pytest.fixture(autouse=True)
def zone_put_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Tokyo", 9), ("ABC-5", 5), ("ABC-99", 0), ("nonsense", 0)])
def test_it_is_now_in_any_time_zone(monkeypatch: pytest.MonkeyPatch, zone: str, hours: int) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    told = clock.now()
    assert told.utcoffset() == timedelta(hours=hours)
    assert abs(told.timestamp() - time.time()) < 60
