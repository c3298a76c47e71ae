"""What Slack sends that is none of ours, or of another version, is read without an exception."""

from typing import Any

import pytest

from adapters.slack.meta import Meta
from adapters.slack.workspace import Workspace


@pytest.mark.parametrize(
    "carried",
    [
        *("", "null", "7", "[", "[" * 3000, "[5,[]]", '[["x"],[]]', '["x",{"c":1,"d":2}]'),
        *('["x",["C"]]', '["x",["C",1]]', '["job applied",["C","1"],1]', '{"a":1,"b":2}'),
    ],
)
def test_what_a_window_of_another_version_carries_is_left_alone(carried: str) -> None:
    assert Meta.decode(carried) == Meta()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"authorizations": [None]},
        {"team_id": None, "enterprise_id": "E1", "authorizations": []},
        {"is_enterprise_install": True},
    ],
)
def test_a_request_that_names_no_team_came_to_no_workspace(body: dict[str, Any]) -> None:
    assert Workspace.of(body).key == ""
