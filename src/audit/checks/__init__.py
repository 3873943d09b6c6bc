"""Checks as SQL: each answers with one row a difference, and with none when all is well.

Their one parameter is the cut: events up to and with this `seq` are looked at.
"""
