"""What exists and what a new player owns: the catalogue, the classes, the guilds, drawn names.

Pure but for reading the files of `data/` when asked to; draws come from the `random.Random` that
is given, so the same seed gives the same players.
"""
