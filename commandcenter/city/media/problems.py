"""Why a file is refused, or has to wait: codes. Their words are in `words`, for no decoder needs them."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Stored beside the file; the words may change, the codes do not."""

    EMPTY = "empty"
    TYPE = "type_not_allowed"
    NAME = "name_disagrees"
    UNDECODABLE = "undecodable"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_FRAMES = "too_many_frames"
    TOO_LONG = "too_long"
    TOO_LARGE = "too_large"
    TOO_SLOW = "took_too_long"
    TOO_HEAVY = "too_heavy"
    INFECTED = "infected"
    STORAGE = "storage"
    GAVE_UP = "gave_up"
    SCANNER = "scanner_away"
    # Of files that messages bring.
    AWAY = "provider_away"
    NO_ENTRY = "token_refused"
    GONE = "gone_at_provider"
    ADDRESS = "address_refused"
    PAGE = "page_not_file"
    DIFFERS = "digest_differs"
    PACKED = "packed"
    TOO_MANY = "too_many"
    NOT_FETCHED = "not_fetched"


class Refused(ValueError):
    """The file is not one that we show; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem
