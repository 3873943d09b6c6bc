"""Land the topic `trade`: `python -m src.streaming.jobs.trade`."""

from src.events.definitions import TOPIC_TRADE
from src.streaming.jobs.run import main

if __name__ == "__main__":
    main("streaming_trade", [TOPIC_TRADE])
