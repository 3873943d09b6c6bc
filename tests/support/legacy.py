"""Old clients: they know no token, and say who they are by `user` or by the Host header."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.support.api import Answer, Api
from tests.support.books import EventDict

HOST = "user1.comcast.com"


class OldClient:
    """Asks as Apache Bench does: with a Host of its own, and nothing that tells JSON from text."""

    def __init__(self, api: Api, host: str = HOST) -> None:
        self.api = api
        self.host = host

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request without a token; `body` goes as it is when it is bytes, else as JSON."""
        sent = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        with self.api.app.test_client() as client:
            found = client.open(path, method=method, data=sent, headers={"Host": self.host})
            try:
                lowered = {name.lower(): value for name, value in found.headers.items()}
                return Answer(found.status_code, lowered, found.data)
            finally:
                found.close()

    def get(self, path: str, body: Any = None) -> str:
        """Send a GET that is answered with 200, and return its text."""
        return self.text("GET", path, body)

    def post(self, path: str, body: Any = None) -> str:
        """Send a POST that is answered with 200, and return its text."""
        return self.text("POST", path, body)

    def text(self, method: str, path: str, body: Any = None) -> str:
        """Send a request that is answered with 200, and return its text."""
        answer = self.ask(method, path, body)
        assert answer.status == 200, answer
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer.raw.decode()

    @property
    def last(self) -> EventDict:
        """The trade that was recorded last."""
        return [e for e in self.api.realm.events() if e["event_type"] == "trade"][-1]

    @property
    def asked(self) -> dict[str, Any]:
        """What the trade that was recorded last keeps of the client's words."""
        found: dict[str, Any] = msgspec.json.decode(self.last["asked"])
        return found
