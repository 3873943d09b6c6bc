"""Ids in paths: whole numbers that every reader of the log can keep."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

from src.classes.amounts import AMOUNT_MAX


class IdConverter(IntegerConverter):
    """1 to 9,007,199,254,740,991 in ASCII digits; any other text names nothing there is.

    It stands for `int` in rules, since flask-restx documents only werkzeug's own names as numbers.
    """

    regex = "[1-9][0-9]{0,15}"

    def __init__(self, url_map: Map) -> None:
        """Convert the ids in the paths of `url_map`."""
        super().__init__(url_map, min=1, max=AMOUNT_MAX)
