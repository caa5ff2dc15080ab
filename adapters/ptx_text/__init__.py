"""Pro Tools session text ("Session Info as Text"), any export options, Pro Tools 8 to 2024.

    lines -> session -> timeline      (session.py, clocks.py, timeline.py)

Every channel of a track is one track of the timeline, as Pro Tools lists it. The text does not say
where in its file a clip starts, unless it was exported with user timestamps.
"""

from __future__ import annotations

from adapters.ptx_text.timeline import read

__all__ = ["read"]
