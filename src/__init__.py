"""Guildhall: a trade-economy game server that an operator can audit."""
