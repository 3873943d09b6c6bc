"""Rings of cheats: each file is one labelled way of abusing trade, for detection to be tried on."""
