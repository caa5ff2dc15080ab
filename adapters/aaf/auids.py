"""The identifiers by which AAF files name effects, parameters and interpolations.

From the AAF Edit Protocol (AMWA) and the dictionaries of Media Composer exports; Pro Tools leaves
the names of its effects empty, so that only the identifiers tell what they are.
"""

from __future__ import annotations

from conform.timeline import Curve

AUDIO_GAIN = "9d2ea894-0968-11d3-8a38-0050040ef7d2"
AUDIO_PAN = "9d2ea893-0968-11d3-8a38-0050040ef7d2"
AUDIO_DISSOLVE = "0c3bea41-fc05-11d2-8a29-0050040ef7d2"
CHANNEL_COMBINER = "6b46dd7a-132d-4856-ab21-8b751d8462ec"
SPEED_CONTROL = "9d2ea890-0968-11d3-8a38-0050040ef7d2"
SUBMASTER = "f1db0f3d-8d64-11d3-80df-006008143e6f"
VIDEO_DISSOLVE = "0c3bea40-fc05-11d2-8a29-0050040ef7d2"

AMPLITUDE = "e4962321-2267-11d3-8a4c-0050040ef7d2"
PAN = "e4962322-2267-11d3-8a4c-0050040ef7d2"
LEVEL = "e4962320-2267-11d3-8a4c-0050040ef7d2"
AVID_GAIN_CURVE = "47c00f7d-fb55-11d3-9ff7-0004ac969f50"
SPEED_RATIO = "72559a80-24d7-11d3-8a50-0050040ef7d2"
AVID_SPEED_MAP = "8d56827c-847e-11d5-935a-50f857c10000"
AVID_SPEED_OFFSET_MAP = "8d56827d-847e-11d5-935a-50f857c10000"
AVID_POSITION_MAP = "8d56827a-847e-11d5-935a-50f857c10000"

LINEAR = "5b6c85a4-0ede-11d3-80a9-006008143e6f"
CONSTANT = "5b6c85a5-0ede-11d3-80a9-006008143e6f"

CURVES: dict[str, Curve] = {
    LINEAR: Curve.LINEAR,
    "15829ec3-1f24-458a-960d-c65bb23c2aa1": Curve.LOGARITHMIC,
    "c09153f7-bd18-4e5a-ad09-cbdd654fa001": Curve.EQUAL_POWER,
    "df394eda-6ac6-4566-8dbe-f28b0bdd781a": Curve.S_CURVE,
}
"""The shape of a fade by the interpolation of its level."""

INTERPOLATIONS = {curve: auid for auid, curve in CURVES.items()}
"""The interpolation that a writer gives a fade; curves that AAF cannot name are linear."""
