"""The metadata keys that Final Cut Pro has for shots, and ours for what it has no field for."""

from __future__ import annotations

_STUDIO = "com.apple.proapps.studio."
REEL, SCENE, TAKE = _STUDIO + "reel", _STUDIO + "scene", _STUDIO + "shot"

_OURS = "org.picturelock."
TAPE, UMID, RATE, EVENT = _OURS + "tape", _OURS + "umid", _OURS + "rate", _OURS + "event"

FIELDS = (REEL, SCENE, TAKE, TAPE, UMID, RATE, EVENT)
"""Keys that become fields of a source or clip; every other key stays metadata."""
