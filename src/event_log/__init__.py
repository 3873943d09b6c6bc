"""The log on Kafka: its topics, the broker, and the relay that moves events there."""
