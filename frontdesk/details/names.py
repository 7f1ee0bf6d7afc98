"""Names of every culture as people type them, and what is none."""

import re
import unicodedata

from frontdesk.details import words

LONGEST_NAME = 100  # characters
NEVER, HARDLY, ENDS, SPEAKS_ON, PARTICLES = (
    frozenset(words.listed(name)) for name in ("never", "hardly", "ends", "speaks_on", "particles")
)
INITIAL = re.compile(r"(?:[^\W\d_]\.)+|(?:Dr|St|Jr|Sr|Mr|Ms|Mrs|Mx|Prof|Rev|Fr)\.", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_][\w.'’‘ʼ`´·\-]*")
CAPITALISED = re.compile(r"[^\W\d_a-z][\w.'’\-]*(?: [^\W\d_a-z][\w.'’\-]*)+")
NUMBERED = {"2nd": "II", "3rd": "III", "4th": "IV"}
SUFFIX = re.compile(r",\s*((?:jr|sr|ii|iii|iv|md|phd|esq)\b\.?)", re.IGNORECASE)
STOPS = re.compile(r"[,;:!?(\[\n<|]|\s[-–—]\s|\s/\s|\.(?=\s|$)")

OTHERS = r"(?<!\bhis )(?<!\bher )(?<!\btheir )(?<!\bits )(?<!\bpatient )(?<!\bdrug )(?<!\blast )(?<!\bfamily )(?<!['’]s )(?<!s['’] )(?<!\b[Uu]ser)"
TOLD = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\bfirst(?: name)?(?: is|'s|:)?\s+(?P<first>[^\s,;]+)[\s,;]+(?:and\s+)?(?:my\s+)?(?:last|family)(?: name)?(?: is|'s|:)?\s+(?P<last>.+)",
        r"\b(?:last|family)(?: name)?(?: is|'s|:)?\s+(?P<last>[^\s,;]+)[\s,;]+(?:and\s+)?(?:my\s+)?first(?: name)?(?: is|'s|:)?\s+(?P<first>.+)",
        r"\b(?:change|correct|update|fix|make|set|edit|put)\b[^.,;?]*?\bname\b[^.,;?]*?\b(?:to|as)\s+(?P<name>.+)",
        r"\bname\b[^.,;?]*?(?:\bis wrong|\bwas wrong|\bmisspelled|\bis not right|\bis incorrect|n['’]?t [^,;.?]+|\bis not [^,;.?]+|\?)"
        r"[\s,.:;?]*(?:it|that)(?:['’]s| is| should be| should say| must be)\s+(?P<name>.+)",
        rf"{OTHERS}\bmy (?:full |legal |real |actual |whole |first |preferred )?name(?:['’]s| is|:| =| would be| should be)?\s+(?P<name>.+)",
        rf"{OTHERS}\bname(?:['’]s| is|:| =| should be| would be)\s+(?P<name>.+)",
        r"\bunder (?:the name(?: of)? )?(?P<name>[^\W\d_].+)",
        r"\b(?:i(?:['’]m| am) called|i go by|(?:everyone|everybody|people|friends) calls? me|nick ?name(?: is|:)?)\s+(?P<name>.+)",
    )
]
LAST_NAME = re.compile(r"\b(?:last|family|sur) ?name(?:['’]s| is|:)?\s+(?P<name>.+)", re.IGNORECASE | re.DOTALL)
CAPITALS = r"(?P<name>[^\W\d_a-z][^,;!?\n]*?)"
SIGNED = [
    re.compile(rf"^(?:(?i:hi|hello|hey|good (?:morning|afternoon|evening))\b\W*)?{CAPITALS}\s+(?:here|speaking)\b"),
    re.compile(
        rf"(?:^|[\s.!])(?i:best|(?:kind |best |warm )?regards|thanks|thank you|sincerely|cheers)[,!.]\s*[-–—]?\s*{CAPITALS}\W*$"
    ),
]
NICKNAME = re.compile(r"(?<=\w)\s*(?:\([^\W\d_]+\)|[\"“][^\W\d_]+[\"”])\s*(?=[^\W\d_a-z])")
UNDER = re.compile(r"\b(?:put|book|it's|it is|booked|file|list|keep)\b", re.IGNORECASE)
LOOSELY = re.compile(
    r"\b(?:i am|i['’]?m|this is|(?:you can |just )?call me|it['’]?s|it is|that would be|that['’]s)\s+(?P<name>.+)",
    re.IGNORECASE | re.DOTALL,
)
INTRODUCED = re.compile(r"\b(?:I am|I['’]m|i['’]m|Im|im|[Tt]his is|[Cc]all me)\s+(?P<name>[^\W\d_a-z].*)", re.DOTALL)
OPENINGS = re.compile(
    r"^\W*(?:(?:it['’]?s|it is|its|yes|yeah|yep|sure|ok|okay|hi|hello|hey|no|nope|sorry|actually|um+|uh+|well|just|oh|please|name)\b[,.!:]*\s+)+",
    re.IGNORECASE,
)


def told(text: str) -> str | None:
    """A name that a sentence tells, asked for or not. "I'm Ann" does only in capitals, for "I'm depressed" is no name."""
    introduced = (found for pattern in (INTRODUCED, *SIGNED) if (found := pattern.search(text)))
    names = (tidy(_capitals(until_end(found["name"]))) for found in introduced)
    return _said(text) or next(filter(None, names), None)


def _said(text: str) -> str | None:
    for pattern in TOLD:
        for found in pattern.finditer(text):
            parts = found.groupdict()
            if "under" in pattern.pattern and not UNDER.search(text[: found.start()]):
                continue
            name = tidy(until_end(parts["name"])) if "name" in parts else _joined(parts["first"], parts["last"])
            if name:
                return name
    return None


def _capitals(typed: str) -> str:
    words = typed.split()
    end = next((place for place, word in enumerate(words) if word[0].islower() and word not in PARTICLES), len(words))
    return " ".join(words[:end])


def answered(text: str) -> str | None:
    """The name in an answer to the question for it: it may stand alone."""
    text = NICKNAME.sub(" ", text)
    if name := _said(text):
        return name
    for found in (*LAST_NAME.finditer(text), *LOOSELY.finditer(text)):
        if name := tidy(until_end(found["name"])):
            return name
    text = OPENINGS.sub("", SUFFIX.sub(r" \1", text.strip()))
    if text.rstrip().endswith("?"):
        return None
    if backwards := re.fullmatch(r"(\w[\w'’-]+), (\w[\w'’-]+(?: \w\.?)?)", text.strip()):
        last, first = backwards.groups()
        if text.strip()[0].isupper() and first[0].isupper() and tidy(last) and tidy(first):
            return tidy(f"{first} {last}")
    return tidy(until_end(text, SPEAKS_ON))


def beside(text: str) -> str | None:
    """A name in capitals that stands beside an address or a number: `Maria Lopez, 212 …`."""
    for part in re.split(r"[,;\n]|\s[-–—]\s", SUFFIX.sub(r" \1", text)):
        name = tidy(until_end(part))
        if name and CAPITALISED.fullmatch(name) and part.strip(" .!").startswith(name[:2]):
            return name
    return None


def _joined(first: str, last: str) -> str | None:
    one, other = tidy(until_end(first)), tidy(until_end(last))
    return f"{one} {other}" if one and other else None


def until_end(text: str, ends: frozenset[str] = ENDS) -> str:
    """The part of a sentence that can still be the name with which it begins. Empty: it is none."""
    text = SUFFIX.sub(r" \1", text.lstrip())
    kept: list[str] = []
    for word in text.replace("\n", " \n ").split(" "):
        stop = None if INITIAL.fullmatch(word.rstrip(",;:!?")) else STOPS.search(word + " ")
        bare = re.sub(r"^\W+|\W+$", "", word).replace("’", "'")
        is_end = bare.casefold() in ENDS and bool(kept) and (bare == bare.casefold() or text.isupper() or bare == "I")
        if is_end and word != "I.":
            return " ".join(kept) if bare.casefold() in ends else ""
        if stop:
            kept.append(word[: stop.start()])
            break
        if INITIAL.fullmatch(word.rstrip(",;:!?")) and word[-1] in ",;:!?":
            kept.append(word.rstrip(",;:!?"))
            break
        if word in ("-", "–", "—", "/", "\n"):
            break
        kept.append(word)
    return " ".join(kept)


def tidy(typed: str) -> str | None:
    """The name as it is kept; None when it is none."""
    typed = re.sub(r"(?<=\w) (2nd|3rd|4th)\.?$", lambda found: f" {NUMBERED[found[1]]}", typed.strip())
    if re.search(r"[@#=*<>\\_0-9]", typed):
        return None
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    name = re.sub(r"^[^\w]+|[^\w.]+$", "", name, flags=re.UNICODE).strip() if name.isascii() else _without_signs(name)
    if not name.endswith(".") or not INITIAL.fullmatch(name.split()[-1]):
        name = name.rstrip(".")
    if not name or len(name) > LONGEST_NAME:
        return None
    words = name.split(" ")
    plain = [word.casefold().strip(".").replace("’", "'") for word in words]
    if len(words) > 6 or not all(WORD.fullmatch(_letters(word)) for word in words) or NEVER.intersection(plain):
        return None
    if HARDLY.intersection(plain) and not CAPITALISED.fullmatch(name):
        return None
    return _capitalised(words) if name == name.lower() and name != name.upper() else name


def _without_signs(name: str) -> str:
    """Without emoji and stops around it; vowel signs of many scripts stay."""

    def is_part(character: str) -> bool:
        return unicodedata.category(character)[0] in "LMN" or character in "\u200c\u200d"

    first = next((place for place, character in enumerate(name) if is_part(character)), len(name))
    last = next(
        (place for place in range(len(name), first, -1) if is_part(name[place - 1]) or name[place - 1] == "."), first
    )
    return name[first:last].strip("\u200c\u200d")


def _capitalised(words: list[str]) -> str:
    def capital(word: str, place: int) -> str:
        if re.fullmatch(r"(?:[^\W\d_]\.)+", word):
            return word.upper()
        if word in PARTICLES and 0 < place < len(words) - 1:
            return word
        return (
            re.sub(r"(?:^|-|^[a-z]['’])[^\W\d_]", lambda found: found.group()[:-1] + found.group()[-1].title(), word)
            if word[1:2] not in "'’"
            else (word[0].title() + word[1] + word[2:].capitalize() if len(word) > 2 else word.capitalize())
        )

    return " ".join(capital(word, place) for place, word in enumerate(words))


def _letters(name: str) -> str:
    """Without vowel signs, tone marks and joiners, which many scripts write as characters of their own."""
    return "".join(c for c in name if unicodedata.category(c)[0] != "M" and c not in "\u200c\u200d")
