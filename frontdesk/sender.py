"""The way out: Apprise behind one function. Only the notifier imports this; it costs half a second."""

import logging
import re
import threading
import warnings
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from urllib.parse import quote, unquote

from apprise import Apprise, AppriseAsset, AppriseResult, NotifyBase, NotifyFormat
from apprise.attachment.memory import AttachMemory

LIMIT = 20.0  # seconds for one notice; Apprise's own limits are per network step, a slow server can pass many

_ASSET = AppriseAsset(
    app_id="Front desk",
    app_desc="Front desk",
    app_url="",
    image_url_mask="",  # no pictures from elsewhere
    async_mode=False,
    service_timeout=0,  # Apprise's time-out leaves threads that keep the process from ending
)

# What Apprise logs goes into its result, from which the reason is taken; on our own log it could name addresses.
_apprise_log = logging.getLogger("apprise")
_apprise_log.propagate = False
_apprise_log.addHandler(logging.NullHandler())
_apprise_log.setLevel(logging.DEBUG)

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    Apprise.instantiate("json://localhost")  # loads every service now, not at the first page
    from apprise.plugins.email.base import NotifyEmail

# The parts of an exception's text that say what happened and cannot hold an address or a password.
_FACTS = re.compile(r"\[Errno -?\d+\] [A-Za-z ]+|timed out|certificate verify failed|(?<=\()\d{3}(?=, b?['\"])")
_JOINED = re.compile(r"[,;](?=[a-z0-9]+://)")
_EMAIL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+")
_PHONE = re.compile(r"\+?\d[\d\s()-]{6,}\d")
_UNMISTAKABLE = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+|\+\d+")
_LONGEST_REASON = 300  # characters


@dataclass(frozen=True)
class Refusal:
    """Why a notice was not accepted, in words without addresses or secrets."""

    reason: str
    is_final: bool = False  #: trying again cannot help


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    kind: str  #: as MIME names it


def addresses(urls: tuple[str, ...]) -> tuple[str, ...]:
    """One address an entry, also where several were joined by commas."""
    return tuple(single for url in urls for single in _JOINED.split(url))


def is_usable(url: str) -> bool:
    return Apprise.instantiate(url, asset=_ASSET) is not None


def send(
    url: str,
    subject: str,
    text: str,
    limit: float = LIMIT,
    *,
    to: str | None = None,
    attachment: Attachment | None = None,
) -> Refusal | None:
    """Sends to one address. None means accepted, and nothing else does. `to`: whom, when the address names nobody."""
    outcome: SimpleQueue[Refusal | None] = SimpleQueue()
    # A daemon: a server that hangs must not keep the notifier from going on, nor from ending.
    threading.Thread(target=lambda: outcome.put(_send_safely(url, subject, text, to, attachment)), daemon=True).start()
    try:
        return outcome.get(timeout=limit)
    except Empty:
        return Refusal(f"No answer within {limit:g} seconds.")


def _send_safely(url: str, subject: str, text: str, to: str | None, attachment: Attachment | None) -> Refusal | None:
    try:
        return _send(url, subject, text, to, attachment)
    except Exception as error:  # a hundred services, none of them ours; what they raise may name the address
        return Refusal(f"Apprise failed with {type(error).__name__}.")


def _send(url: str, subject: str, text: str, to: str | None, attachment: Attachment | None) -> Refusal | None:
    if to:
        url = with_options(url, f"to={quote(to, safe='')}")
    service = Apprise.instantiate(url, asset=_ASSET)
    if to and service and not _is_for(service, to):
        return Refusal("This service may read the recipient as somebody else.", is_final=True)
    if service is None:
        return Refusal("Apprise cannot read this address.", is_final=True)
    apprise = Apprise(asset=_ASSET)
    apprise.add(service)
    file = attachment and AttachMemory(attachment.content, attachment.name, attachment.kind)  # type: ignore[no-untyped-call]
    with apprise.notify(
        title=subject, body=text, body_format=NotifyFormat.TEXT, attach=file, log_level=logging.DEBUG
    ) as result:
        # An address with `optional=yes` counts as a success whatever happened; only its tries tell the truth.
        if result and all(any(service_result) for service_result in result):
            return None
        return Refusal(_reason(result, url))


def with_options(url: str, options: str) -> str:
    if "?" in url:
        return f"{url}&{options}"
    return f"{url}?{options}" if url.count("/") > 2 else f"{url}/?{options}"


def _is_for(service: NotifyBase, to: str) -> bool:
    """Whether it goes to this recipient: Apprise takes o'neil@x.example for a list that ends in neil@x.example."""
    if isinstance(service, NotifyEmail):
        service.targets = [(False, to)]
        return True
    return bool(_UNMISTAKABLE.fullmatch(to))


def _reason(result: AppriseResult, url: str) -> str:
    said, facts = [], []
    for entry in result.logs():
        if entry.level in ("WARNING", "ERROR"):
            said.append(entry.message)
        elif "Exception" in entry.message:
            facts += _FACTS.findall(entry.message)
    reason = " ".join(dict.fromkeys(said)) or "The sender gave no reason."
    if facts:
        reason += f" ({', '.join(dict.fromkeys(facts))})"
    return _without_secrets(reason, url)[:_LONGEST_REASON]


def _without_secrets(reason: str, url: str) -> str:
    """Leaves out everything that stands in the address, but its server."""
    reason = _PHONE.sub("…", _EMAIL.sub("…", reason))
    _, _, rest = url.partition("://")
    server = re.split(r"[/?]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    written = {part for part in re.split(r"[/:@?&=,+;\s]", rest) if len(part) > 3 and part != server}
    for secret in sorted(written | {unquote(part) for part in written}, key=len, reverse=True):
        reason = reason.replace(secret, "…")
    return reason
