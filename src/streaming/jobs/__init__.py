"""Entry points: one landing job a topic, or both in one JVM."""
