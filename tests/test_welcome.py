"""The first words with a person, and the dashboard: also for whoever has never said anything."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.commands import registry
from bot.desk import Desk
from bot.letters.draft import Letters
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
