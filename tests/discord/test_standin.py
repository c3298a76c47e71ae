"""The stand-in for Discord, tried with a bare discord.py client: what people do and see."""

import io
from typing import Any

import discord
import pytest
from discord import ui

from tests.discord.standin import Act, Discord, NotOnScreen, Posted, Refused
from tests.discord.standin.trial import Interaction, running, said


class Layout(ui.LayoutView):
    """Components that nothing waits for."""

    def is_finished(self) -> bool:
        return True


def card(text: str, *labels: str) -> Layout:
    view = Layout()
    buttons = [ui.Button[Any](label=each, custom_id=f"1:{each}") for each in labels]
    inside: list[Any] = [ui.TextDisplay(text), *([ui.ActionRow(*buttons)] if buttons else [])]
    view.add_item(ui.Container(*inside))
    return view


async def echo(interaction: Interaction) -> None:
    """Say back what was asked."""
    view = card(f"You said **{said(interaction).get('company', 'nothing')}**", "Undo")
    await interaction.response.send_message(view=view, ephemeral=True)


async def test_a_command_in_a_server_is_answered_to_the_person_alone() -> None:
    async with Discord() as discord_, running(discord_, echo):
        club = discord_.server("Club")
        await club.add_bot()
        ana, bob = discord_.person("ana", server=club), discord_.person("bob", server=club)
        act = await ana.slash("applied", company="Acme", where=club)
        assert (act.response, act.failed) == (4, "")
        assert ana.ephemeral.shown == "You said Acme"
        assert ana.ephemeral.buttons == ["Undo"]
        assert ana.dms == []
        assert bob.messages == []
        discord_.check()


async def test_a_server_tells_of_the_member_and_a_dm_of_the_user() -> None:
    heard: list[Interaction] = []

    async def answer(interaction: Interaction) -> None:
        heard.append(interaction)
        await echo(interaction)

    async with Discord() as discord_, running(discord_, answer):
        club = discord_.server("Club")
        ana = discord_.person("ana", locale="de", server=club, installed=True)
        await ana.slash("applied", where=club)
        await ana.slash("job applied")
        in_server, in_dm = heard
        assert isinstance(in_server.user, discord.Member)
        assert in_server.guild_id == int(club.id)
        assert in_server._integration_owners == {0: int(club.id), 1: int(ana.id)}
        assert in_server.context.guild
        assert isinstance(in_dm.user, discord.User)
        assert isinstance(in_dm.channel, discord.DMChannel)
        assert str(in_dm.channel.id) == ana.channel
        assert in_dm._integration_owners == {0: 0, 1: int(ana.id)}
        assert in_dm.context.dm_channel
        assert {each.locale for each in heard} == {discord.Locale.german}
        discord_.check()


async def test_only_what_the_registered_commands_allow_can_be_typed() -> None:
    async with Discord() as discord_, running(discord_, echo):
        club = discord_.server("Club")
        ana = discord_.person("ana", server=club)
        for name, options, error in (
            ("unknown", {}, NotOnScreen),
            ("applied", {"salary": "1"}, NotOnScreen),
            ("applied", {"via": "a dream"}, Refused),
            ("applied", {"score": "many"}, Refused),
            ("applied", {"score": 11}, Refused),
            ("applied", {"company": 5}, Refused),
        ):
            with pytest.raises(error):
                await ana.slash(name, where=club, **options)
        assert (await ana.slash("applied", via="A lead", score="7", where=club)).response == 4


async def test_whoever_has_no_way_to_the_app_sees_no_commands() -> None:
    async with Discord() as discord_, running(discord_, echo):
        elsewhere = discord_.server("Elsewhere", joined=False)
        bob = discord_.person("bob", server=elsewhere)
        for where in (None, elsewhere):
            with pytest.raises(NotOnScreen):
                await bob.slash("applied", where=where)
        bob.installed = True
        assert (await bob.slash("applied", where=elsewhere)).response == 4
        assert bob.acts[-1].interaction.owners == {"1": bob.id}


async def test_a_command_is_offered_only_where_it_says() -> None:
    async with Discord() as discord_, running(discord_, echo):
        club = discord_.server("Club")
        ana = discord_.person("ana", server=club)
        for command in discord_.commands:
            command["contexts"] = [0]
        assert (await ana.slash("applied", where=club)).response == 4
        with pytest.raises(NotOnScreen):
            await ana.slash("applied")


async def test_typing_is_answered_with_choices() -> None:
    async def answer(interaction: Interaction) -> None:
        focused = next(iter(said(interaction).values()))
        names = [name for name in ("Acme", "Acorn", "Bolt") if name.lower().startswith(focused)]
        choices = [discord.app_commands.Choice(name=n, value=n.lower()) for n in names]
        await interaction.response.autocomplete(choices)

    async with Discord() as discord_, running(discord_, answer):
        ana = discord_.person("ana", installed=True)
        found = await ana.autocomplete("applied", company="ac")
        assert [each["name"] for each in found] == ["Acme", "Acorn"]
        assert [each["value"] for each in found] == ["acme", "acorn"]
        with pytest.raises(NotOnScreen):
            await ana.autocomplete("applied", via="c")
        discord_.check()


async def test_the_menu_of_a_message_hands_over_the_message() -> None:
    async def answer(interaction: Interaction) -> None:
        data: Any = interaction.data
        text = data["resolved"]["messages"][data["target_id"]]["content"]
        await interaction.response.send_message(view=card(f"Saved <{text}>"), ephemeral=True)

    async with Discord() as discord_, running(discord_, answer):
        club = discord_.server("Club")
        ana = discord_.person("ana", server=club)
        await ana.menu("Save this job", message_content="https://acme.example/1", where=club)
        assert ana.ephemeral.shown == "Saved https://acme.example/1"
        with pytest.raises(NotOnScreen):
            await ana.menu("Save that job", message_content="", where=club)
        discord_.check()


async def test_a_button_changes_its_message_in_place_and_an_old_click_still_arrives() -> None:
    async def answer(interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            data: Any = interaction.data
            label = data["custom_id"].removeprefix("1:")
            await interaction.response.edit_message(view=card(f"{label}!", "Again"))
        else:
            await interaction.response.send_message(view=card("Sent?", "Yes", "No"))

    async with Discord() as discord_, running(discord_, answer):
        ana = discord_.person("ana", installed=True)
        await ana.slash("applied")
        kept = ana.pressable("Yes")
        assert (await ana.press("Yes")).response == 7
        assert (ana.dm.shown, ana.dm.buttons, ana.dm.edits) == ("Yes!", ["Again"], 1)
        with pytest.raises(NotOnScreen):
            await ana.press("No")
        assert (await ana.press(on=kept)).response == 7
        assert len(ana.dms) == 1
        assert ana.dm.edits == 2
        discord_.check()


async def form(interaction: Interaction) -> None:
    """Open a form, and say what was filled in."""
    if interaction.type is discord.InteractionType.modal_submit:
        data: Any = interaction.data
        inputs = [each["component"] for each in data["components"] if "component" in each]
        filled = {one["custom_id"]: one.get("value", one.get("values")) for one in inputs}
        await interaction.response.send_message(view=card(f"`{filled}`"), ephemeral=True)
        return
    modal = ui.Modal(title="Log it", custom_id="1:job applied")
    modal.add_item(ui.TextDisplay("Dates are **yours**."))
    company: Any = ui.TextInput(custom_id="company", default="Acme", max_length=20)
    modal.add_item(ui.Label(text="Company", description="Where you applied", component=company))
    note: Any = ui.TextInput(custom_id="note", required=False)
    modal.add_item(ui.Label(text="Note", component=note))
    options = [discord.SelectOption(label="Cold", value="cold", default=True)]
    options.append(discord.SelectOption(label="A lead", value="lead"))
    via: Any = ui.Select(custom_id="via", options=options)
    modal.add_item(ui.Label(text="Via", component=via))
    await interaction.response.send_modal(modal)


async def test_a_form_is_filled_in_and_what_is_untouched_keeps_its_value() -> None:
    async with Discord() as discord_, running(discord_, form):
        ana = discord_.person("ana", installed=True)
        assert (await ana.slash("applied")).response == 9
        modal = ana.modal
        assert modal is not None
        assert ana.answer is modal
        assert (modal.title, modal.texts) == ("Log it", ["Dates are yours."])
        company = modal.fields["company"]
        assert (company.label, company.description) == ("Company", "Where you applied")
        assert (company.value, company.required, company.kind) == ("Acme", True, 4)
        assert modal.fields["via"].options == ("Cold", "A lead")
        await ana.submit(note="remote", via="A lead")
        assert ana.modal is None
        said_back = "{'company': 'Acme', 'note': 'remote', 'via': ['lead']}"
        assert ana.ephemeral.shown == said_back
        discord_.check()


async def test_the_client_itself_refuses_what_a_form_does_not_take() -> None:
    async with Discord() as discord_, running(discord_, form):
        ana = discord_.person("ana", installed=True)
        await ana.slash("applied")
        with pytest.raises(Refused) as caught:
            await ana.submit(company="")
        assert caught.value.problems == {"company": "This field is required"}
        with pytest.raises(Refused):
            await ana.submit(company="x" * 21)
        with pytest.raises(Refused):
            await ana.submit(via="A dream")
        with pytest.raises(NotOnScreen):
            await ana.submit(salary="1")
        assert ana.modal is not None
        ana.dismiss()
        with pytest.raises(NotOnScreen):
            await ana.submit()


async def test_what_is_written_in_the_dm_arrives() -> None:
    async with Discord() as discord_, running(discord_, echo) as client:
        ana = discord_.person("ana", installed=True)
        await ana.write("hello")
        await client.until(lambda: "message hello" in client.heard)


async def test_an_answer_that_takes_its_time_shows_that_the_bot_is_thinking() -> None:
    async def answer(interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await discord_.until(lambda: ana.acts)
        await interaction.edit_original_response(view=card("Done", "Undo"))
        await interaction.followup.send(view=card("And more"), ephemeral=True)

    async with Discord() as discord_, running(discord_, answer):
        club = discord_.server("Club")
        ana = discord_.person("ana", server=club)
        act: Act = await ana.slash("applied", where=club)
        assert (act.response, act.waiting, ana.messages) == (5, True, [])
        await discord_.until(lambda: len(ana.ephemerals) == 2)
        assert [each.shown for each in ana.ephemerals] == ["Done", "And more"]
        assert not act.waiting
        assert isinstance(ana.answer, Posted)
        assert ana.ephemerals[0].edits == 0
        discord_.check()


async def test_files_are_kept_and_shown_by_their_component() -> None:
    async def answer(interaction: Interaction) -> None:
        view = card("Everything of yours")
        view.add_item(ui.File("attachment://jobs.json"))
        file = discord.File(io.BytesIO(b"{}"), "jobs.json")
        await interaction.response.send_message(view=view, file=file, ephemeral=True)

    async with Discord() as discord_, running(discord_, answer):
        ana = discord_.person("ana", installed=True)
        await ana.slash("applied")
        assert ana.ephemeral.files == {"jobs.json": b"{}"}
        assert ana.ephemeral.shown == "Everything of yours\njobs.json"
        discord_.check()
