"""How much one visitor or one address may send; lifted by FRONTDESK_LIMITS=relaxed for measuring."""

import math
import time

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from frontdesk.web.errors import Refusal

MESSAGES = RateLimitItemPerMinute(20)  # of one conversation
MESSAGES_OF_ADDRESS = RateLimitItemPerMinute(120)  # a clinic's waiting room shares one address
CONVERSATIONS = RateLimitItemPerHour(60)  # of one address
BOOKING = RateLimitItemPerMinute(30)  # of one booking's pages
BOOKINGS = RateLimitItemPerMinute(60)  # of one address


class Limits:
    def __init__(self, *, relaxed: bool) -> None:
        self.are_relaxed = relaxed
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def conversation(self, request: Request) -> None:
        self._hit(CONVERSATIONS, "conversation", _address(request))

    def message(self, request: Request, conversation_id: int) -> None:
        self._hit(MESSAGES, "message", str(conversation_id))
        self._hit(MESSAGES_OF_ADDRESS, "address", _address(request))

    def booking(self, request: Request, consultation_id: int | None) -> None:
        """The pages behind links in mails; None is a link that is not ours."""
        self._hit(BOOKINGS, "bookings", _address(request))
        if consultation_id is not None:
            self._hit(BOOKING, "booking", str(consultation_id))

    def _hit(self, item: RateLimitItem, *who: str) -> None:
        if self.are_relaxed or self._limiter.hit(item, *who):
            return
        wait = max(1, math.ceil(self._limiter.get_window_stats(item, *who).reset_time - time.time()))
        raise Refusal(429, "too_many", f"That was a lot at once. Please wait {wait} seconds and try again.", wait)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
