"""What a handler is given: the person, the moment, and the unit of work. Knows no platform."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.clubs.records import Landing, Report
from bot.command import Registry
from bot.exits import Exits
from bot.hours import paused
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Account, Application, Case, Change, Interview, Seeker
from bot.policy import Wanted, wanted
from bot.ports import Unit

# The name of a call that was too long for a button; the desk looks up what it stands for.
STASHED = "job go"
# Where a kept call was said. No option has such a name, so that nobody can say it for themselves.
CHANNEL, ORGANIZES = "@channel", "@organizes"


@dataclass
class Context:
    """One Call's surroundings. Handlers change records through it and return what to say."""

    unit: Unit
    seeker: Seeker
    account: Account
    now: datetime
    registry: Registry
    letters: Letters
    call: Call
    # What people type before a command's word here, such as "/job ".
    prefix: str = ""
    # Whether they go on in a line of their own words, or in a field for each option.
    lines: bool = True
    # How to leave chat by an address; None where the host has none that people can open.
    exits: Exits | None = None
    # As in `Who`: where it was said, and whether they may arrange things for others there.
    channel: str = ""
    organizes: bool = False
    # What others call them there, as far as the platform knows; for whoever has told us no name.
    called: str = ""
    given: frozenset[str] = frozenset()
    replan: set[int] = field(default_factory=set)
    settings_changed: bool = False
    forgotten: bool = False
    undone: bool = False
    # What was taken back had been shared with a club.
    unshared: bool = False
    # What was done is no change that `undo` takes back.
    lasting: bool = False
    _known: list[Application] = field(default_factory=list)

    @property
    def answers(self) -> Mapping[str, str]:
        """The raw answers of the call, what follows from them included."""
        return self.call.answers

    @property
    def is_paused(self) -> bool:
        """Whether the person is taking a rest now."""
        return paused(self.now, self.seeker)

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone."""
        return self.seeker.tz

    @property
    def today(self) -> date:
        """The person's calendar day."""
        return self.now.astimezone(self.zone).date()

    def named(self, words: str) -> str:
        """A command as it is typed here, in quotation marks: `words` as in `Registry.said`."""
        return f"“{self.registry.said(words, self.prefix)}”"

    def application_choices(self) -> list[Application]:
        """What an answer that names an application may mean."""
        if not self._known:
            self._known = self.unit.applications.all(self.seeker.id)
        return self._known

    def interview_choices(self) -> list[Interview]:
        """What an answer that names an interview may mean."""
        return self.unit.interviews.all(self.seeker.id)

    def case(self, number: int) -> Case | None:
        """An application of this person's, with all that belongs to it."""
        return self.cases([number]).get(number)

    def cases(self, numbers: Collection[int]) -> dict[int, Case]:
        """Several of them, by number."""
        found = self.unit.cases([(self.seeker.id, number) for number in sorted(numbers)])
        return {number: case for (_, number), case in found.items()}

    def wanted(self, case: Case) -> list[Wanted]:
        """What policy wants about an application as it stands now."""
        return wanted(self.seeker, case)

    def save_seeker(self, seeker: Seeker) -> None:
        """Store changed settings; everything is planned again."""
        self.unit.save_seeker(seeker)
        self.seeker = seeker
        self.settings_changed = True

    def take_back(self, change: Change) -> None:
        """Undo a change; settings, and what was shared, may be among what it had changed."""
        shared = self._shared()
        self.unit.undo(change, self.now)
        self.unshared = shared != self._shared()
        self.seeker = self.unit.seekers([self.seeker.id])[self.seeker.id]
        self.settings_changed = True
        self.undone = True

    def _shared(self) -> tuple[list[Report], list[Landing]]:
        clubs = self.unit.clubs
        return clubs.reports.all(self.seeker.id), clubs.landings.all(self.seeker.id)

    def later(self, call: Call) -> Call:
        """A call of any length made short enough for a button."""
        kept = self.registry.canonical(call, self)
        if self.channel:
            kept = kept.plus(**{CHANNEL: self.channel, ORGANIZES: "yes" if self.organizes else ""})
        return Call(STASHED, {"call": str(self.unit.stash(self.seeker.id, kept, self.now))})
