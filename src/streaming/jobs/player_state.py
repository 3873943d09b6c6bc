"""Land the topic `player_state`: `python -m src.streaming.jobs.player_state`."""

from src.events.definitions import TOPIC_PLAYER_STATE
from src.streaming.jobs.run import main

if __name__ == "__main__":
    main("streaming_player_state", [TOPIC_PLAYER_STATE])
