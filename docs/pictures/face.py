"""The bot's name and face in the pictures. Knows nothing of where they stand."""

NAME = "Followthrough"
# A letter with the tick of what is done.
FACE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" width="100%" height="100%">
<rect width="36" height="36" fill="#1f5c4d"/>
<rect x="7" y="11" width="19" height="14" rx="2" fill="#fff"/>
<path d="M8 12.5l8.500 7 8.500-7" fill="none" stroke="#1f5c4d" stroke-width="1.800"/>
<circle cx="26" cy="24" r="7" fill="#f2b544" stroke="#1f5c4d" stroke-width="1.800"/>
<path d="M23 24.200l2.200 2.200 4-4.400" fill="none" stroke="#1f5c4d" stroke-width="1.900"/>
</svg>"""
