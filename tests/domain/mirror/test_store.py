"""The store keeps every row until it is forgotten, and counts none twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.energy_park.mirror.batch import (
    Batch,
    Reading,
    ReadingBatch,
    Record,
    ThinnedBatch,
)
from custom_components.energy_park.mirror.rows import Series, SubjectKind
from custom_components.energy_park.mirror.store import Store
from custom_components.energy_park.mirror.thinning import HOUR_US, QUARTER_US, Thinned

START_US = 1_795_132_800_000_000
SERIES = [Series(SubjectKind.SOCKET, f"plug_{n}", "power_w", "W") for n in range(3)]


def readings(first: int, count: int, step_us: int = 10_000_000) -> list[Reading]:
    return [
        (SERIES[index % 3], START_US + index * step_us, float(index), 0)
        for index in range(first, first + count)
    ]


def tell(thinned: Thinned) -> Record:
    """Tell of a thinning as an event."""
    return ("event", 0, "", f'{{"readings": {thinned.readings}}}')


def frames(count: int, step_us: int = 60_000_000) -> list[Record]:
    return [
        ("meter_frame", START_US + index * step_us, "meter", f'{{"n": {index}}}')
        for index in range(count)
    ]


@contextmanager
def opened(path: Path | None) -> Iterator[Store]:
    store = Store(path)
    try:
        yield store
    finally:
        store.close()


class Database:
    """What a database would hold: readings by key, sums of hours by part."""

    def __init__(self) -> None:
        self.values: set[float] = set()
        self.sums: dict[int, tuple[int, float]] = {}

    def take(self, batch: Batch | None) -> None:
        if isinstance(batch, ReadingBatch):
            self.values |= set(batch.value)
        elif isinstance(batch, ThinnedBatch):
            for part, group in zip(batch.numbers, batch.groups, strict=True):
                self.sums.setdefault(part, (group[2], group[3]))

    @property
    def count(self) -> int:
        return len(self.values) + sum(count for count, _ in self.sums.values())

    @property
    def total(self) -> float:
        return sum(self.values) + sum(total for _, total in self.sums.values())


class Site:
    """A store that things happen to; what it sends may be lost on the way back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store(path)
        self.database = Database()
        self.offered = 0

    def do(self, step: str, size: int) -> Batch | None:
        """Do one thing; return the batch that was sent, if it is one."""
        match step:
            case "append":
                self.store.append(readings(self.offered, size), ())
                self.offered += size
            case "take_live" | "take_backlog" | "take_thinned" | "take_records":
                batch: Batch | None = getattr(self.store, step)(size)
                self.database.take(batch)
                return batch
            case "reopen":
                self.store.close()
                self.store = Store(self.path)
            case "thin":
                self.store.thin(tell)
            case _:
                self.store.rewind()
        return None

    def drain(self) -> None:
        self.store.rewind()
        for step in ("take_thinned", "take_backlog", "take_records"):
            while (batch := self.do(step, 50)) is not None:
                self.store.forget(batch)


TAKES = ["take_live", "take_backlog", "take_thinned"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["append", "rewind", "thin", "reopen", *TAKES]),
        st.integers(1, 40),
        st.booleans(),
    ),
    max_size=30,
)


@settings(deadline=None, max_examples=40)
@given(STEPS)
def test_whatever_happens_each_reading_is_counted_once(
    steps: list[tuple[str, int, bool]],
) -> None:
    with TemporaryDirectory() as directory:
        site = Site(Path(directory) / "spool.sqlite")
        try:
            for step, size, confirmed in steps:
                batch = site.do(step, size)
                if batch is not None and confirmed:
                    site.store.forget(batch)
            site.drain()
            assert site.store.waiting == 0
        finally:
            site.store.close()
    assert site.database.count == site.offered
    assert site.database.total == sum(range(site.offered))


def test_rows_survive_and_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    with opened(path) as store:
        store.append(readings(0, 10), frames(3))
    with opened(path) as store:
        assert store.waiting == 13
        batch = store.take_backlog(100)
        assert batch is not None
        assert list(batch.value) == list(range(10))
        assert [store.series[number] for number in batch.series[:3]] == SERIES
        records = store.take_records(100)
        assert records is not None
        assert list(records.body) == [body for *_, body in frames(3)]


def test_what_is_forgotten_does_not_come_back(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    with opened(path) as store:
        store.append(readings(0, 10), frames(1))
        batch = store.take_live(6)
        records = store.take_records(10)
        assert batch is not None
        assert records is not None
        store.forget(batch)
        store.forget(records)
    with opened(path) as store:
        assert store.waiting == 4
        left = store.take_backlog(10)
        assert left is not None
        assert list(left.value) == [6, 7, 8, 9]


def test_what_comes_after_a_rewind_is_live_and_what_was_there_is_not() -> None:
    with opened(None) as store:
        store.append(readings(0, 5), ())
        store.rewind()
        assert store.take_live(10) is None
        store.append(readings(5, 2), ())
        live = store.take_live(10)
        backlog = store.take_backlog(10)
        assert live is not None
        assert backlog is not None
        assert list(live.value) == [5, 6]
        assert list(backlog.value) == [0, 1, 2, 3, 4]


def test_fresh_records_do_not_wait_behind_old_frames() -> None:
    def taken(limit: int) -> list[str]:
        batch = store.take_records(limit)
        return [] if batch is None else list(batch.body)

    old = [body for *_, body in frames(5)]
    with opened(None) as store:
        store.append((), frames(5))
        store.rewind()
        store.append((), [("event", START_US, "", "first")])
        assert taken(2) == ["first"]
        assert taken(2) == old[:2]
        store.append((), [("event", START_US, "", "second")])
        assert taken(2) == ["second"]
        assert taken(10) == old[2:]
        assert taken(10) == []


def test_a_backlog_comes_with_its_sums_by_quarter_of_an_hour() -> None:
    with opened(None) as store:
        store.append(readings(0, 600), ())
        store.rewind()
        batch = store.take_backlog(1_000)
        assert batch is not None
        assert sum(group[2] for group in batch.groups) == 600
        assert sum(group[3] for group in batch.groups) == sum(range(600))
        assert all(group[1] % QUARTER_US == 0 for group in batch.groups)


def test_thinning_keeps_sums_extremes_and_counts() -> None:
    with opened(None) as store:
        store.append(readings(0, 720), ())
        thinned = store.thin(tell)
        assert thinned.readings == 720
        assert (thinned.first_us, thinned.last_us) == (START_US, START_US + 2 * HOUR_US)
        assert store.take_live(10) is None
        batch = store.take_thinned(100)
        assert batch is not None
        assert len(batch) == 2 * len(SERIES) == store.waiting - 1
        sums = [group for group in batch.groups if store.series[group[0]] == SERIES[0]]
        first, second = sorted(sums, key=lambda group: group[1])
        assert first[1:] == (START_US, 120, sum(range(0, 360, 3)), 0.0, 357.0)
        assert second[1:] == (
            START_US + HOUR_US,
            120,
            sum(range(360, 720, 3)),
            360,
            717,
        )


def test_readings_that_may_have_arrived_are_not_thinned(tmp_path: Path) -> None:
    path = tmp_path / "spool.sqlite"
    with opened(path) as store:
        store.append(readings(0, 100), ())
        assert store.take_live(30) is not None
    with opened(path) as store:
        assert store.thin(tell).readings == 70
        left = store.take_backlog(100)
        assert left is not None
        assert list(left.value) == list(range(30))


def test_of_the_frames_the_last_of_each_hour_stays() -> None:
    with opened(None) as store:
        store.append((), frames(150))
        assert store.thin(tell).frames == 147
        batch = store.take_records(100)
        assert batch is not None
        left = [f'{{"n": {n}}}' for n in (59, 119, 149)]
        assert list(batch.body) == [*left, '{"readings": 0}']
        assert not store.thin(tell)


def test_events_are_never_thinned() -> None:
    with opened(None) as store:
        store.append((), [("event", START_US, "", "{}")] * 50)
        assert not store.thin(tell)
        assert store.waiting == 50


def test_room_is_given_back(tmp_path: Path) -> None:
    with opened(tmp_path / "spool.sqlite") as store:
        empty = store.used_bytes
        store.append(readings(0, 20_000), ())
        assert 15 < (store.used_bytes - empty) / 20_000 < 40
        while (batch := store.take_live(5_000)) is not None:
            store.forget(batch)
        store.tidy()
        assert store.used_bytes < empty + 20_000
        store.shrink()
        assert (tmp_path / "spool.sqlite").stat().st_size < empty + 400_000


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "spool.sqlite") as store:
        store.append(readings(0, 2), ())
        with pytest.raises(Exception, match="parameter"):
            store.append(readings(2, 1), [("event", object(), "", "")])  # type: ignore[list-item]
        assert store.waiting == 2
        assert list(store.series.values()) == SERIES[:2]
        store.append(readings(2, 1), ())
        batch = store.take_live(10)
        assert batch is not None
        assert list(batch.value) == [0, 1, 2]
