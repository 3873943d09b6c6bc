"""The trade as a PostgreSQL function behind a thin server: the peer at equal durability."""
