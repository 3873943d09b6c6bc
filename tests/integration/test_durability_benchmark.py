"""The benchmark of durability runs and names every setting; how fast is not asked here."""

from __future__ import annotations

from benchmarks.durability import measure, page


def test_every_setting_is_measured_and_told() -> None:
    rows = list(measure(seconds=0.3, runs=1, connections=(2,)))
    assert [(fsync, connections) for fsync, connections, _ in rows] == [
        ("always", 2),
        ("everysec", 2),
    ]
    assert all(rate > 0 for _, _, rates in rows for rate in rates)
    assert page(rows).count("| 2 | `") == len(rows)
