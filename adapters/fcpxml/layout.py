"""Lanes become tracks.

Picture: the primary storyline lies on V1 unless something lies under it; connected clips lie above
or below by lane, and the lanes inside a compound between its neighbours. Sound: first the primary
storyline, then lanes -1, -2 ..., then 1, 2 ...; every lane has one track for each sound component
(source channel group) of its clips. What overlaps within one lane goes to a further track.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from adapters.fcpxml.frame import Joint, Lanes, Piece
from adapters.fcpxml.reading import Notebook
from conform.timeline import Kind, Track, Transition


@dataclass(slots=True)
class _Row:
    """One track being filled; `spans` are the places taken, in order."""

    pieces: list[Piece] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)
    spans: list[tuple[Fraction, Fraction]] = field(default_factory=list)

    def free(self, piece: Piece) -> bool:
        span = (piece.clip.record_in, piece.clip.record_out)
        index = bisect_right(self.spans, span)
        before, after = self.spans[max(index - 1, 0) : index], self.spans[index : index + 1]
        return all(end <= span[0] for _, end in before) and all(
            begin >= span[1] for begin, _ in after
        )

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        insort(self.spans, (piece.clip.record_in, piece.clip.record_out))


def tracks(pieces: Iterable[Piece], joints: Iterable[Joint], notes: Notebook) -> tuple[Track, ...]:
    """The tracks of a timeline, picture first, from all its clips and transitions."""
    lanes: dict[tuple[Kind, Lanes], list[_Row]] = {}
    for piece in pieces:
        rows = lanes.setdefault((piece.kind, _plain(piece.lanes)), [])
        _place(piece, rows)
    depth = max((len(path) for _, path in lanes), default=0)
    ordered = {
        kind: [
            row
            for key in sorted((k for k in lanes if k[0] is kind), key=lambda k: _order(k, depth))
            for row in lanes[key]
            if row.pieces
        ]
        for kind in Kind
    }
    edges: dict[tuple[Kind, Fraction], list[tuple[_Row, Piece]]] = {}
    for kind, rows in ordered.items():
        for row in rows:
            for piece in row.pieces:
                for edge in (piece.clip.record_in, piece.clip.record_out):
                    edges.setdefault((kind, edge), []).append((row, piece))
    for joint in joints:
        for kind in sorted(joint.kinds):
            _join(joint, kind, edges.get((kind, joint.cut), []), notes)
    return tuple(
        _track(kind, index, row)
        for kind, rows in ordered.items()
        for index, row in enumerate(rows, 1)
    )


def _plain(lanes: Lanes) -> Lanes:
    """Lanes without the zeros at their end: what a compound holds lies where the compound does."""
    while lanes and lanes[-1] == 0:
        lanes = lanes[:-1]
    return lanes


def _order(key: tuple[Kind, Lanes], depth: int) -> tuple[tuple[int, int], ...]:
    kind, path = key
    filled = (*path, *[0] * (depth - len(path)))
    if kind is Kind.VIDEO:
        return tuple((lane, 0) for lane in filled)
    return tuple((0 if lane == 0 else 1 if lane < 0 else 2, abs(lane)) for lane in filled)


def _place(piece: Piece, rows: list[_Row]) -> None:
    while len(rows) <= piece.component:
        rows.append(_Row())
    row = next((row for row in rows[piece.component :] if row.free(piece)), None)
    if row is None:
        row = _Row()
        rows.append(row)
    row.add(piece)


def _join(joint: Joint, kind: Kind, near: list[tuple[_Row, Piece]], notes: Notebook) -> None:
    """A transition lies on every track on which one of its items begins or ends at its cut."""
    met = {id(row): row for row, piece in near if _meets(piece, joint)}
    for row in met.values():
        row.joints.append(joint)
    if not met:
        said = f"a transition of {kind} that meets no clip is left out"
        notes.count(f"fcpxml.{kind}_transition", said, joint.where)


def _meets(piece: Piece, joint: Joint) -> bool:
    clip = piece.clip
    ends = joint.before in piece.holders and clip.record_out == joint.cut
    return ends or (joint.after in piece.holders and clip.record_in == joint.cut)


def _track(kind: Kind, index: int, row: _Row) -> Track:
    clips = sorted((piece.clip for piece in row.pieces), key=lambda clip: clip.record_in)
    joints = sorted(row.joints, key=lambda joint: joint.cut)
    return Track(
        kind=kind,
        index=index,
        name=next((piece.storyline for piece in row.pieces if piece.storyline), ""),
        clips=tuple(clips),
        transitions=tuple(Transition(j.record_in, j.cut, j.record_out, j.name) for j in joints),
    )
