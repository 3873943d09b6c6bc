"""The parts that only the full profile has: how each is configured, prepared and run."""
