"""The edges: each platform, the terminal, and `cli`, which puts everything together.

An adapter translates between a platform and the core's `Call`, `Form` and `Message`. It knows no
rule, no database and no other adapter; only `cli` sees them all.
"""

__version__ = "0.1.0"
