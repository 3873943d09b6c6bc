"""10,000 seeded trades between random players over HTTP: `python simulation/trade_simulation.py`.

`python -m simulation.trade_simulation` is the same.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Run the command line, and exit with its code."""
    # Run as a file, its own folder would be searched in place of the project's.
    root = str(Path(__file__).resolve().parent.parent)
    if root not in sys.path:
        sys.path[0] = root
    from simulation.random_trades import trade_simulation  # noqa: PLC0415 - needs the line above
    from src.cli.errors import report  # noqa: PLC0415 - as above

    try:
        trade_simulation.main(standalone_mode=False, prog_name="trade_simulation.py")
    except Exception as error:  # noqa: BLE001 - the one place where every failure is told
        sys.exit(report(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
