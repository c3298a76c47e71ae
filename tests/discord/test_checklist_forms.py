"""The checklist for forms: what was typed comes back with what is wrong; pages are one form."""

import pytest

from storage.store import Store
from tests.discord.chat import DiscordChat, World
from tests.discord.checks import companies, rows

LONG = ("I ran on-call for forty services, and wrote down why. " * 80)[:3900].strip()


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("fit", ["I ran on-call", LONG], ids=["a few words", "3,900 characters"])
async def test_a_form_with_problems_opens_again_with_all_that_was_typed(
    chat: DiscordChat, world: World, store: Store, fit: str
) -> None:
    person = chat.person
    await person.slash("applied", where=world.server)
    await person.submit(company="Globex", role="Editor", on="blursday", fit=fit)
    await world.settle()
    said = person.ephemeral
    assert "blursday" in said.shown
    assert said.buttons == ["Correct it"]
    assert person.modal is None
    for wrong in ("never", "someday"):
        await person.press("Correct it", said)
        form = person.modal
        assert form is not None
        typed = {name.rstrip("+"): each.value for name, each in form.fields.items()}
        given = {"company": "Globex", "role": "Editor", "fit": fit}
        # What has no field here is carried unseen.
        assert all(typed[name] == given[name] for name in typed.keys() & given.keys())
        assert next(iter(typed)) == "on", "what is wrong comes first"
        await person.submit(on=wrong)
        await world.settle()
        said = person.ephemeral
        assert said.buttons == ["Correct it"]
    await person.press("Correct it", said)
    await person.submit(on="yesterday")
    await world.settle()
    assert "Logged: Editor at Globex" in person.ephemeral.shown
    logged = (await rows(store))["applications"][-1]
    assert (logged["company"], logged["fit"]) == ("Globex", fit)


async def test_a_form_that_was_closed_can_be_opened_again(
    chat: DiscordChat, world: World, store: Store
) -> None:
    person = chat.person
    await person.slash("applied", where=world.server)
    await person.submit(company="Globex", role="Editor", on="blursday", fit=LONG)
    await world.settle()
    for _ in range(2):
        await person.press("Correct it")
        person.dismiss()
    await person.press("Correct it")
    await person.submit(on="yesterday")
    await world.settle()
    assert await companies(store) == ["Acme", "Globex"]


@pytest.mark.parametrize("way", ["settings", "edit"])
async def test_a_form_of_several_pages_is_chosen_from_and_each_page_keeps_the_others(
    chat: DiscordChat, world: World, store: Store, way: str
) -> None:
    person = chat.person
    if way == "settings":
        await person.slash("job settings", where=world.server)
        await world.settle()
        await person.press("Change")
    else:
        await person.slash("edit", where=world.server, application="1")
    await world.settle()
    chooser = person.ephemeral
    assert "What would you like to change?" in chooser.shown
    assert len(chooser.buttons) >= 2
    asked: list[str] = []
    for label in list(chooser.buttons):
        await person.press(label, chooser)
        assert person.modal is not None
        assert 1 <= len(person.modal.fields) <= 5
        asked += [name.rstrip("+") for name in person.modal.fields]
        person.dismiss()
    assert len(set(asked)) == len(asked)
    assert {"zone", "quiet", "strengths"} <= set(asked) or {"company", "note", "stage"} & set(asked)
    name, value = ("strengths", "Calm on call") if way == "settings" else ("note", "Said by Lee")
    before = (await rows(store))["seekers" if way == "settings" else "applications"][0]
    for label in list(chooser.buttons):
        await person.press(label, chooser)
        if person.modal is not None and name in person.modal.fields:
            break
    await person.submit(**{name: value})
    await world.settle()
    after = (await rows(store))["seekers" if way == "settings" else "applications"][0]
    assert after[name] == value
    changed = {key for key in after if after[key] != before[key]} - {"seen_at", "zone_confirmed"}
    assert changed == {name}


async def test_a_letter_is_edited_in_place_from_its_message(
    chat: DiscordChat, world: World
) -> None:
    await chat.wait(days=8)
    note = next(m for m in reversed(chat.person.dms) if "Edit" in m.buttons)
    await chat.person.press("Edit", note, nth=0)
    form = chat.person.modal
    assert form is not None
    assert "Hello" in form.fields["letter"].value
    mine = "I am the one for this, and here is why. " * 80
    await chat.person.submit(letter=mine)
    await world.settle()
    assert "I am the one for this" in note.shown
    assert "I sent it" in note.buttons


async def test_records_are_picked_from_a_list_in_a_form(
    chat: DiscordChat, world: World, store: Store
) -> None:
    await chat.say("applied Editor at Globex")
    await chat.person.slash("interview", where=world.server)
    form = chat.person.modal
    assert form is not None
    assert len(form.fields["application"].options) == 2
    choice = next(o for o in form.fields["application"].options if "Globex" in o)
    await chat.person.submit(application=choice, at="thu 3pm")
    await world.settle()
    (interview,) = (await rows(store))["interviews"]
    assert interview["application"] == 2


@pytest.mark.parametrize(
    ("line", "label", "field"),
    [
        ("edit acme", "People and notes", "note"),
        ("settings change=yes", "Name and letters", "strengths"),
    ],
)
async def test_a_form_of_several_pages_that_is_asked_for_in_a_line_is_chosen_from_at_once(
    chat: DiscordChat, world: World, store: Store, line: str, label: str, field: str
) -> None:
    """What it holds already is not taken for an answer."""
    before = await rows(store)
    await world.write(chat.person, line)
    said = chat.person.dm
    assert "What would you like to change?" in said.shown
    await chat.person.press(label, said)
    await world.settle()
    form = chat.person.modal
    assert form is not None
    assert field in form.fields
    after = await rows(store)
    assert after["applications"] == before["applications"]
    assert after["followups"] == before["followups"]
    await chat.person.submit(**{field: "Calm on call"})
    await world.settle()
    found = await rows(store)
    assert "Calm on call" in (found["applications"][0]["note"], found["seekers"][0]["strengths"])


async def test_a_form_with_one_page_that_is_asked_for_in_a_line_is_behind_a_button(
    chat: DiscordChat, world: World
) -> None:
    await world.write(chat.person, "applied")
    await chat.person.press("Open the form", chat.person.dm)
    assert chat.person.modal is not None
    assert chat.person.modal.title == "Log a job application"


async def test_a_form_says_which_application_it_is_about(chat: DiscordChat, world: World) -> None:
    await chat.say("applied Editor at Globex")
    await chat.person.slash("interview", where=world.server, application="2")
    assert chat.person.modal is not None
    assert chat.person.modal.title == "Editor at Globex: log an interview"
    await chat.person.slash("interview", where=world.server)
    assert chat.person.modal.title.startswith("Log an interview")


async def test_what_was_understood_as_the_employer_is_shown_where_the_title_is_asked(
    chat: DiscordChat, world: World
) -> None:
    await world.write(chat.person, "applied Globex")
    await chat.person.press("Open the form", chat.person.dm)
    form = chat.person.modal
    assert form is not None
    assert {form.fields["company"].value, form.fields["role"].value} == {"Globex", ""}


async def test_a_change_that_is_wrong_shows_nothing_empty_that_is_on_record(
    chat: DiscordChat, world: World, store: Store
) -> None:
    person = chat.person
    await person.slash("edit", where=world.server, application="1", closes="blursday", note="Hm")
    await world.settle()
    form = person.modal
    assert form is not None
    assert list(form.fields) == ["closes", "note"]
    await person.submit(closes="30 June")
    await world.settle()
    (kept,) = (await rows(store))["applications"]
    assert (kept["company"], kept["role"], kept["note"]) == ("Acme", "SRE", "Hm")
