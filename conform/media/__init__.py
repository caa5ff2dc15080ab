"""Sound and picture files: the one place that opens them with PyAV.

The clock of a file starts at its picture's first frame; a file without picture starts at its first
sample. Sound is placed by its timestamps on that clock, never by counting frames: where the file
says how many samples its encoder put in front, they are gone; where it does not say, `probe` finds
`media.priming-unknown` and nothing is shifted.

What a header tells is a finding of `probe`. What only decoding tells (a packet that does not
decode, samples missing in the middle or at the end) stops `blocks`, `read`, `integers` and `floats`
with `MediaError`, unless the caller hands them `findings`: then the hole is silence of the right
length and the finding says where.
"""

from conform.media.clocked import Report
from conform.media.probing import probe
from conform.media.reading import blocks, floats, integers, read
from conform.media.values import AudioStream, Integers, Media, Samples, VideoStream

__all__ = [
    "AudioStream",
    "Integers",
    "Media",
    "Report",
    "Samples",
    "VideoStream",
    "blocks",
    "floats",
    "integers",
    "probe",
    "read",
]
