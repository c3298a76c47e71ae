"""The zone that is guessed from a person's language is a zone, and only a guess."""

import json
from zoneinfo import ZoneInfo, available_timezones

import pytest
from discord import Locale

from adapters.discord.locales import zone_guess
from bot.zones import zones_like
from tests.discord.judge import SPEC
from tests.stories.chat import BEGIN


@pytest.mark.parametrize("locale", [locale.value for locale in Locale])
def test_every_language_of_discord_has_a_guess_that_is_a_zone(locale: str) -> None:
    name = zone_guess(locale)
    assert name in available_timezones()
    assert ZoneInfo(name).key == name
    # As the core writes it, so that the guess can be taken as an answer.
    assert zones_like(name, 1, BEGIN) == [name]


def test_discord_has_no_language_that_nobody_has_thought_of() -> None:
    if not SPEC.is_file():
        pytest.skip("Discord's description of its requests is not beside this repository")
    listed = json.loads(SPEC.read_bytes())["components"]["schemas"]["AvailableLocalesEnum"]["oneOf"]
    without = {one["const"] for one in listed if not zone_guess(one["const"])}
    assert without == {"ar"}


@pytest.mark.parametrize("locale", ["", "ar", "en", "en-AU", "xx-YY", "EN-US", "America/New_York"])
def test_where_any_guess_would_be_silly_there_is_none(locale: str) -> None:
    assert zone_guess(locale) == ""


def test_the_languages_that_are_spoken_in_two_places_are_told_apart() -> None:
    assert zone_guess("en-GB") == "Europe/London"
    assert zone_guess("en-US") == "America/New_York"
    assert zone_guess("es-ES") == "Europe/Madrid"
    assert zone_guess("es-419") == "America/Mexico_City"
    assert zone_guess("zh-TW") == "Asia/Taipei"
