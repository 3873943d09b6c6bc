"""The agents of the economy: each file is one way of making a living."""
