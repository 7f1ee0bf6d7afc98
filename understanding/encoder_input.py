"""The form in which the encoder reads a text. A change here needs new weights."""

import re
import unicodedata

QUOTES = str.maketrans({"‘": "'", "’": "'", "‛": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})
STRETCHED = re.compile(r"([A-Za-z])\1{2,}")
NAMES = {"😂": "laughing", "🤣": "laughing", "🔪": "knife", "🔫": "gun", "❤": "heart", "✅": "check"}
UNSEEN = {"Cf", "Mn", "Sk"}  # joiners, variation selectors, skin tones


def encoder_input(text: str) -> str:
    plain = text.translate(QUOTES)
    if not plain.isascii():
        plain = "".join(_spelled(sign) for sign in unicodedata.normalize("NFKC", plain))
    return " ".join(STRETCHED.sub(r"\1\1", plain).split())


def _spelled(sign: str) -> str:
    """An emoji by its name: the vocabulary has words, not pictures."""
    if sign < "\u2000":
        return sign
    kind = unicodedata.category(sign)
    if kind in UNSEEN:
        return ""
    if kind != "So":
        return sign
    return f" {NAMES.get(sign) or unicodedata.name(sign, '').lower()} "
