"""The daemon that Spark's Python workers are forked from: what they need is there before they are.

Before each task a worker forgets what Python knows of its path, and then reads the directory of
every archive there anew. Spark puts its own there, which hold nothing that is not installed beside
them: to read those took nine tenths of a worker's time. After each task it looks through all its
objects for cycles; what was there before the fork is left out of that.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

_ARCHIVES = (".jar", ".zip")


class _NoPandas(MetaPathFinder):
    """Says that pandas is not there.

    Arrow loads it at its first list, only to know whether that is one of pandas' own. A task has
    none, and to load it takes longer than most tasks do.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Find nothing, and let no other look for pandas."""
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def main() -> None:
    """Drop the archives from the path, load what tasks run, then serve as Spark's own does."""
    sys.path[:] = [entry for entry in sys.path if not entry.endswith(_ARCHIVES)]
    for entry in [entry for entry in sys.path_importer_cache if entry.endswith(_ARCHIVES)]:
        del sys.path_importer_cache[entry]
    sys.meta_path.insert(0, _NoPandas())
    # Only now, or it would come out of the archive, and the archive stay with it.
    from pyspark.daemon import manager  # noqa: PLC0415

    import src.streaming.data_files  # noqa: F401, PLC0415

    gc.freeze()
    manager()  # type: ignore[no-untyped-call]  # by pyspark


if __name__ == "__main__":
    main()
