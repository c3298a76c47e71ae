"""From records to what is shown. Pure; knows no platform.

parts           buttons, titles and days
applications    one application with its history, and lists
letters         a letter to copy, with the buttons that settle it
nudges          what arrives by itself, alone or several together
"""
