"""Chaos: faults injected into a running stack while it is traded on, and the proof of what held."""
