"""Where somebody may be, going by the language of their Discord. Pure.

Discord tells no time zone, only a locale (https://docs.discord.com/developers/reference#locales).
It is a guess and has to be shown as one: whoever never chose a language has American English.
"""

# Where a language has several zones, the one in which most of those live who use it on Discord.
# For American English that is Eastern Time, which is also the guess that does least harm while
# nobody has confirmed it: half past nine there is early morning in California, early evening in
# India and daytime in between, whereas half past nine in UTC wakes all of America.
_ZONES = {
    "bg": "Europe/Sofia",
    "cs": "Europe/Prague",
    "da": "Europe/Copenhagen",
    "de": "Europe/Berlin",
    "el": "Europe/Athens",
    "en-GB": "Europe/London",
    "en-US": "America/New_York",
    "es-419": "America/Mexico_City",
    "es-ES": "Europe/Madrid",
    "fi": "Europe/Helsinki",
    "fr": "Europe/Paris",
    "he": "Asia/Jerusalem",
    "hi": "Asia/Kolkata",
    "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest",
    "id": "Asia/Jakarta",
    "it": "Europe/Rome",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "lt": "Europe/Vilnius",
    "nl": "Europe/Amsterdam",
    "no": "Europe/Oslo",
    "pl": "Europe/Warsaw",
    "pt-BR": "America/Sao_Paulo",
    "ro": "Europe/Bucharest",
    "ru": "Europe/Moscow",
    "sv-SE": "Europe/Stockholm",
    "th": "Asia/Bangkok",
    "tr": "Europe/Istanbul",
    "uk": "Europe/Kyiv",
    "vi": "Asia/Ho_Chi_Minh",
    "zh-CN": "Asia/Shanghai",
    "zh-TW": "Asia/Taipei",
}


def zone_guess(locale: str) -> str:
    """The name of the zone that most speakers share, or "" where any guess would be silly.

    Arabic is such a language: it is spoken from Casablanca to Muscat, most in neither.
    """
    return _ZONES.get(locale, "")
