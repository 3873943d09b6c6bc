"""Land both topics in one JVM, as the embedded profile does: `python -m ...jobs.embedded`."""

from src.events.definitions import TOPIC_PLAYER_STATE, TOPIC_TRADE
from src.streaming.jobs.run import main

if __name__ == "__main__":
    main("streaming", [TOPIC_TRADE, TOPIC_PLAYER_STATE])
