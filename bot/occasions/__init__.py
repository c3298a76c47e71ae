"""What a club's nudges say when they are due, read anew from the records. Knows no platform.

A private one says its part among a person's others; a post goes to a channel, or to a few.
"""
