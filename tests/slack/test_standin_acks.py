"""Everything that the stand-in's judge should see in acks and late answers, done on purpose."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.slack.standin import NotOnScreen, Refused, Slack
from tests.slack.standin.reading import Json
from tests.slack.standin.trial import answering, asks, modal, paragraph, plain, served


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A stand-in without an app, with one person."""
    async with Slack() as slack:
        slack.team("T1").person("U1")
        yield slack


async def respond(slack: Slack, url: str, **body: Any) -> int:
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
        return answer.status


def response_url(slack: Slack) -> str:
    inbox = slack.world.inbox(slack.team("T1").install, "U1")
    return f"{slack.world.root}/response/{slack.world.reply(inbox, 'C1')}"


async def test_a_response_url_takes_five_posts_in_thirty_minutes(slack: Slack) -> None:
    url = response_url(slack)
    assert [await respond(slack, url, text="Hi") for _ in range(5)] == [200] * 5
    slack.check()
    assert await respond(slack, url, text="Hi") == 404
    assert slack.forgive("more than 5 posts")
    url = response_url(slack)
    slack.clock.move(31 * 60)
    assert await respond(slack, url, text="Hi") == 404
    assert slack.forgive("used after 30 minutes")
    slack.check()


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ({"text": "Hi", "response_type": "in_channel"}, "a public response"),
        ({"text": "Hi", "replace_original": True}, "no original to replace"),
        ({"text": "Hi", "channel": "U1"}, "there is no argument channel"),
        ({"text": "Hi", "response_type": "loud"}, "there is no response_type 'loud'"),
        ({"blocks": [paragraph("Hi")]}, "says nothing to notifications"),
    ],
)
async def test_the_judge_sees_in_a_response(slack: Slack, body: Json, seen: str) -> None:
    await respond(slack, response_url(slack), **body)
    assert [each for each in slack.violations if seen in each] == slack.violations != []


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"text": "Hi", "response_type": "in_channel"}, "a public response"),
        ({"blocks": [paragraph("Hi")]}, "says nothing to notifications"),
        ([1], "neither a text nor a message"),
    ],
)
async def test_the_judge_sees_in_a_commands_ack(answer: Any, seen: str) -> None:
    async with answering(answer) as (slack, ana):
        await ana.slash("x")
        assert [each for each in slack.violations if seen in each] == slack.violations != []


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        ({"response_action": "errors", "errors": {"pay": "No"}}, "is no input of the view"),
        ({"response_action": "errors"}, "errors names no field"),
        ({"response_action": "update"}, "no object with blocks"),
        ({"response_action": "push", "view": {"type": "home", "blocks": []}}, "not 'modal'"),
        ({"response_action": "shut"}, "the ack is no response_action"),
        ("thanks", "the ack is no response_action"),
    ],
)
async def test_the_judge_sees_in_a_submissions_ack(answer: Any, seen: str) -> None:
    async with answering(answer) as (slack, ana):
        slack.world.show(ana.inbox, modal(asks("note", {"type": "plain_text_input"})))
        await ana.fill(note="x")
        assert any(seen in each for each in slack.violations)


async def test_a_submission_can_update_push_and_clear_the_windows() -> None:
    done = modal(paragraph("Done"))
    del done["submit"]
    form = modal(asks("note", {"type": "plain_text_input"}))
    async with answering({"response_action": "push", "view": form}) as (slack, ana):
        slack.world.show(ana.inbox, form)
        for _ in range(3):
            await ana.fill(note="x")
        assert len(ana.inbox.windows) == 3
        assert slack.forgive("more than 3 windows")
        slack.check()
    async with answering({"response_action": "update", "view": done}) as (slack, ana):
        slack.world.show(ana.inbox, form)
        await ana.fill(note="x")
        assert ana.window.shown == "Done"
        with pytest.raises(NotOnScreen):
            await ana.submit()
        slack.check()
    async with answering({"response_action": "clear"}) as (slack, ana):
        slack.world.show(ana.inbox, form)
        slack.world.show(ana.inbox, form)
        await ana.fill(note="x")
        assert ana.modal is None
        slack.check()


async def test_a_window_opened_during_a_submission_outlives_it() -> None:
    form = modal(asks("note", {"type": "plain_text_input"}))

    async def opens(request: web.Request) -> web.Response:
        await request.read()
        slack.world.show(ana.inbox, {**form, "title": plain("Next")})
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", opens)
    async with Slack() as slack, served(slack, app):
        ana = slack.team("T1").person("U1")
        slack.world.show(ana.inbox, form)
        await ana.fill(note="x")
        assert [each.title for each in ana.inbox.windows] == ["Next"]


async def test_the_judge_sees_options_that_are_none() -> None:
    view = modal(asks("company", {"type": "external_select", "min_query_length": 1}))
    many = [{"text": plain(str(n)), "value": str(n)} for n in range(101)]
    long = [{"text": plain("x" * 76), "value": ""}]
    for answer, seen in (
        ({}, "neither options"),
        ({"options": many}, "101"),
        ({"options": long}, "75"),
    ):
        async with answering(answer) as (slack, ana):
            slack.world.show(ana.inbox, view)
            await ana.offered("company", "Ac")
            assert any(seen in each for each in slack.violations)
            with pytest.raises(Refused, match="from 1 characters on"):
                await ana.offered("company", "")


async def test_the_judge_sees_a_body_that_slack_ignores() -> None:
    async with answering({"text": "Done"}) as (slack, ana):
        await ana.shortcut()
        assert slack.forgive("shortcut: the ack carries a body")
        slack.check()


async def test_the_judge_sees_an_ack_that_is_refused_or_late() -> None:
    async with answering("no", status=500) as (slack, ana):
        assert not (await ana.slash("x")).ok
        assert slack.forgive("slash command: acknowledged with status 500")
        slack.check()

    async def never(request: web.Request) -> web.Response:
        await request.read()
        await slack.world.next_change()
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", never)
    async with Slack(patience=0.05) as slack, served(slack, app):
        ack = await slack.team("T1").person("U1").slash("x")
        assert (ack.status, ack.ok) == (0, False)
        assert slack.violations == ["slash command: no acknowledgment within 0.05 s"]
        slack.world.changed()
