"""The stand-in for Slack, tried with a small real Bolt app over both transports."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.standin import NotOnScreen, Person, Refused, Slack, Team
from tests.slack.standin.reading import Json
from tests.slack.standin.trial import connected, plain, served, small_app


class Scene:
    """A stand-in with one person and the small app connected to it."""

    def __init__(self, slack: Slack, team: Team, ana: Person, log: list[Json]) -> None:
        self.slack = slack
        self.team = team
        self.ana = ana
        self.log = log
        self.client = AsyncWebClient(team.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture(params=["http", "socket"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async with Slack() as slack:
        team = slack.team("T1")
        ana = team.person("U1", zone="America/New_York", name="ana")
        log: list[Json] = []
        app = small_app(slack, team.bot_token, log)
        way = connected(slack, app) if request.param == "socket" else served(slack, app.web_app())
        async with way:
            yield Scene(slack, team, ana, log)


async def test_a_command_is_answered_before_its_person_alone(scene: Scene) -> None:
    ack = await scene.ana.slash("applied, so on")
    assert ack.ok
    assert scene.log[0]["text"] == "applied, so on"
    assert scene.ana.answer.shown == "You said applied, so on"
    assert scene.ana.answer.buttons == ["Undo"]
    assert scene.ana.answer.ephemeral
    assert scene.ana.dms == []
    scene.slack.check()


async def test_a_press_on_an_ephemeral_answer_replaces_it(scene: Scene) -> None:
    await scene.ana.slash("hello")
    await scene.ana.press("Undo")
    await scene.slack.until(lambda: scene.ana.answer.edits)
    assert [each.shown for each in scene.ana.ephemerals] == ["Undone"]
    assert "message" not in scene.log[1]
    assert scene.log[1]["container"]["is_ephemeral"]
    scene.slack.check()


async def test_a_form_is_filled_as_a_person_would(scene: Scene) -> None:
    ana = scene.ana
    await ana.slash("form")
    assert ana.window.title == "Log it"
    assert ana.window.values == {"company": None, "on": "2026-11-23", "via": None, "note": None}
    ack = await ana.fill(company="Acme", on="2026-11-20", via="A lead", note="good")
    assert ack is not None
    assert ana.modal is None
    state = scene.log[-1]["view"]["state"]["values"]
    assert state["company"]["answer"]["selected_option"] == {"text": plain("Acme"), "value": "acme"}
    assert state["on"]["answer"] == {"type": "datepicker", "selected_date": "2026-11-20"}
    assert state["via"]["answer"]["selected_option"]["value"] == "lead"
    assert state["note"]["answer"]["value"] == "good"
    scene.slack.check()


async def test_errors_stand_under_their_field_and_what_was_typed_stays(scene: Scene) -> None:
    ana = scene.ana
    await ana.slash("form")
    await ana.fill(company="acorn", note="bad one")
    assert ana.window.problems == {"note": "Not that"}
    assert ana.window.values["note"] == "bad one"
    assert ana.window.fields["company"].shown == "Acorn"
    await ana.fill(note="good one")
    assert ana.modal is None
    scene.slack.check()


async def test_slack_itself_refuses_a_form_with_a_required_field_empty(scene: Scene) -> None:
    await scene.ana.slash("form")
    assert await scene.ana.fill(note="x") is None
    assert list(scene.ana.window.problems) == ["company"]
    assert [body for body in scene.log if body.get("type") == "view_submission"] == []


async def test_more_fields_appear_and_typed_values_stay(scene: Scene) -> None:
    ana = scene.ana
    await ana.slash("form")
    await ana.enter(note="half done")
    await ana.press("More")
    await scene.slack.until(lambda: "fit" in ana.window.fields)
    assert ana.window.values["note"] == "half done"
    scene.slack.check()


async def test_what_a_control_would_not_take_is_refused(scene: Scene) -> None:
    ana = scene.ana
    await ana.slash("form")
    for answers in ({"on": "23 Nov"}, {"via": "friend"}, {"company": "Zed"}, {"note": "x" * 3001}):
        with pytest.raises(Refused):
            await ana.fill(**answers)
    with pytest.raises(NotOnScreen):
        await ana.fill(colour="red")
    with pytest.raises(NotOnScreen):
        await ana.press("Launch")


async def test_closing_a_window_is_told_to_who_asked(scene: Scene) -> None:
    await scene.ana.slash("form")
    await scene.ana.close()
    assert scene.ana.modal is None
    assert scene.log[-1]["type"] == "view_closed"
    assert scene.log[-1]["is_cleared"] is False
    scene.slack.check()


async def test_a_message_is_settled_in_place(scene: Scene) -> None:
    ana = scene.ana
    await ana.slash("dm")
    assert ana.dm.shown == "Write to Acme"
    await ana.press("Sent")
    await scene.slack.until(lambda: ana.dm.edits)
    body = scene.log[-1]
    assert body["message"]["blocks"][1]["block_id"] == "row"
    assert body["actions"][0]["action_id"] == "sent"
    assert body["user"] == {"id": "U1", "username": "ana", "name": "ana", "team_id": "T1"}
    assert (ana.dm.shown, ana.dm.buttons) == ("Settled", [])
    assert scene.slack.received == {"U1": 1}
    scene.slack.check()


async def test_home_is_published_when_it_is_opened(scene: Scene) -> None:
    await scene.ana.open_home()
    home = await scene.slack.until(lambda: scene.ana.home)
    assert home is not None
    assert home.shown == "Due today: 1"
    assert home.buttons == ["Go"]
    assert "view" not in scene.log[0]["event"]
    await scene.ana.open_home()
    assert await scene.slack.until(lambda: len(scene.log) > 1)
    assert scene.log[1]["event"]["view"]["id"] == home.id
    assert scene.log[0]["event_id"] != scene.log[1]["event_id"]
    scene.slack.check()


async def test_shortcuts_reach_the_app(scene: Scene) -> None:
    await scene.ana.shortcut()
    assert await scene.slack.until(lambda: scene.ana.modal)
    assert "response_url" not in scene.log[0]
    await scene.ana.message_shortcut("See https://jobs.example/1")
    assert await scene.slack.until(lambda: scene.ana.ephemerals)
    assert scene.log[1]["message"]["text"] == "See https://jobs.example/1"
    assert scene.ana.answer.text == "Saved"
    scene.slack.check()


async def test_an_uninstall_kills_the_token_and_sends_both_events(scene: Scene) -> None:
    await scene.slack.uninstall(scene.team)
    await scene.slack.until(lambda: len(scene.log) == 2)
    assert [b["event"]["type"] for b in scene.log] == ["app_uninstalled", "tokens_revoked"]
    with pytest.raises(SlackApiError, match="account_inactive"):
        await scene.client.auth_test()
    scene.slack.check()


async def test_a_repeated_event_keeps_its_id(scene: Scene) -> None:
    event = {"type": "app_uninstalled"}
    await scene.slack.event(scene.team, event, event_id="Ev1")
    await scene.slack.event(scene.team, event, event_id="Ev1", retry=1)
    await scene.slack.until(lambda: len(scene.log) == 2)
    assert [body["event_id"] for body in scene.log] == ["Ev1", "Ev1"]
