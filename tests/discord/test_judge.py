"""The judge by Discord's own description: what discord.py sends passes, and mistakes are named."""

import io
import json
from collections.abc import Mapping
from typing import Any

import discord
import pytest
from discord import ui
from discord.http import MultipartParameters, handle_message_parameters
from discord.webhook.async_ import interaction_message_response_params

from adapters.discord.views import Asking, Layout
from tests.discord.judge import SPEC, Judge
from tests.discord.limits import (
    choices_problems,
    command_problems,
    message_problems,
    modal_problems,
    response_problems,
)

JUDGE = Judge()
SEND = "/channels/1456/messages"
ANSWER = "/interactions/1457/aW50ZXJhY3Rpb246MQ/callback?with_response=1"
LATER = "/webhooks/1458/aW50ZXJhY3Rpb246MQ"
COMMANDS = "/applications/1458/commands"
V2 = discord.MessageFlags(components_v2=True).value
NOBODY = discord.AllowedMentions.none()

described = pytest.mark.skipif(not SPEC.is_file(), reason="Discord's description is not here")


def words() -> dict[str, Any]:
    """The smallest message that says something."""
    return {"flags": V2, "components": [{"type": 10, "content": "hi"}]}


def nudge(*, files: bool = False) -> Layout:
    """A message with every component that we may use."""
    view = Layout(timeout=None)
    box: ui.Container[Layout] = ui.Container(accent_color=0x336699)
    box.add_item(ui.TextDisplay("# Follow up"))
    box.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
    pressed: ui.Button[Layout] = ui.Button(label="Show", custom_id="1:job show id=1")
    box.add_item(ui.Section("Acme", "engineer", accessory=pressed))
    done: ui.Button[Layout] = ui.Button(
        label="Sent", custom_id="1:job sent id=1", style=discord.ButtonStyle.success
    )
    away: ui.Button[Layout] = ui.Button(label="Write", url="https://example.com/?a=b#c")
    box.add_item(ui.ActionRow(done, away))
    pick: ui.Select[Layout] = ui.Select(
        custom_id="1:pick", options=[discord.SelectOption(label="One", description="The first")]
    )
    box.add_item(ui.ActionRow(pick))
    view.add_item(box)
    if files:
        gallery: ui.MediaGallery[Layout] = ui.MediaGallery(
            discord.MediaGalleryItem("attachment://week.png", description="Your week")
        )
        view.add_item(gallery)
        view.add_item(ui.File("attachment://letter.txt"))
    return view


def papers() -> list[discord.File]:
    return [
        discord.File(io.BytesIO(b"png"), "week.png", description="Your week"),
        discord.File(io.BytesIO(b"text"), "letter.txt"),
    ]


def body_of(sent: MultipartParameters) -> dict[str, Any]:
    """What Discord reads of a request, with files or without."""
    if sent.payload is not None:
        return dict(sent.payload)
    assert sent.multipart
    form = next(part for part in sent.multipart if part["name"] == "payload_json")
    read: dict[str, Any] = json.loads(form["value"])
    return read


@pytest.mark.parametrize("files", [False, True], ids=["alone", "with files"])
def test_a_message_of_discord_py_is_fine(files: bool) -> None:
    more: dict[str, Any] = {"files": papers()} if files else {}
    with handle_message_parameters(
        view=nudge(files=files), nonce="1a2b3c", allowed_mentions=NOBODY, **more
    ) as sent:
        body = body_of(sent)
    assert JUDGE.request("POST", SEND, body, multipart=files) == []
    assert message_problems(body, to_channel=True) == []


@pytest.mark.parametrize("path", [f"{SEND}/1459", f"{LATER}/messages/@original"])
def test_an_edit_of_discord_py_is_fine(path: str) -> None:
    with handle_message_parameters(
        view=nudge(files=True), attachments=papers(), allowed_mentions=NOBODY
    ) as sent:
        body = body_of(sent)
    assert JUDGE.request("PATCH", path, body, multipart=True) == []
    assert message_problems(body) == []


def test_a_follow_up_of_discord_py_is_fine() -> None:
    flags = discord.MessageFlags(ephemeral=True)
    with handle_message_parameters(view=nudge(), flags=flags, allowed_mentions=NOBODY) as sent:
        body = body_of(sent)
    assert JUDGE.request("POST", f"{LATER}?wait=1&with_components=0", body) == []
    assert message_problems(body) == []


@pytest.mark.parametrize("kind", [4, 7])
@pytest.mark.parametrize("files", [False, True], ids=["alone", "with files"])
def test_an_answer_of_discord_py_is_fine(kind: int, files: bool) -> None:
    more: dict[str, Any] = {"files": papers()} if files else {}
    sent = interaction_message_response_params(
        type=kind,
        view=nudge(files=files),
        flags=discord.MessageFlags(ephemeral=True),
        previous_allowed_mentions=NOBODY,
        **more,
    )
    body = body_of(sent)
    assert JUDGE.request("POST", ANSWER, body, multipart=files) == []
    assert response_problems(kind, body["data"], to=3) == []


def form() -> Asking:
    """A form with every field that we may use."""
    view = Asking(title="Log an application", custom_id="1:job applied", timeout=None)
    option = discord.SelectOption(label="Cold", value="cold", default=True)
    asked: list[tuple[str, ui.Item[Any]]] = [
        ("Company", ui.TextInput(custom_id="company", default="Acme", max_length=200)),
        (
            "Fit",
            ui.TextInput(
                custom_id="fit", style=discord.TextStyle.paragraph, required=False, placeholder="x"
            ),
        ),
        ("Via", ui.Select(custom_id="via", options=[option], required=False, min_values=0)),
        (
            "When",
            ui.RadioGroup(
                custom_id="when",
                options=[discord.RadioGroupOption(label=x, value=x) for x in ("a", "b")],
            ),
        ),
        ("Really", ui.Checkbox(custom_id="really")),
    ]
    for name, item in asked:
        view.add_item(ui.Label(text=name, description=f"{name}?", component=item))
    return view


def test_a_form_of_discord_py_is_fine() -> None:
    data = form().to_dict()
    assert JUDGE.request("POST", ANSWER, {"type": 9, "data": data}) == []
    assert modal_problems(data) == []


@pytest.mark.parametrize(
    "item",
    [
        ui.UserSelect(custom_id="c"),
        ui.RoleSelect(custom_id="c", required=False, min_values=0),
        ui.MentionableSelect(custom_id="c"),
        ui.ChannelSelect(custom_id="c", channel_types=[discord.ChannelType.text]),
        ui.FileUpload(custom_id="c", max_values=10),
        ui.CheckboxGroup(
            custom_id="c", options=[discord.CheckboxGroupOption(label="a", value="a")]
        ),
    ],
    ids=lambda item: type(item).__name__,
)
def test_other_fields_of_discord_py_are_fine(item: ui.Item[Any]) -> None:
    view = Asking(title="Ask", custom_id="1:ask", timeout=None)
    view.add_item(ui.Label(text="Which", component=item))
    view.add_item(ui.TextDisplay("Nothing is sent for you."))
    data = view.to_dict()
    assert JUDGE.request("POST", ANSWER, {"type": 9, "data": data}) == []
    assert modal_problems(data) == []


async def test_commands_of_discord_py_are_fine() -> None:
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = discord.app_commands.CommandTree(
        client,
        allowed_contexts=discord.app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=discord.app_commands.AppInstallationType(guild=True, user=True),
    )

    async def applied(
        interaction: discord.Interaction, company: str, count: int | None = None
    ) -> None:
        raise AssertionError("never called")

    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[discord.app_commands.Choice[str]]:
        raise AssertionError("never called")

    async def save(interaction: discord.Interaction, message: discord.Message) -> None:
        raise AssertionError("never called")

    group = discord.app_commands.Group(name="job", description="Your job search")
    command: discord.app_commands.Command[Any, ..., None] = discord.app_commands.Command(
        name="applied", description="Log a job application", callback=applied
    )
    command.autocomplete("company")(complete)
    group.add_command(command)
    tree.add_command(group)
    tree.add_command(discord.app_commands.ContextMenu(name="Save this job", callback=save))
    everything = [
        *tree.get_commands(type=discord.AppCommandType.chat_input),
        *tree.get_commands(type=discord.AppCommandType.message),
    ]
    payload = [each.to_dict(tree) for each in everything]
    assert len(payload) == 2
    assert JUDGE.request("PUT", COMMANDS, payload) == []
    assert [command_problems(each) for each in payload] == [[], []]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/gateway/bot", None),
        ("GET", "/users/@me", None),
        ("GET", "/oauth2/applications/@me", None),
        ("POST", "/users/@me/channels", {"recipient_id": 80351110224678912}),
        ("DELETE", f"{SEND}/1459", None),
        ("GET", f"{SEND}?limit=100&before=1459", None),
        ("GET", f"{COMMANDS}?with_localizations=true", None),
        ("DELETE", "/users/@me/guilds/1460", None),
        ("DELETE", f"{LATER}/messages/@original", None),
        ("POST", "/api/v10/users/@me/channels", {"recipient_id": "1"}),
        ("POST", ANSWER, {"type": 6}),
        ("POST", ANSWER, {"type": 5, "data": {"flags": 64}}),
        ("POST", ANSWER, {"type": 8, "data": {"choices": [{"name": "Acme", "value": "Acme"}]}}),
    ],
)
def test_other_requests_of_discord_py_are_fine(method: str, path: str, body: Any) -> None:
    assert JUDGE.request(method, path, body) == []


def test_choices_as_they_are_sent_are_fine_to_both_judges() -> None:
    choice = discord.app_commands.Choice(name="Acme", value="Acme").to_dict()
    assert choices_problems([choice] * 25) == []
    assert JUDGE.request("POST", ANSWER, {"type": 8, "data": {"choices": [choice] * 25}}) == []


@described
@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/nowhere", "POST /nowhere: Discord has no such operation"),
        ("PUT", SEND, "PUT /channels/…/messages: Discord has no such operation"),
        ("GET", "/users/@me/", "GET /users/@me/: Discord has no such operation"),
        ("DELETE", "/channels//messages/1", "no such operation"),
        ("GET", "/channels/general/messages", "the path's channel_id is not of the form"),
        ("GET", f"{SEND}?limit=101", "the query's limit is over 100"),
        ("GET", f"{SEND}?limit=many", "the query's limit is text, not integer"),
        ("GET", f"{SEND}?since=1", "there is no query parameter since"),
        ("GET", f"{SEND}?before=yesterday", "the query's before is not of the form"),
        ("POST", SEND, "the body is missing"),
    ],
)
def test_a_request_to_the_wrong_place_is_told(method: str, path: str, told: str) -> None:
    (problem,) = JUDGE.request(method, path, None)
    assert told in problem


@described
def test_a_body_or_files_where_none_are_taken_are_told() -> None:
    assert JUDGE.request("DELETE", f"{SEND}/1", {}) == [
        "DELETE /channels/{channel_id}/messages/{message_id}: takes no body"
    ]
    (problem,) = JUDGE.request("POST", "/users/@me/channels", {"recipient_id": 1}, multipart=True)
    assert problem == "POST /users/@me/channels: takes no files"


def spoiled(**changes: Any) -> dict[str, Any]:
    """A message with another first button, of six components deep in the view's own."""
    with handle_message_parameters(view=nudge()) as sent:
        body = body_of(sent)
    body["components"][0]["components"][3]["components"][0].update(changes)
    return body


IN_ROW = "components[0].components[3].components[0]"


@described
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (spoiled(label="x" * 81), f"{IN_ROW}.label has 81 characters, over 80"),
        (spoiled(custom_id=""), f"{IN_ROW}.custom_id has 0 characters, under 1"),
        (spoiled(style=9), f"{IN_ROW}.style is of no kind that is taken here"),
        (spoiled(style="1"), f"{IN_ROW}.style is text, not integer"),
        (spoiled(type=4), f"{IN_ROW} is of no kind that is taken here: 4"),
        (spoiled(type=None), f"{IN_ROW} is of no kind that is taken here"),
        (spoiled(disabled="yes"), f"{IN_ROW}.disabled is text, not boolean or null"),
        (spoiled(colour=1), f"{IN_ROW} has no field colour"),
        (spoiled(url="example"), f"{IN_ROW}.url is no uri"),
        (spoiled(url="https://[::1"), f"{IN_ROW}.url is no uri"),
        (spoiled(id=-1), f"{IN_ROW}.id is under 0"),
        (spoiled(id=1 << 31), f"{IN_ROW}.id is no int32"),
        ({**words(), "components": []}, None),
        ({**words(), "components": [{"type": 10}]}, "components[0] lacks content"),
        ({**words(), "components": [{"type": 12, "items": []}]}, "has 0 entries, under 1"),
        ({**words(), "components": [{"type": 10, "content": "x"}] * 41}, "41 entries, over 40"),
        ({**words(), "nonce": "n" * 26}, "nonce has 26 characters, over 25"),
        ({**words(), "nonce": 12}, None),
        ({**words(), "tts": True}, None),
        ({**words(), "allowed_mentions": {"parse": ["all"]}}, "allowed_mentions.parse[0] is of no"),
        (
            {**words(), "allowed_mentions": {"parse": ["users", "users"]}},
            "allowed_mentions.parse says something twice",
        ),
        ({**words(), "embeds": [{"timestamp": "soon"}]}, "embeds[0].timestamp is no date-time"),
        ({**words(), "embeds": [{"timestamp": "2026-11-23T10:00:00Z"}]}, None),
        ("hello", "the body is text, not object"),
        ([], "the body is a list, not object"),
    ],
)
def test_a_mistake_is_named_where_it_is(body: Any, told: str | None) -> None:
    problems = JUDGE.request("POST", SEND, body)
    where = "POST /channels/{channel_id}/messages: "
    assert [problem.startswith(where) for problem in problems] == ([True] if told else [])
    assert told is None or told in problems[0]


@described
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"type": 3}, "the body is of no kind that is taken here: 3"),
        ({}, "the body lacks type"),
        ({"type": 9, "data": {**form().to_dict(), "title": "t" * 46}}, "data.title has 46"),
        ({"type": 9, "data": {"custom_id": "x", "title": "t"}}, "data lacks components"),
        (
            {"type": 9, "data": {**form().to_dict(), "components": [{"type": 2, "style": 1}]}},
            "data.components[0] is of no kind that is taken here: 2",
        ),
        (
            {"type": 8, "data": {"choices": [{"name": "a", "value": "a"}] * 26}},
            "data.choices has 26 entries, over 25",
        ),
        ({"type": 8, "data": {"choices": [{"name": "a"}]}}, "data.choices[0] lacks value"),
        ({"type": 4, "data": {"content": "x" * 2001}}, "data.content has 2001 characters"),
        ({"type": 4, "data": {"content": "x", "nonce": "1"}}, "data has no field nonce"),
    ],
)
def test_a_mistake_in_an_answer_is_named_where_it_is(answer: Mapping[str, Any], told: str) -> None:
    (problem,) = JUDGE.request("POST", ANSWER, answer)
    assert told in problem


@described
def test_a_mistake_in_a_command_is_named_where_it_is() -> None:
    option = {"type": 3, "name": "company", "description": "d" * 101, "choices": [{"name": "a"}]}
    command = {"name": "job", "description": "x", "options": [{**option, "max_length": 6001}]}
    where = "PUT /applications/{application_id}/commands: [0].options[0]"
    assert JUDGE.request("PUT", COMMANDS, [command]) == [
        f"{where}.description has 101 characters, over 100",
        f"{where}.choices[0] lacks value",
        f"{where}.max_length is over 6000",
    ]


@described
def test_no_problem_quotes_what_somebody_typed_nor_a_token() -> None:
    body = spoiled(label="canary" * 20, url="canary", style="canary", sku_id="canary", emoji="x")
    body["content"] = "canary" * 1000
    body["nonce"] = "canary" * 5
    problems = [
        *JUDGE.request("POST", SEND, body),
        *JUDGE.request("POST", f"{LATER}canarycanary/messages/@original", body),
        *JUDGE.request("POST", "/interactions/canary/canarycanary/callback", {"type": "canary"}),
    ]
    assert len(problems) > 6
    assert "canary" not in " ".join(problems)
