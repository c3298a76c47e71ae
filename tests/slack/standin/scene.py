"""What a person looks at: messages, windows, Home. Knows blocks; no rules and no network."""

from dataclasses import dataclass, field

from tests.slack.standin.entering import is_input, label_of, untouched, value_of
from tests.slack.standin.reading import Json, Pressable, labels, links, plain, pressables, shown

APP_ID = "A0STANDIN"


@dataclass
class Install:
    """The app in one team (`team` set) or in a whole organization (`team` empty)."""

    team: str
    enterprise: str
    bot_token: str
    scopes: frozenset[str]
    active: bool = True

    @property
    def key(self) -> str:
        """`T1`, `E1/T1` or `E1`."""
        return "/".join(part for part in (self.enterprise, self.team) if part)

    @property
    def whole_org(self) -> bool:
        """Whether a whole organization installed it."""
        return not self.team

    @property
    def bot_user(self) -> str:
        """The user id of the bot."""
        return f"UBOT{self.enterprise}{self.team}"

    @property
    def bot_id(self) -> str:
        """The id of the bot."""
        return f"B{self.enterprise}{self.team}"


@dataclass
class Field:
    """An input of an open window, as a person sees it. `value` is raw, `shown` is readable."""

    block_id: str
    label: str
    hint: str
    optional: bool
    element: Json
    state: Json

    @property
    def value(self) -> object:
        """What it holds: a text, a day, the value of an option, a list of them, or None."""
        return value_of(self.state)

    @property
    def shown(self) -> str:
        """What it shows: options by their label, "" when empty."""
        return label_of(self.state)


class Surface:
    """Something with blocks that a person looks at."""

    blocks: list[Json]

    @property
    def shown(self) -> str:
        """What the blocks say; buttons apart."""
        return shown(self.blocks)

    @property
    def buttons(self) -> list[str]:
        """The labels that can be pressed."""
        return labels(self.blocks)

    @property
    def pressables(self) -> list[Pressable]:
        """What can be pressed, with ids."""
        return pressables(self.blocks)

    @property
    def links(self) -> list[str]:
        """The addresses it leads to."""
        return links(self.blocks)


@dataclass(eq=False)
class Posted(Surface):
    """A message of the bot's to one person. `text` is what notifications and screen readers get."""

    ts: str
    channel: str
    text: str
    blocks: list[Json]
    ephemeral: bool = False
    public: bool = False
    files: list[Json] = field(default_factory=list)
    edits: int = 0

    @property
    def shown(self) -> str:
        """What the message says: its blocks, or else its text."""
        return shown(self.blocks) if self.blocks else plain(self.text)


@dataclass(eq=False)
class View(Surface):
    """A window or a Home tab. `problems` are the errors under its fields, by block_id."""

    id: str
    inbox: "Inbox"
    body: Json
    hash: str
    root: str
    previous: str | None = None
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    open: bool = True

    @property
    def blocks(self) -> list[Json]:  # type: ignore[override]  # read from the body, never set
        return list(self.body["blocks"])

    @property
    def title(self) -> str:
        """Its heading."""
        return plain(self.body.get("title"))

    @property
    def callback_id(self) -> str:
        """The id that the app gave it."""
        return str(self.body.get("callback_id", ""))

    @property
    def fields(self) -> dict[str, Field]:
        """Its inputs by block_id, with what they hold now."""
        return {
            block["block_id"]: Field(
                block["block_id"],
                plain(block.get("label")),
                plain(block.get("hint")),
                bool(block.get("optional")),
                block["element"],
                self.state_of(block["block_id"], block["element"]),
            )
            for block in self.blocks
            if block.get("type") == "input"
        }

    @property
    def values(self) -> dict[str, object]:
        """What its inputs hold, by block_id."""
        return {name: each.value for name, each in self.fields.items()}

    def state_of(self, block_id: str, element: Json) -> Json:
        """The state of one element: what was typed, or its initial value."""
        return self.typed.get((block_id, element["action_id"])) or untouched(element)

    def state(self) -> Json:
        """The state of all elements as a payload carries it."""
        values: Json = {}
        for block in self.blocks:
            inside = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
            for element in inside:
                if element and is_input(element) and "action_id" in element:
                    held = self.state_of(block["block_id"], element)
                    values.setdefault(block["block_id"], {})[element["action_id"]] = held
        return {"values": values}

    def json(self) -> Json:
        """The view as Slack sends it to the app."""
        install = self.inbox.install
        rest = {"private_metadata": "", "callback_id": "", "external_id": "", "close": None}
        flags = {"submit": None, "clear_on_close": False, "notify_on_close": False}
        return {
            "id": self.id,
            "team_id": self.inbox.team,
            **rest,
            **flags,
            **self.body,
            "state": self.state(),
            "hash": self.hash,
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": APP_ID,
            "app_installed_team_id": install.team or install.enterprise,
            "bot_id": install.bot_id,
        }


@dataclass(eq=False)
class Inbox:
    """All that one install has shown to one person. `received` also keeps what is gone since."""

    install: Install
    team: str
    user: str
    channel: str
    messages: dict[str, Posted] = field(default_factory=dict)
    ephemerals: list[Posted] = field(default_factory=list)
    windows: list[View] = field(default_factory=list)
    home: View | None = None
    received: list[Posted] = field(default_factory=list)
    met: bool = False


@dataclass(eq=False)
class Room:
    """Where several people read: a channel, or with `group` a conversation of these alone.

    `bot` says whether the bot is in it.
    """

    install: Install
    team: str
    channel: str
    members: set[str]
    bot: bool = True
    archived: bool = False
    group: bool = False
    messages: dict[str, Posted] = field(default_factory=dict)
    ephemerals: list[Posted] = field(default_factory=list)
    received: list[Posted] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """What the bot's messages in it say now, oldest first."""
        return [message.shown for message in self.messages.values()]
