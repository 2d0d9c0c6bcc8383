"""A phone's queue as the apps keep it: oldest first, one leaves only on 2xx, a refused one stands in the way.

Sources: Traccar Client's ``TrackingController``, OwnTracks' ``MessageProcessor``: both put what was not
answered 2xx back to the head and wait. Our own app sends what the answer does not name once more.
"""

from __future__ import annotations

import http.client
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from fieldstaff.phonesim.apps import APPS, TOGETHER, Fix, Identity, Request

MOST = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: nothing did."""

    status: int
    body: bytes = b""
    retry_after: int = 0


Send = Callable[[Request], Answer]


class Line:
    """A kept HTTP/1.1 connection to one server, opened anew where it was cut."""

    def __init__(self, host: str, port: int, *, timeout: float = 30) -> None:
        self.host, self.port, self.timeout = host, port, timeout
        self.link: http.client.HTTPConnection | None = None

    def send(self, request: Request) -> Answer:
        """The answer; status 0 where the server is away or cuts the line."""
        for fresh in (False, True):
            if self.link is None:
                fresh = True
                self.link = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
            try:
                self.link.request(request.method, request.path, request.body or None, request.headers)
                answer = self.link.getresponse()
                wait = answer.headers.get("Retry-After", "")
                return Answer(answer.status, answer.read(), int(wait) if wait.isdigit() else 0)
            except (OSError, http.client.HTTPException):
                self.close()
                if fresh:  # an old line may have been closed while it was idle: that is no answer yet
                    return Answer(0)
        return Answer(0)

    def close(self) -> None:
        """Hangs up."""
        if self.link is not None:
            self.link.close()
            self.link = None


@dataclass(slots=True)
class Phone:
    """One phone with its app and what it has not got rid of yet."""

    who: Identity
    app: str
    waiting: deque[Fix] = field(default_factory=deque)
    answers: list[int] = field(default_factory=list)

    def keep(self, fixes: Iterable[Fix]) -> None:
        """Adds to the end of the queue."""
        self.waiting.extend(fixes)

    def flush(self, send: Send, most: int = 1_000) -> Answer:
        """Sends from the head until the queue is empty, something is not taken, or ``most`` requests went."""
        answer = Answer(200)
        for _turn in range(most):
            if not self.waiting:
                break
            batch = list(self.waiting)[: MOST if self.app in TOGETHER else 1]
            answer = send(APPS[self.app](self.who, batch))
            self.answers.append(answer.status)
            if not 200 <= answer.status < 300:
                break
            self._drop(batch, answer)
        return answer

    def _drop(self, batch: Sequence[Fix], answer: Answer) -> None:
        """What was taken leaves the head. Our own app believes the answer item by item."""
        if self.app != "app":
            gone = len(batch)
        else:
            told = json.loads(answer.body)
            named = {item["index"] for item in told["items"]}
            gone = len(batch) if told.get("result") == "quarantined" else 0
            while gone < len(batch) and gone in named:
                gone += 1
        for _fix in range(gone):
            self.waiting.popleft()
