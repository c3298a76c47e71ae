"""Whose job hunt the pictures show, and what they answer: the same on every platform.

The person and the employers are invented. Knows no platform.
"""

NAME = "Sam Rivera"
REASONS = {
    "fit": "five years of turning messy sales data into decisions, after three on the shop floor",
    "proof": "my weekly forecast cut stock-outs by 18 %",
    "why": "you decide by what the stores see, not by what head office hopes",
}
CONTACT = "Dana Fox <dana@acme.example>"
APPLIED = "applied Data Analyst at Acme"
# The same reasons behind a command.
TYPED = " ".join(f'{name}="{words}"' for name, words in REASONS.items())
SETTINGS = f'settings name="{NAME}" profile=https://linkedin.com/in/samrivera'
