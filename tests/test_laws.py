"""The laws of the product, by number. Law 6 has a file of its own: test_dispatch_laws."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.nudges import digest
from bot.commands import registry
from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.fit import fit
from bot.letters.draft import Letters
from bot.message import Answer, Call, File, Form, Message, Quote, plain
from bot.model import Case, LetterKind, Nudge, NudgeKind, Seeker, Stage, Who
from bot.policy import key_of, wanted
from storage.store import Store
from tests.post import Post
from tests.records import LOGGED, cases, seekers

LETTERS = Letters()
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)
ME = Who("desk", "me", zone="America/New_York")
MALLORY = Who("desk", "mallory", zone="America/New_York")
CANARY = "Canarycorp"


@contextmanager
def desk() -> Iterator[tuple[Desk, Store]]:
    store = Store.open("sqlite://")
    try:
        yield Desk(store, registry, LETTERS), store
    finally:
        asyncio.run(store.close())


def do(at_desk: Desk, who: Who, call: Call, now: datetime = NOW) -> Answer:
    return asyncio.run(at_desk.handle(call, who, now))


def seen(answer: Answer) -> str:
    """All that a person could read of an answer, files and buttons included."""
    if isinstance(answer, Form):
        return str(answer)
    files = "".join(block.data.decode() for block in answer.blocks if isinstance(block, File))
    return plain(answer) + files + "".join(button.call.wire() for button in answer.buttons)


@given(seekers(), cases(open_only=True))
def test_1_a_nudge_about_a_follow_up_is_the_draft(seeker: Seeker, case: Case) -> None:
    seeker = replace(seeker, discreet=False)
    for want in wanted(seeker, case):
        if want.kind not in (NudgeKind.FOLLOW_UP, NudgeKind.THANKS):
            continue
        nudge = Nudge(
            1,
            key_of(seeker, want.name),
            seeker.id,
            "desk",
            want.kind,
            want.due_at,
            want.due_at,
            application=want.application,
            interview=want.interview,
        )
        message = digest(seeker, [(nudge, case)], (), LETTERS, want.due_at)
        letters = [block.text for block in message.blocks if isinstance(block, Quote)]
        assert letters
        assert all(letter.strip() for letter in letters)
        commands = {button.call.name for button in message.buttons}
        assert {"job sent", "job snooze", "job skip"} <= commands


def test_1_three_letters_in_one_message_are_whole_on_the_tightest_platform() -> None:
    with desk() as (at_desk, store):
        for company in ("Acme", "Globex", "Initech"):
            fit_for = {
                "fit": "I ran on-call for forty services. " * 4,
                "contact": "Kim <k@x.example>",
            }
            do(at_desk, ME, Call("job applied", {"company": company, "role": "SRE", **fit_for}))
        post = Post("desk")
        asyncio.run(Dispatcher(store, [post], LETTERS).tick(NOW + timedelta(days=8)))
    letters = 0
    for _, message in post.arrived:
        whole = [block for block in message.blocks if isinstance(block, Quote)]
        letters += len(whole)
        assert [b for b in fit(message).blocks if isinstance(b, Quote)] == whole
    assert letters == 3


EVERYTHING = sorted(registry.commands)
ANSWERS = {
    "application": st.sampled_from(("1", "#2", "acme", "canary", "99")),
    "interview": st.sampled_from(("1", "2", "99")),
    "person": st.sampled_from(("0", "1", "2")),
    "what": st.sampled_from(("reply", "interview", "offer", "rejection", "accepted", "closed")),
    "nudge": st.sampled_from(("followup:1", "quiet:1.0", "debrief:1", "thanks:1", "heard:1.1")),
    "company": st.sampled_from(("Acme", "Globex")),
    "role": st.sampled_from(("SRE", "Editor")),
    "at": st.sampled_from(("tomorrow 3pm", "yesterday 3pm")),
    "kind": st.sampled_from(tuple(LetterKind)),
    "lead": st.just("Kim Lund"),
    "letter": st.just("Subject: SRE\n\nHello."),
    "themes": st.just("Dana: scaling"),
    "call": st.sampled_from(("1", "2", "3")),
    "sure": st.just("yes"),
    "again": st.sampled_from(("yes", "no")),
    "channel": st.sampled_from(("email", "linkedin")),
    "until": st.sampled_from(("", "2026-06-10")),
    "people": st.just("Dana Fox, Lee"),
    "which": st.sampled_from(("open", "closed", "all")),
}


@st.composite
def calls(draw: st.DrawFn, without: tuple[str, ...] = ()) -> Call:
    """Anything that a button, a form or a forger could send."""
    name = draw(st.sampled_from([n for n in EVERYTHING if n not in without] + ["job go"]))
    command = registry.get(name)
    options = [option.name for option in command.options] if command else ["call"]
    required = {option.name for option in command.options if option.required} if command else set()
    chosen = {o for o in options if o in ANSWERS and (o in required or draw(st.booleans()))}
    return Call(name, {option: draw(ANSWERS[option]) for option in sorted(chosen)})


def history(store: Store, who: Who) -> dict[str, list[dict[str, object]]]:
    """Every row about a person, but for when they were last seen."""
    rows = store.run(lambda unit: unit.export(unit.enter(who, NOW)[0].id))
    for row in rows["seekers"]:
        row.pop("seen_at")
    return rows


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(without=("job sent",)), max_size=12))
def test_4_nothing_counts_as_sent_without_the_seekers_word(said: list[Call]) -> None:
    with desk() as (at_desk, store):
        do(at_desk, ME, Call("job applied", {"company": "Acme", "role": "SRE"}))
        for call in said:
            do(at_desk, ME, call)
        followups = history(store, ME)["followups"]
    assert all(row["sent_at"] is None for row in followups)


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), max_size=12))
def test_2_there_is_one_cold_follow_up_unless_it_is_overridden_aloud(said: list[Call]) -> None:
    with desk() as (at_desk, store):
        do(at_desk, ME, Call("job applied", {"company": "Acme", "role": "SRE"}))
        for call in said:
            do(at_desk, ME, call)
        rows = history(store, ME)
    cold: dict[object, list[object]] = {}
    for row in rows["followups"]:
        if row["sent_at"] and row["kind"] == "application":
            cold.setdefault(row["application"], []).append(row["against_advice"])
    for letters in cold.values():
        assert letters.count(False) <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), max_size=12))
def test_7_and_8_nobody_reads_or_moves_what_is_anothers(said: list[Call]) -> None:
    with desk() as (at_desk, store):
        for company in (CANARY, f"{CANARY} Two"):
            do(at_desk, ME, Call("job applied", {"company": company, "role": "SRE"}))
        at = (NOW + timedelta(days=1)).isoformat()
        do(at_desk, ME, Call("job interview", {"application": "1", "at": at}))
        before = history(store, ME)
        for call in said:
            assert CANARY not in seen(do(at_desk, MALLORY, call))
        assert history(store, ME) == before


@settings(max_examples=40, deadline=None)
@given(st.lists(calls(without=("job forget",)), max_size=12))
def test_7_everything_that_is_said_is_private(said: list[Call]) -> None:
    with desk() as (at_desk, _):
        do(at_desk, ME, Call("job applied", {"company": "Acme", "role": "SRE"}))
        for call in said:
            answer = do(at_desk, ME, call)
            assert isinstance(answer, Form) or answer.private
            assert not isinstance(answer, Message) or "went wrong" not in plain(answer)


@settings(max_examples=40, deadline=None)
@given(st.lists(calls(without=("job forget", "job begin")), max_size=12))
def test_undo_after_undo_leads_back_to_the_beginning(said: list[Call]) -> None:
    with desk() as (at_desk, store):
        empty = history(store, ME)
        for call in said[:10]:
            do(at_desk, ME, call)
        for _ in range(12):
            do(at_desk, ME, Call("job undo"))
        rows = history(store, ME)
    for table in ("applications", "interviews", "replies", "followups"):
        assert rows[table] == [], table
    assert rows["seekers"] == empty["seekers"]
    assert {row["state"] for row in rows["nudges"]} <= {"dropped"}


@settings(max_examples=40, deadline=None)
@given(st.lists(calls(), max_size=12))
def test_10_forgetting_leaves_nothing(said: list[Call]) -> None:
    with desk() as (at_desk, store):
        do(at_desk, ME, Call("job applied", {"company": CANARY, "role": "SRE"}))
        for call in said:
            do(at_desk, ME, call)
        do(at_desk, ME, Call("job forget", {"sure": "yes"}))
        rows = history(store, ME)
    assert CANARY not in str(rows)
    assert {name for name, found in rows.items() if found} <= {"seekers", "accounts"}


@given(seekers(), cases(), st.sampled_from(Stage))
def test_5_no_contact_means_no_letter_is_ever_suggested_by_itself(
    seeker: Seeker, case: Case, stage: Stage
) -> None:
    asked = replace(case.application, no_contact=True, stage=stage, logged_at=LOGGED)
    kinds = {want.kind for want in wanted(seeker, replace(case, application=asked))}
    assert NudgeKind.FOLLOW_UP not in kinds


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_command_answers_when_it_is_called_bare(name: str) -> None:
    with desk() as (at_desk, _):
        answer = do(at_desk, ME, Call(name))
        assert isinstance(answer, Form) or "went wrong" not in plain(answer)
