"""The daemon that Spark's Python workers are forked from, with no archive on its path.

Before each task a worker forgets what Python knows of its path, and then reads the directory of
every archive there anew. Spark puts its own there, which hold nothing that is not installed beside
them: to read those took nine tenths of a worker's time.
"""

from __future__ import annotations

import sys

_ARCHIVES = (".jar", ".zip")


def main() -> None:
    """Drop the archives from the path, then serve as Spark's own daemon does."""
    sys.path[:] = [entry for entry in sys.path if not entry.endswith(_ARCHIVES)]
    for entry in [entry for entry in sys.path_importer_cache if entry.endswith(_ARCHIVES)]:
        del sys.path_importer_cache[entry]
    # Only now, or it would come out of the archive, and the archive stay with it.
    from pyspark.daemon import manager  # noqa: PLC0415

    manager()  # type: ignore[no-untyped-call]  # by pyspark


if __name__ == "__main__":
    main()
