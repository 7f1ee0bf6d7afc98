"""HTML as values: text is escaped, what was made here is not."""

from html import escape

VOID = ("meta", "br")


class Html(str):
    """Safe to stand in a page as it is."""


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """A trailing underscore is dropped and others become hyphens: class_, stroke_width."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def joined(*children: object) -> Html:
    return Html("".join(child if isinstance(child, Html) else escape(str(child)) for child in children))
