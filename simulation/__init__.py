"""Seeded players that trade over HTTP, as clients: they know the API and nothing behind it."""
