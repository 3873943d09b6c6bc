"""Spark: events from Kafka become rows of Iceberg tables, each exactly once."""
