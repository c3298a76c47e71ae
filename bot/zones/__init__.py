"""Time zones as people name them: by city, country, abbreviation or offset. Knows no records.

Discord tells nobody's zone, so that people have to tell theirs, and few know its IANA name. What a
name may mean comes from the tables of the tz database (`tables`) and a few of ours (`places`), put
together in the `atlas`. It is looked for in `search`, and said with the local time (`saying`), by
which people recognize their own.
"""

from bot.zones.atlas import Place
from bot.zones.saying import say_place
from bot.zones.search import Found, find, well_known, zones_like

__all__ = ["Found", "Place", "find", "say_place", "well_known", "zones_like"]
