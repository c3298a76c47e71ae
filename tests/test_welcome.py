"""The first words with a person, and the dashboard: also for whoever has never said anything."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
from bot.looking import Repeated
from bot.message import Answer, Call, Form, Message, plain
from bot.model import Who
from bot.ports import Store
from bot.welcome import Notice
from storage.store import Store as Opened

NOW = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
NOTICE = Notice("Your employer may own this place.", "Is this your employer's?", "Open the door.")
DANA = Who("desk", "dana", "W1", zone="Europe/Paris", name="Dana Fox", discreet=True)
SRE = Call("job applied", {"role": "SRE", "company": "Acme"})


@pytest.fixture
async def desk(store: Opened) -> Desk:
    return Desk(store, registry, Letters(), NOTICE)


async def rows(store: Store, who: Who = DANA) -> dict[str, list[dict[str, object]]]:
    def look(unit: Any) -> dict[str, list[dict[str, object]]]:
        found = unit.look(who)
        return unit.export(found[0].id) if found else {}

    return await store.transact(look)


async def press(desk: Desk, answer: Answer, label: str, who: Who = DANA) -> Answer:
    assert isinstance(answer, Message)
    found = next(button for button in answer.buttons if button.label == label)
    return await desk.handle(Call.decode(found.call.encode()), who, NOW)


async def test_nothing_is_logged_before_the_notice_was_answered(desk: Desk) -> None:
    asked = await desk.handle(SRE, DANA, NOW)
    assert isinstance(asked, Message)
    assert NOTICE.words in plain(asked)
    assert (await rows(desk.store))["applications"] == []
    logged = await press(desk, asked, "No")
    assert isinstance(logged, Message)
    assert "Logged: SRE at Acme (#1)" in plain(logged)
    assert "finished letter" in plain(logged)
    found = await rows(desk.store)
    assert len(found["applications"]) == 1
    assert found["seekers"][0]["discreet"] is False
    assert "Logged" in plain(await said(desk, SRE.plus(role="Editor")))


async def said(desk: Desk, call: Call) -> Message:
    answer = await desk.handle(call, DANA, NOW)
    assert isinstance(answer, Message)
    return answer


async def test_messages_are_discreet_until_and_unless_somebody_says_no(desk: Desk) -> None:
    asked = await said(desk, SRE)
    assert (await rows(desk.store))["seekers"][0]["discreet"] is True
    await press(desk, asked, "Yes, or not sure")
    assert (await rows(desk.store))["seekers"][0]["discreet"] is True
    assert (await rows(desk.store))["seekers"][0]["zone"] == "Europe/Paris"


async def test_the_answer_twice_logs_nothing_twice(desk: Desk) -> None:
    asked = await said(desk, SRE)
    await press(desk, asked, "No")
    again = await press(desk, asked, "No")
    assert isinstance(again, Message)
    assert "You logged SRE at Acme before" in plain(again)
    assert len((await rows(desk.store))["applications"]) == 1


async def test_undo_takes_back_what_was_logged_and_not_the_answer(desk: Desk) -> None:
    logged = await press(desk, await said(desk, SRE), "No")
    undone = await press(desk, logged, "Undo")
    assert "Taken back: Logged: SRE" in plain(undone) if isinstance(undone, Message) else False
    assert (await rows(desk.store))["applications"] == []
    assert "Logged" in plain(await said(desk, SRE))


async def test_a_form_that_was_begun_goes_on_after_the_answer(desk: Desk) -> None:
    asked = await desk.introduce(Form(Call("job applied", {"role": "SRE"})), DANA, NOW)
    form = await press(desk, asked, "No")
    assert isinstance(form, Form)
    assert form.call.answers == {"role": "SRE"}
    known = await desk.introduce(Form(SRE), DANA, NOW)
    assert known == Form(SRE, zone="Europe/Paris")


async def test_help_export_and_forgetting_need_no_answer(desk: Desk) -> None:
    assert NOTICE.words in plain(await said(desk, Call("job help")))
    asked = await said(desk, Call("job export"))
    assert "Send the files?" in plain(asked)
    sent = await press(desk, asked, "Send them all the same")
    assert isinstance(sent, Message)
    assert "Everything I hold about you" in plain(sent)
    assert "Erased" in plain(await said(desk, Call("job forget", {"sure": "yes"})))


async def test_looking_at_the_board_writes_nothing_down(desk: Desk) -> None:
    seen = await desk.board(DANA, NOW)
    assert "Nothing is logged yet" in plain(seen)
    assert NOTICE.words in plain(seen)
    assert await rows(desk.store) == {}


async def test_the_board_shows_each_stage_with_its_next_step(desk: Desk) -> None:
    await press(desk, await said(desk, SRE), "No")
    await said(desk, Call("job applied", {"role": "Editor", "company": "Globex"}))
    await said(desk, Call("job heard", {"application": "2", "what": "offer"}))
    seen = await desk.board(DANA, NOW)
    words = plain(seen)
    assert words.index("Offer (1)") < words.index("Applied (1)")
    assert [b.label for b in seen.buttons if b.call.answers.get("application") == "1"][-1] == (
        "Follow-up"
    )
    assert not seen.changed


async def test_only_what_changes_something_says_so(desk: Desk) -> None:
    assert (await press(desk, await said(desk, SRE), "No")).changed  # type: ignore[union-attr]  # a Message, as above
    assert not (await said(desk, Call("job list"))).changed
    assert (await said(desk, Call("job undo"))).changed
    assert not (await said(desk, Call("job undo"))).changed


ZONELESS = replace(NOTICE, question="", zoneless=True)
MIRA = Who("desk", "mira", zone="Europe/Berlin")


@pytest.fixture
async def zoneless(store: Opened) -> Desk:
    return Desk(store, registry, Letters(), ZONELESS)


async def settings(desk: Desk, who: Who) -> dict[str, object]:
    return (await rows(desk.store, who))["seekers"][0]


async def test_a_guessed_zone_is_shown_as_a_guess_and_taken_with_one_tap(zoneless: Desk) -> None:
    asked = await zoneless.handle(SRE, MIRA, NOW)
    assert isinstance(asked, Message)
    assert "Is it 15:00 where you are?" in plain(asked)
    assert "I guess Berlin" in plain(asked)
    logged = await press(zoneless, asked, "Yes, begin", MIRA)
    assert "Logged: SRE at Acme (#1)" in plain(logged) if isinstance(logged, Message) else False
    found = await settings(zoneless, MIRA)
    assert (found["zone"], found["zone_confirmed"]) == ("Europe/Berlin", True)


async def test_another_zone_is_asked_for_in_a_form_and_then_it_goes_on(zoneless: Desk) -> None:
    asked = await zoneless.handle(SRE, MIRA, NOW)
    form = await press(zoneless, asked, "Another time zone", MIRA)
    assert isinstance(form, Form)
    # A guess that is filled in would be taken for an answer.
    assert "zone" not in form.call.answers
    emptied = await zoneless.handle(form.call.plus(zone=""), MIRA, NOW)
    assert isinstance(emptied, Form)
    assert "city" in emptied.problems["zone"]
    logged = await zoneless.handle(form.call.plus(zone="Kathmandu"), MIRA, NOW)
    assert isinstance(logged, Message)
    assert "Logged: SRE at Acme (#1)" in plain(logged)
    assert (await settings(zoneless, MIRA))["zone"] == "Asia/Kathmandu"


async def test_without_a_guess_the_zone_must_be_chosen(zoneless: Desk) -> None:
    who = replace(MIRA, zone="")
    asked = await zoneless.handle(SRE, who, NOW)
    assert isinstance(asked, Message)
    assert [button.label for button in asked.buttons] == ["Choose my time zone"]
    assert isinstance(await press(zoneless, asked, "Choose my time zone", who), Form)
    assert (await rows(zoneless.store, who))["applications"] == []


async def test_a_request_that_comes_twice_is_done_once(store: Opened) -> None:
    desk = Desk(store, registry, Letters())
    await desk.handle(SRE, DANA, NOW, once="r1")
    with pytest.raises(Repeated):
        await desk.handle(SRE.plus(again="yes"), DANA, NOW, once="r1")
    assert len((await rows(store))["applications"]) == 1
    for _ in range(2):
        listed = await desk.handle(Call("job list"), DANA, NOW, once="r2")
        assert "SRE at Acme" in plain(listed) if isinstance(listed, Message) else False


async def test_answers_are_laid_over_a_call_that_was_kept(store: Opened) -> None:
    desk = Desk(store, registry, Letters())
    long = "I ran on-call for forty services. " * 20
    kept = await desk.keep(SRE.plus(fit=long, via="pigeon"), DANA, NOW)
    kept.encode()
    again = await desk.handle(kept, DANA, NOW)
    assert isinstance(again, Form)
    assert again.problems.keys() == {"via"}
    logged = await desk.handle(kept.plus(via="cold", role="Editor", proof=""), DANA, NOW)
    assert isinstance(logged, Message)
    row = (await rows(store))["applications"][0]
    assert (row["role"], row["fit"], row["company"]) == ("Editor", long.strip(), "Acme")
