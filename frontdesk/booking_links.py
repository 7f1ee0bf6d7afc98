"""The signed link to a booking's page. It holds the consultation's number and nothing about anybody."""

import hashlib
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from frontdesk.model import Consultation

PURPOSE = "frontdesk.booking-page"
WITHOUT_TIME = timedelta(days=90)  # a request that nobody has given a time


def token(key: str, consultation: Consultation) -> str:
    signed = _serializer(key).dumps(consultation.id)
    return signed.decode() if isinstance(signed, bytes) else signed


def read(key: str, given: str) -> int | None:
    """The consultation's number; None when the token is not ours."""
    try:
        number = _serializer(key).loads(given)
    except BadSignature:
        return None
    return number if isinstance(number, int) else None


def has_expired(consultation: Consultation, now: datetime) -> bool:
    """A link counts until its appointment is over, also when that was moved since."""
    return now > (consultation.ends_at or consultation.updated_at + WITHOUT_TIME)


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt=PURPOSE, signer_kwargs={"digest_method": hashlib.sha256})
