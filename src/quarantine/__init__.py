"""Quarantine: the records that could not land, and their way back into the log."""
