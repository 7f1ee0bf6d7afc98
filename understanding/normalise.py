"""Text as the cues read it: lower case, plain letters, one space between words, "." and "?" as words of their own.

Only a copy is changed; what the visitor typed is stored as typed.
"""

import re
import unicodedata

from understanding import disguises, spelling

# Cyrillic and Greek letters drawn like Latin ones; letter forms that no language here writes whole words in.
LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухікѕјԁһӏԛԝвмнтгпь", "aeopcyxiksjdhlqwbmhtrnb", strict=True)),
        **dict(zip("αβεικνορτυχωη", "abeikvoptuxwn", strict=True)),
    }
)
LETTER_FORMS = str.maketrans("ɑɡıɩʟɴʀʏᴀʙᴄᴅᴇꜰɢʜᴊᴋᴍᴏᴘꜱᴛᴜᴠᴡᴢɪøłđħŧ", "agiilnryabcdefghjkmopstuvwzioldht")
# Marks that change nothing for the reader of the word: accents, enclosing circles, Arabic vowel signs.
MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u064b-\u0652\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0640]"
)
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
EMOJI = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u3030\u303d\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
LATIN = re.compile("[a-z]")
OTHER_LETTER = re.compile(r"[^\W\d_a-z]")
BRACKETS = '"()[]{}<>«»“”„‹›,'
ENDS = {"?": " ? ", "？": " ? ", "؟": " ? ", "¿": " "} | dict.fromkeys(".!;:…。！；।\n", " . ")
END = re.compile("[" + re.escape("".join(ENDS)) + "]")
DECIMAL = re.compile(r"(?<=\d)[.,:](?=\d)")
APOSTROPHES = re.compile("(?<=\\w)['’‘`´ʼ＇](?=\\w)")


def fold(text: str) -> str:
    """Lower case, compatibility forms and look-alike letters resolved, accents and invisible characters gone."""
    if text.isascii():
        return text.lower()
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", _letters(text)))
    text = unicodedata.normalize("NFD", text.casefold())
    text = unicodedata.normalize("NFC", MARKS.sub("", text))
    text = SKIN.sub("", text).translate(LETTER_FORMS)
    return EMOJI.sub(lambda found: f" {found.group()} ", _unmixed(text))


def words(text: str, repair: bool = True) -> str:
    """The words of a text, in their usual spelling, between single spaces and with a space at both ends."""
    text = disguises.join_spaced(fold(text))
    text = " ".join(disguises.undo(chunk) for chunk in text.split(" ") if chunk)
    text = DECIMAL.sub("_", text)
    text = END.sub(lambda found: ENDS[found.group()], text)
    text = spelling.expand_short_forms(APOSTROPHES.sub("'", text)).replace("'", "")
    text = text.replace("&", " and ").translate(BLANKS)
    text = SIGN.sub(_keep_emoji, text)
    if not text.isascii():
        text = UNSPACED.sub(r" \1 ", text)
    tokens = [spelling.usual(disguises.unstretch(token), repair) for token in text.split()]
    return REPEATED_END.sub("", f" {spelling.join_pairs(' '.join(filter(None, tokens)))} ")


BLANKS = str.maketrans(dict.fromkeys(BRACKETS + "'-–—/\\|+*~=^#@$€£<>", " "))
# Vowel signs of Indian and South-East Asian scripts are part of their words.
SIGN = re.compile(r"[^\w\s.?%\u0900-\u0eff\u1000-\u109f\u1780-\u17d3]")
# Scripts written without spaces: each letter is a word of its own.
UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
REPEATED_END = re.compile(r"(?:[.] )+(?=[.?] )")


def _keep_emoji(found: re.Match[str]) -> str:
    return found.group() if EMOJI.match(found.group()) else " "


def _letters(text: str) -> str:
    """Squared, negative-circled and flag letters, which NFKC leaves alone, as letters."""
    return "".join(_plain_letter(ord(c)) or c for c in text)


def _plain_letter(code: int) -> str | None:
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    return None


def _unmixed(text: str) -> str:
    """Look-alikes become Latin in words that hold Latin letters, and everywhere in a text that is mostly Latin."""
    if not OTHER_LETTER.search(text):
        return text
    mostly_latin = len(LATIN.findall(text)) > len(OTHER_LETTER.findall(text))
    parts = re.split(r"(\s+)", text)
    return "".join(p.translate(LOOKALIKES) if mostly_latin or LATIN.search(p) else p for p in parts)
