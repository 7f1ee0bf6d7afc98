"""What keeps the staff pages safe: headers, tokens in forms, and a limit on guessing passwords."""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from threading import Lock

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

LARGEST_FORM = 64 * 1024  # bytes; the longest reply, each character escaped, fits
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OWN_PATH = re.compile(r"/staff(?:/(?!logout|login)[A-Za-z0-9/_-]*)?(?:\?[A-Za-z0-9=&_-]*)?")


def own_path(given: str) -> str:
    """Where to go on to: a staff page of ours, whatever was asked for."""
    return given if _OWN_PATH.fullmatch(given) and "//" not in given else "/staff"


def is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """True when the browser says that another site sent this."""
    return headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def new_token() -> str:
    return secrets.token_urlsafe(32)


def login_form_token(key: str, cookie: str) -> str:
    """The login page has no session yet: its form's token is bound to a cookie that only our page sets."""
    return hmac.new(key.encode(), b"staff-login:" + cookie.encode(), hashlib.sha256).hexdigest()


class LoginThrottle:
    """Counts tries to log in, by address and by e-mail, in the memory of this process."""

    per_email = RateLimitItemPerMinute(6, 5)  # six in five minutes
    per_address = RateLimitItemPerMinute(30, 5)  # a whole clinic shares one address

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._lock = Lock()

    def wait(self, address: str, email: str) -> int:
        """Counts one try; the seconds to wait when there were too many, else 0."""
        checks = [(self.per_address, "address", _network(address)), (self.per_email, "email", _hashed(email))]
        with self._lock:
            full = [check for check in checks if not self._limiter.test(*check)]
            if not full:
                for check in checks:
                    self._limiter.hit(*check)
        return max((self._until_free(*check) for check in full), default=0)

    def forget(self, email: str) -> None:
        """The right password was given: earlier slips count no longer."""
        self._limiter.clear(self.per_email, "email", _hashed(email))

    def _until_free(self, item: RateLimitItem, kind: str, who: str) -> int:
        return max(1, round(self._limiter.get_window_stats(item, kind, who).reset_time - time.time()))


def _network(address: str) -> str:
    """With IPv6 one customer has a whole /64."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else str(known)


def _hashed(email: str) -> str:
    # of one length, however much was typed
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
