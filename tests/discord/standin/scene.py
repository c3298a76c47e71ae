"""What a person looks at: messages and modals, made of components. Knows no rules and no network.

https://docs.discord.com/developers/components/reference
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.discord.standin import reading

Json = dict[str, Any]

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
LINK_STYLE, PREMIUM_STYLE = 5, 6
EPHEMERAL, LOADING, V2 = 1 << 6, 1 << 7, 1 << 15


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones after what holds them; an accessory after its section's text."""
    for each in components:
        yield each
        yield from walk(each.get("components") or [])
        yield from walk([each[k] for k in ("accessory", "component") if each.get(k)])


def numbered(components: list[Json]) -> list[Json]:
    """A copy in which each component has an `id`, as Discord gives one to those without."""
    fresh = copy.deepcopy(components)
    taken = {each["id"] for each in walk(fresh) if each.get("id")}
    free = (n for n in range(1, 10_000) if n not in taken)
    for each in walk(fresh):
        if not each.get("id"):
            each["id"] = next(free)
    return fresh


@dataclass(frozen=True, eq=False)
class Pressable:
    """A thing to press: a button, or one option of a select in a message.

    `snapshot` is the message as it was then: pressed later, it is an old click.
    """

    label: str
    custom_id: str
    component: Json
    snapshot: Json
    posted: "Posted"
    values: tuple[str, ...] = ()


@dataclass(eq=False)
class Posted:
    """A message that a person can see, as it is now. `author` is the id of who wrote it."""

    id: str
    channel: str
    author: str
    content: str
    components: list[Json]
    flags: int
    zone: str
    server: str = ""
    owner: str = ""
    nonce: str = ""
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    made: float = 0.0
    edits: int = 0
    deleted: bool = False
    body: Json = field(default_factory=dict)

    @property
    def ephemeral(self) -> bool:
        """Whether only its owner sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it only says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def files(self) -> dict[str, bytes]:
        """The files attached now, by name."""
        return {a["filename"]: self.contents[a["id"]] for a in self.attachments}

    @property
    def shown(self) -> str:
        """What it says, in reading order; buttons apart."""
        return "\n".join(line for line in self._lines() if line)

    def _lines(self) -> Iterator[str]:
        yield self.read(self.content)
        for embed in self.embeds:
            yield from (self.read(str(embed.get(k) or "")) for k in ("title", "description"))
            for row in embed.get("fields") or []:
                yield from (self.read(row["name"]), self.read(row["value"]))
        for each in walk(self.components):
            if each["type"] == TEXT:
                yield self.read(each["content"])
            elif each["type"] == GALLERY:
                yield from (str(item.get("description") or "") for item in each["items"])
            elif each["type"] == THUMBNAIL:
                yield str(each.get("description") or "")
            elif each["type"] == FILE:
                yield str(each.get("name") or "")
        if not self.flags & V2:
            yield from (str(a["filename"]) for a in self.attachments)

    def read(self, text: str) -> str:
        """A text of it as its reader sees it."""
        return reading.read(text, self.zone, self.made)

    @property
    def pressables(self) -> list[Pressable]:
        """What can be pressed now, in order, with a snapshot of the message."""
        snapshot = self.json()
        found = []
        for each in walk(self.components):
            if each.get("disabled"):
                continue
            if each["type"] == BUTTON and "custom_id" in each:
                label = each.get("label") or (each.get("emoji") or {}).get("name") or ""
                found.append(Pressable(label, each["custom_id"], each, snapshot, self))
            elif each["type"] == STRING_SELECT:
                for option in each["options"]:
                    chosen = (option["value"],)
                    found.append(
                        Pressable(option["label"], each["custom_id"], each, snapshot, self, chosen)
                    )
        return found

    @property
    def buttons(self) -> list[str]:
        """The labels that can be pressed, in order."""
        return [each.label for each in self.pressables]

    @property
    def links(self) -> list[str]:
        """The addresses it leads to: those of its texts, then those of its buttons."""
        texts = [self.content, *(c["content"] for c in walk(self.components) if c["type"] == TEXT)]
        written = [url for text in texts for url in reading.links(text)]
        pressed = (c for c in walk(self.components) if c["type"] == BUTTON)
        return written + [c["url"] for c in pressed if "url" in c]

    def json(self) -> Json:
        """The message as Discord sends it; a copy, which stays as it is."""
        return copy.deepcopy(self.body)


@dataclass(frozen=True)
class Field:
    """An input of a modal. `value` is a text, a list of values, or True or False."""

    name: str
    label: str
    description: str
    value: Any
    required: bool
    kind: int
    component: Json
    options: tuple[str, ...] = ()

    @property
    def placeholder(self) -> str:
        """The grey words in it while it is empty."""
        return str(self.component.get("placeholder") or "")


@dataclass(eq=False)
class Modal:
    """An open form. `source` is the message whose button opened it, as it was then."""

    body: Json
    zone: str
    where: Any
    source: Pressable | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """Its heading."""
        return str(self.body["title"])

    @property
    def custom_id(self) -> str:
        """The id that the app gave it."""
        return str(self.body["custom_id"])

    @property
    def components(self) -> list[Json]:
        """What it is made of, as Discord keeps it."""
        return list(self.body["components"])

    @property
    def texts(self) -> list[str]:
        """What it says beside its inputs."""
        return [reading.read(c["content"], self.zone) for c in self.components if c["type"] == TEXT]

    @property
    def shown(self) -> str:
        """Heading, texts, and what is said about each input."""
        said = [self.title, *self.texts]
        for each in self.fields.values():
            said += [each.label, each.description]
        return "\n".join(line for line in said if line)

    @property
    def fields(self) -> dict[str, Field]:
        """Its inputs by custom_id, with what they hold before anybody types."""
        found: dict[str, Field] = {}
        for each in self.components:
            if each["type"] == LABEL:
                about = (str(each["label"]), str(each.get("description") or ""))
                inputs = [each["component"]]
            else:
                about, inputs = ("", ""), list(each.get("components") or [])
            for one in inputs:
                found[one["custom_id"]] = _field(one, *about)
        return found


def _field(one: Json, label: str, description: str) -> Field:
    kind = one["type"]
    options = one.get("options") or []
    chosen = [o["value"] for o in options if o.get("default")]
    value: Any = chosen
    if kind == TEXT_INPUT:
        value = one.get("value") or ""
    elif kind == RADIO:
        value = chosen[0] if chosen else ""
    elif kind == CHECKBOX:
        value = bool(one.get("default"))
    required = kind != CHECKBOX and one.get("required") is not False
    labels = tuple(o["label"] for o in options)
    named = label or str(one.get("label") or "")
    return Field(one["custom_id"], named, description, value, required, kind, one, labels)
