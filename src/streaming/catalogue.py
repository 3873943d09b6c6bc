"""The catalogue as a table: `item`, so that questions can name and price what moved."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from pyspark.sql import SparkSession

from src.classes.item import Item
from src.decoding import json_decoded
from src.streaming.schemas import ITEM, ITEM_SCHEMA
from src.streaming.tables import newest_property, replace_rows

#: Which catalogue the table holds: the SHA-256 of its rows.
_DIGEST = "guildhall.catalogue"


def land_catalogue(spark: SparkSession, path: Path) -> bool:
    """Make the table `item` hold the catalogue in `path`; say whether it had to be written."""
    items = json_decoded(path.read_bytes(), list[Item])
    rows = [tuple(getattr(item, column) for column in ITEM_SCHEMA.names) for item in items]
    digest = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
    if newest_property(spark, ITEM, _DIGEST) == digest:
        return False
    replace_rows(spark.createDataFrame(rows, ITEM_SCHEMA), ITEM, {_DIGEST: digest})
    return True
