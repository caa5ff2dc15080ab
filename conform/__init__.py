"""Picturelock's values and the verbs on them: exact time, correlation, planning, rendering."""

__version__ = "0.1.0"
