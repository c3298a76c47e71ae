"""Law 6 as a state machine: whatever happens, nothing is lost and nothing is silently repeated."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from bot.commands import registry
from bot.delivery import Gone, Later, Refused
from bot.desk import Desk
from bot.dispatch import LEASE, Dispatcher
from bot.letters.draft import Letters
from bot.message import Call
from bot.model import Nudge, NudgeState, Who
from bot.parcels import AT_A_TIME
from storage.store import Store
from tests.post import Killed, Post, still

LETTERS = Letters()
WHO = Who("terminal", "you", zone="America/New_York")
# More than come at a time.
SPREE = 20
ENDED = {NudgeState.SENT, NudgeState.UNDELIVERED, NudgeState.SHOWN, NudgeState.DROPPED}


class Delivery(RuleBasedStateMachine):
    """One person's nudges through a platform and a process that fail in every way they can."""

    applications = Bundle("applications")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 6, 1, 14, tzinfo=UTC)
        self.store = Store.open("sqlite://")
        self.desk = Desk(self.store, registry, LETTERS)
        self.post = Post()
        self.known: set[str] = set()
        self.excused: dict[str, int] = {}
        self.count = 0

    def teardown(self) -> None:
        self.post.orders.clear()
        self.do("job resume")
        # Seven hours, so that some ticks fall outside quiet hours whatever the clock shows.
        for _ in range(30):
            self.now += timedelta(hours=7)
            self.tick()
        self.check()
        overdue = [
            n for n in self.nudges() if n.state is NudgeState.PLANNED and n.due_at <= self.now
        ]
        late = [n for n in overdue if n.due_at < self.now - timedelta(days=4)]
        assert not late, "a nudge was never sent"
        asyncio.run(self.store.close())

    def do(self, name: str, **answers: str) -> None:
        asyncio.run(self.desk.handle(Call(name, answers), WHO, self.now))

    def nudges(self) -> list[Nudge]:
        return self.store.run(
            lambda unit: unit.nudges.of(unit.enter(WHO, self.now)[0].id)  # type: ignore[no-any-return]
        )

    def tick(self) -> None:
        dispatcher = Dispatcher(self.store, [self.post], LETTERS, clock_from=still)
        before = len(self.post.tried)
        with contextlib.suppress(Killed):
            asyncio.run(dispatcher.tick(self.now))
            # A review may follow at once: the settling of the one before plans it.
            letters = [keys for keys in self.post.tried[before:] if "/review:" not in keys]
            assert len(letters) <= AT_A_TIME, "too many at a time"
            return
        # The process died: whatever was on its way may be tried once more, with a word of warning.
        for keys in self.post.tried[before:]:
            for key in keys.split("+"):
                self.excused[key] = self.excused.get(key, 0) + 1

    @rule(target=applications, days=st.integers(0, 25), decides=st.booleans())
    def apply(self, days: int, decides: bool) -> str:
        self.count += 1
        answers = {"company": f"Acme {self.count}", "role": "SRE"}
        answers["on"] = (self.now - timedelta(days=days)).date().isoformat()
        if decides:
            answers["decides"] = (self.now + timedelta(days=5)).date().isoformat()
        self.do("job applied", **answers)
        return str(self.count)

    @precondition(lambda self: self.count < SPREE)
    @rule()
    def apply_to_many(self) -> None:
        for _ in range(SPREE):
            self.apply(days=0, decides=False)

    @rule(application=applications, hours=st.integers(1, 400))
    def interview(self, application: str, hours: int) -> None:
        at = (self.now + timedelta(hours=hours)).isoformat()
        self.do("job interview", application=application, at=at, another="yes")

    @rule(application=applications, what=st.sampled_from(("reply", "rejection", "closed")))
    def heard(self, application: str, what: str) -> None:
        self.do("job heard", application=application, what=what)

    @rule(application=applications)
    def sent(self, application: str) -> None:
        self.do("job sent", application=application)

    @rule(application=applications, kind=st.sampled_from(("followup", "quiet")))
    def snooze(self, application: str, kind: str) -> None:
        name = f"{kind}:{application}" + (".0" if kind == "quiet" else "")
        before = {n.key: n for n in self.nudges()}
        self.do("job snooze", nudge=name)
        for nudge in self.nudges():
            old = before.get(nudge.key)
            if old and old.state is not NudgeState.PLANNED and nudge.state is NudgeState.PLANNED:
                self.excused[nudge.key] = self.excused.get(nudge.key, 0) + 1

    @rule()
    def undo(self) -> None:
        before = {n.key: n for n in self.nudges()}
        self.do("job undo")
        for nudge in self.nudges():
            old = before.get(nudge.key)
            if (
                old
                and old.state in (NudgeState.SENT, NudgeState.SHOWN)
                and old.state != nudge.state
            ):
                self.excused[nudge.key] = self.excused.get(nudge.key, 0) + 1
        # Taking back the logging takes its nudges along.
        self.known &= {n.key for n in self.nudges()}

    @rule(until=st.none() | st.integers(1, 20))
    def pause(self, until: int | None) -> None:
        day = (self.now + timedelta(days=until)).date().isoformat() if until else ""
        self.do("job pause", until=day)

    @rule()
    def resume(self) -> None:
        self.do("job resume")

    @rule(hours=st.integers(1, 24 * 9))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(
        orders=st.lists(
            st.sampled_from(
                (
                    "ok",
                    "killed before",
                    "killed after",
                    "lost answer",
                    "later",
                    "gone",
                    "refused",
                    "error",
                )
            ),
            max_size=4,
        )
    )
    def deliver(self, orders: list[str]) -> None:
        special = {
            "later": Later(self.now + timedelta(minutes=5), "busy"),
            "gone": Gone("they left"),
            "refused": Refused("too long"),
        }
        self.post.orders.clear()
        for order in orders:
            self.post.orders.append(special.get(order, order))
        before, tried = len(self.post.arrived), len(self.post.tried)
        self.tick()
        self.post.orders.clear()
        if {"lost answer", "error"} & set(orders):
            for keys in self.post.tried[tried:]:
                for key in keys.split("+"):
                    self.excused[key] = self.excused.get(key, 0) + 1
        assert len(self.post.arrived) >= before

    @rule()
    def crash_is_over(self) -> None:
        self.now += LEASE

    @rule()
    def look(self) -> None:
        self.do("job today")

    @invariant()
    def check(self) -> None:
        nudges = {nudge.key: nudge for nudge in self.nudges()}
        gone = self.known - set(nudges)
        assert not gone, f"deleted: {gone}"
        self.known |= set(nudges)
        for nudge in nudges.values():
            arrived = self.post.times(nudge.key)
            if nudge.state in ENDED:
                assert nudge.why, f"{nudge.key} ended as {nudge.state} without a reason"
            if nudge.state is NudgeState.SENT:
                assert arrived, f"{nudge.key} counts as sent and never arrived"
            assert arrived <= 1 + self.excused.get(nudge.key, 0), (
                f"{nudge.key} came {arrived} times"
            )


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
