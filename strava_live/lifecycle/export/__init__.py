"""Download everything about me: a zip with all that the site stores about one person, made while it is sent.

`table.py` names every model of the site, with the file that has its rows or the reason why it is left out. A test fails
if a model or a column is missing there.
"""
