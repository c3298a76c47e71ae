"""A known answer as the text that stands in its field and means the same. Knows no components."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.command import Option
from bot.kinds import KindName
from bot.model import Application, Interview
from bot.readers import Unfit


@dataclass(frozen=True, slots=True)
class Moment:
    """What reading a day or a time depends on. It knows nobody's records.

    `sure` says that the zone is the person's own; else no day and no instant is read off words.
    """

    now: datetime
    zone: ZoneInfo
    sure: bool = True

    @classmethod
    def of(cls, now: datetime, zone: str) -> "Moment":
        """In the zone of that name; "", or a name unknown here, is one that nobody is sure of."""
        try:
            return cls(now, ZoneInfo(zone))
        except (ValueError, OSError, LookupError):
            return cls(now, ZoneInfo("UTC"), sure=False)

    def application_choices(self) -> list[Application]:
        """None: a record is looked up where records are."""
        return []

    def interview_choices(self) -> list[Interview]:
        """None, likewise."""
        return []


def shown(option: Option, answer: str, moment: Moment) -> str:
    """The answer as a person would type it, where that reads back as the same."""
    kind, lean = option.kind, option.opt.lean
    dated = kind.name in (KindName.DAY, KindName.INSTANT)
    if not answer or not (moment.sure if dated else kind.name is KindName.TIME):
        return answer
    try:
        value = kind.read(answer, moment, lean)
        said = _say(value, moment.zone)
        return said if kind.read(said, moment, lean) == value else answer
    except Unfit:
        return answer


def _say(value: object, zone: ZoneInfo) -> str:
    match value:
        case datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case time():
            return f"{value:%H:%M}"
        case date():
            return value.isoformat()
        case _:
            return str(value)
