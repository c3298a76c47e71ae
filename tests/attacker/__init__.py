"""Somebody who wants what is another person's, and forges, repeats and steals to get it."""
