"""The rules of the economy, pure: no I/O, no clock, no randomness of their own.

Given players and a trade, they return new players or a reason for refusal.
"""
