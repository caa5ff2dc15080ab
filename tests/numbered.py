"""Movies whose every frame carries its number, in the shapes that make seeking hard."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from conform.timecode import Rate
from fixtures.barcode import stamp

COUNT = 120
SIZE = (160, 96)


def barcodes(rate: Rate) -> Iterator[av.VideoFrame]:
    luma = np.full((SIZE[1], SIZE[0]), 90, np.uint8)
    for number in range(COUNT):
        picture = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
        picture[: SIZE[1]] = luma
        stamp(picture[: SIZE[1]], number, rate.label(number))
        yield av.VideoFrame.from_ndarray(picture, format="yuv420p")


def movie(
    path: Path,
    rate: Rate,
    *,
    bframes: int = 0,
    gop: int = 24,
    first: int = 0,
    codec: str = "libx264",
) -> Path:
    """A movie of numbered frames whose first one has timestamp `first`, in frames."""
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "bf": str(bframes)} if codec == "libx264" else {}
        stream = container.add_stream(codec, rate=rate.fps, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p" if codec == "libx264" else "yuvj420p"
        stream.gop_size = gop
        stream.time_base = rate.frame
        for number, frame in enumerate(barcodes(rate)):
            frame.pts, frame.time_base = first + number, rate.frame
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
