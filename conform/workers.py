"""Pieces of work, one after another or several at once: the answers are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeVar

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


def each(
    executor: Executor | None, work: Callable[[Piece], Answer], pieces: Sequence[Piece]
) -> Iterator[Answer]:
    """The answer to every piece, in their order.

    Without an executor each is worked out when it is asked for. What has not begun is dropped
    where the caller stops.
    """
    if executor is None:
        yield from map(work, pieces)
        return
    waiting = [executor.submit(work, piece) for piece in pieces]
    try:
        for future in waiting:
            yield future.result()
    finally:
        for future in waiting:
            future.cancel()
