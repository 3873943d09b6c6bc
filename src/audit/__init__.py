"""Audit: proofs that Redis, the log and the tables agree."""
