"""The report: what the landed trades say, as markdown with charts.

Every number in it comes from a question; the prose lies in `text/`, with places for the numbers.
"""
