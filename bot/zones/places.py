"""The zones and names that our own judgement adds to the tz database. Knows no search and no time.

Everything here is a choice and no fact of the database: which zones come first, the big cities that
have no zone of their own, and what people call a zone or a country besides its name.
"""

BIG = (
    *("America/New_York", "Europe/London", "America/Chicago", "America/Los_Angeles"),
    *("Asia/Kolkata", "America/Toronto", "Europe/Berlin", "America/Denver", "Australia/Sydney"),
    *("Africa/Lagos", "Asia/Singapore", "Asia/Manila", "Europe/Paris", "America/Sao_Paulo"),
    *("Asia/Karachi", "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "America/Phoenix"),
    *("America/Mexico_City", "Asia/Tokyo", "Asia/Shanghai", "Pacific/Auckland", "Africa/Cairo"),
    "Pacific/Honolulu",
    *("America/Vancouver", "America/Halifax", "America/Winnipeg", "America/Anchorage"),
    *("Australia/Perth", "Australia/Brisbane", "Australia/Adelaide", "Europe/Dublin"),
    *("Asia/Dhaka", "Asia/Jakarta", "Africa/Accra", "Asia/Hong_Kong", "America/Tijuana"),
    *("America/Bogota", "America/Argentina/Buenos_Aires", "America/Manaus", "Europe/Moscow"),
    *("Europe/Istanbul", "Europe/Kyiv", "Asia/Yekaterinburg", "Asia/Novosibirsk"),
    *("Asia/Vladivostok", "Asia/Tashkent", "Asia/Tehran", "Asia/Kathmandu"),
)
"""The zones that come first among those that fit equally well, in this order.

The first 25, as many as Discord offers at once, are for when nothing is typed: where many look for
work in English, then the rest of the world.
"""

# Big cities that have no zone of their own, by the zone whose clocks they have. Chosen by the size
# of the city, and by where people look for work in English; a name that two big cities share, or a
# city and a country or state, stands under both, so that it is asked about.
CITIES: dict[str, tuple[str, ...]] = {
    "America/New_York": (
        *("New York City", "Boston", "Philadelphia", "Washington", "Washington DC", "Atlanta"),
        *("Miami", "Orlando", "Tampa", "Charlotte", "Raleigh", "Pittsburgh", "Baltimore"),
        *("Cleveland", "Columbus", "Cincinnati", "Portland", "Georgia"),
    ),
    "America/Chicago": (
        *("Houston", "Dallas", "Austin", "San Antonio", "Minneapolis", "St. Louis"),
        *("Kansas City", "Nashville", "Memphis", "New Orleans", "Milwaukee", "Birmingham"),
    ),
    "America/Denver": ("Salt Lake City", "Albuquerque", "Colorado Springs"),
    "America/Phoenix": ("Tucson",),
    "America/Los_Angeles": (
        *("San Francisco", "Seattle", "San Diego", "San Jose", "Portland", "Las Vegas"),
        *("Sacramento", "Oakland", "California"),
    ),
    "America/Costa_Rica": ("San José",),
    "America/Toronto": ("Montreal", "Ottawa", "Quebec City"),
    "America/Edmonton": ("Calgary",),
    "America/Mexico_City": ("Guadalajara",),
    "America/Bogota": ("Medellín",),
    "America/Guayaquil": ("Quito",),
    "America/Sao_Paulo": ("Rio de Janeiro", "Brasília", "Belo Horizonte"),
    "Europe/London": (
        *("Manchester", "Birmingham", "Edinburgh", "Glasgow", "Leeds", "Bristol", "Liverpool"),
        *("Cardiff", "Belfast"),
    ),
    "Europe/Berlin": (
        *("Munich", "München", "Hamburg", "Frankfurt", "Cologne", "Köln", "Düsseldorf"),
        "Stuttgart",
    ),
    "Europe/Zurich": ("Geneva", "Basel"),
    "Europe/Paris": ("Lyon", "Marseille"),
    "Europe/Madrid": ("Barcelona",),
    "Europe/Rome": ("Milan", "Naples"),
    "Europe/Amsterdam": ("Rotterdam", "The Hague"),
    "Europe/Warsaw": ("Kraków", "Wrocław"),
    "Europe/Lisbon": ("Porto",),
    "Europe/Istanbul": ("Ankara",),
    "Europe/Moscow": ("St. Petersburg",),
    "Asia/Jerusalem": ("Tel Aviv",),
    "Asia/Dubai": ("Abu Dhabi",),
    "Asia/Riyadh": ("Jeddah",),
    "Asia/Karachi": ("Lahore", "Islamabad", "Hyderabad"),
    "Asia/Kolkata": (
        *("Mumbai", "Bombay", "Delhi", "New Delhi", "Bengaluru", "Bangalore", "Hyderabad"),
        *("Chennai", "Pune", "Ahmedabad"),
    ),
    "Asia/Dhaka": ("Chittagong",),
    "Asia/Ho_Chi_Minh": ("Ho Chi Minh City", "Saigon", "Hanoi"),
    "Asia/Makassar": ("Bali",),
    "Asia/Manila": ("Quezon City", "Cebu"),
    "Asia/Shanghai": ("Beijing", "Shenzhen", "Guangzhou", "Chengdu"),
    "Asia/Tokyo": ("Osaka", "Kyoto"),
    "Asia/Seoul": ("Busan",),
    "Africa/Lagos": ("Abuja", "Ibadan"),
    "Africa/Johannesburg": ("Cape Town", "Durban", "Pretoria"),
    "Africa/Casablanca": ("Rabat",),
    "Australia/Sydney": ("Canberra",),
    "Pacific/Auckland": ("Wellington", "Christchurch"),
}

# What people call the zones that have a short name of their own. The last ones have several
# readings, which are asked about: GMT is also what half of the world calls UTC.
ABBREVIATED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("et", "est", "edt", "ny", "nyc"), ("America/New_York",)),
    **dict.fromkeys(("ct", "cdt"), ("America/Chicago",)),
    **dict.fromkeys(("mt", "mdt"), ("America/Denver",)),
    **dict.fromkeys(("pt", "pst", "pdt", "la", "sf"), ("America/Los_Angeles",)),
    **dict.fromkeys(("uk", "bst"), ("Europe/London",)),
    **dict.fromkeys(("cet", "cest"), ("Europe/Berlin",)),
    "mst": ("America/Denver", "America/Phoenix"),
    "cst": ("America/Chicago", "Asia/Shanghai"),
    "ist": ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"),
    "gmt": ("Europe/London", "Africa/Accra", "UTC"),
}

# Names of countries that the tz database writes otherwise or leaves out, by ISO 3166 code.
COUNTRIES: dict[str, tuple[str, ...]] = {
    "AE": ("UAE",),
    "CI": ("Ivory Coast",),
    "CZ": ("Czechia",),
    "GB": (
        *("United Kingdom", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    ),
    "MM": ("Burma",),
    "NL": ("Holland",),
    "TR": ("Türkiye",),
    "US": ("USA", "United States of America", "America"),
}
