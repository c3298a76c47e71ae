"""Components as Discord writes them, for tests of what it takes. Knows none of our code."""

from typing import Any

Json = dict[str, Any]

NOBODY: Json = {"parse": []}


def text(words: str = "Acme, engineer") -> Json:
    """Some words."""
    return {"type": 10, "content": words}


def button(custom_id: str = "1:job list", label: str = "List", style: int = 2) -> Json:
    """A button that makes an interaction."""
    return {"type": 2, "style": style, "label": label, "custom_id": custom_id}


def link(url: str = "https://example.com/job") -> Json:
    """A button that leads to an address."""
    return {"type": 2, "style": 5, "label": "Open", "url": url}


def row(*inside: Json) -> Json:
    """What stands side by side."""
    return {"type": 1, "components": list(inside)}


def options(count: int) -> list[Json]:
    """So many options."""
    return [{"label": f"Label {n}", "value": f"value {n}"} for n in range(count)]


def select(**more: Any) -> Json:
    """A choice of three."""
    return {"type": 3, "custom_id": "1:pick", "options": options(3), **more}


def label(component: Json, words: str = "Company") -> Json:
    """A field of a form with its name."""
    return {"type": 18, "label": words, "component": component}


def field(**more: Any) -> Json:
    """A line to type."""
    return {"type": 4, "custom_id": "company", "style": 1, "required": True, **more}
