"""Pro Tools' rendered fades and sample-accurate edits, folded back into the clips they came from.

With "Enforce Media Composer compatibility" every edge lies on a frame: Pro Tools renders each fade,
and each frame that an edge falls into, to a little file of its own, and cuts that in. Its clips are
known by their names, which follow the language of the system.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from conform.findings import Finding, info, warning
from conform.timecode import Rate
from conform.timeline import ZERO, Clip, Fade, Kind, Track, Transition

_MAKER = "protools"

_FADES = frozenset({"fade", "fondu", "fundido", "淡变", "淡變", "페이드"})
_EDGES = frozenset(
    {
        "sample accurate edit",
        "samplegenaue bearbeitung",
        "edición con precisión de muestra",
        "modification à l'échantillon près",
        "サンプル精度編集",
        "精确采样编辑",
        "精確取樣編輯",
        "샘플 단위 정밀 편집",
    }
)


@dataclass(frozen=True, slots=True)
class _Folded:
    """The clips beside a rendered fade, and what they become without it."""

    replaces: tuple[Clip, ...]
    clips: tuple[Clip, ...]
    crossfades: tuple[Transition, ...] = ()


def fold(
    tracks: tuple[Track, ...], maker: str, rate: Rate, where: str
) -> tuple[tuple[Track, ...], tuple[Finding, ...]]:
    """The tracks with Pro Tools' rendered pieces as edges, fades and crossfades again.

    Where a clip has no handle under a piece, the piece stays as it is.
    """
    if _MAKER not in maker.lower().replace(" ", ""):
        return tracks, ()
    pieces = sum(_is_piece(clip) for track in tracks for clip in track.clips)
    done = tuple(
        _faded(_edged(track), rate) if track.kind is Kind.AUDIO else track for track in tracks
    )
    kept = sum(_is_piece(clip) for track in done for clip in track.clips)
    return done, tuple(_report(pieces - kept, kept, where))


def _report(folded: int, kept: int, where: str) -> Iterable[Finding]:
    if folded:
        yield info(
            "aaf.protools-folded",
            f"{folded} rendered fades and edges of Pro Tools were folded back into their clips; "
            "their curves, and where in a frame an edge lay, are not in the file",
            where,
        )
    if kept:
        yield warning(
            "aaf.protools-kept",
            f"{kept} rendered pieces of Pro Tools stay as clips: the clips beside them have no "
            "handles to fold them into",
            where,
        )


def _is_fade(clip: Clip) -> bool:
    return clip.source.name.strip().casefold() in _FADES


def _is_edge(clip: Clip) -> bool:
    return clip.source.name.strip().casefold() in _EDGES


def _is_piece(clip: Clip) -> bool:
    return _is_fade(clip) or _is_edge(clip)


def _edged(track: Track) -> Track:
    """The track with each edge frame given to the clip before it that it touches, or after it."""
    done: list[Clip] = []
    pending: Clip | None = None  # an edge that nothing before it could take
    for clip in track.clips:
        if pending is not None:
            earlier = _head(clip, pending.record_in) if _touch(pending, clip) else None
            done += [earlier or pending] if earlier else [pending]
            pending = None
            if earlier is not None:
                continue
        if not _is_edge(clip):
            done.append(clip)
            continue
        later = _tail(done[-1], clip.record_out) if done and _touch(done[-1], clip) else None
        if later is not None:
            done[-1] = later
        else:
            pending = clip
    return replace(track, clips=(*done, pending) if pending else tuple(done))


def _faded(track: Track, rate: Rate) -> Track:
    """The track with each rendered fade as a fade of the one clip it touches, or a crossfade."""
    clips = list(track.clips)
    crossfades: list[Transition] = []
    for piece in track.clips:
        if not _is_fade(piece):
            continue
        at = next(index for index, clip in enumerate(clips) if clip is piece)
        before, after = _neighbours(clips, at)
        made = _crossfaded(before, piece, after, rate) or _faded_edge(before, piece, after)
        if made is None:
            continue
        first = at - 1 if before in made.replaces else at
        clips[first : first + 1 + len(made.replaces)] = made.clips
        crossfades += made.crossfades
    ordered = tuple(sorted((*track.transitions, *crossfades), key=lambda item: item.cut))
    return replace(track, clips=tuple(clips), transitions=ordered)


def _neighbours(clips: list[Clip], at: int) -> tuple[Clip | None, Clip | None]:
    """The clips that touch a rendered fade and may own it; one that has faded out does not."""
    before = clips[at - 1] if at else None
    after = clips[at + 1] if at + 1 < len(clips) else None
    if before and (_is_piece(before) or before.fade_out or not _touch(before, clips[at])):
        before = None
    if after and (_is_piece(after) or not _touch(clips[at], after)):
        after = None
    return before, after


def _crossfaded(before: Clip | None, piece: Clip, after: Clip | None, rate: Rate) -> _Folded | None:
    """Two clips that meet in the middle of a rendered crossfade, both with handles under it.

    Where the cut was is not in the file; the middle is where Pro Tools puts it by default, and its
    edges lie on frames.
    """
    if before is None or after is None:
        return None
    if _tail(before, piece.record_out) is None or _head(after, piece.record_in) is None:
        return None
    middle = piece.record_in + floor(piece.duration * rate.fps / 2) / rate.fps
    later, earlier = _tail(before, middle), _head(after, middle)
    if later is None or earlier is None:
        return None
    crossfade = Transition(piece.record_in, middle, piece.record_out, "crossfade")
    return _Folded((before, after), (later, earlier), (crossfade,))


def _faded_edge(before: Clip | None, piece: Clip, after: Clip | None) -> _Folded | None:
    """The clip before a rendered fade, faded out under it, or the one after it, faded in."""
    fade = Fade(piece.duration)
    earlier = after and _head(after, piece.record_in)
    if after is not None and earlier is not None:
        return _Folded((after,), (replace(earlier, fade_in=fade),))
    later = before and _tail(before, piece.record_out)
    if before is not None and later is not None:
        return _Folded((before,), (replace(later, fade_out=fade),))
    return None


def _touch(first: Clip, second: Clip) -> bool:
    return first.record_out == second.record_in


def _tail(clip: Clip, until: Fraction) -> Clip | None:
    """The clip, heard on until a time; None where its source is known to end before."""
    end = clip.source_out + (until - clip.record_out)
    duration = clip.source.duration
    limit = None if duration is None else (clip.source.start or ZERO) + duration
    if clip.speed != 1 or (limit is not None and end > limit):
        return None
    return replace(clip, record_out=until, source_out=end)


def _head(clip: Clip, since: Fraction) -> Clip | None:
    """The clip, heard already since a time; None where its source starts after."""
    start = clip.source_in - (clip.record_in - since)
    if clip.speed != 1 or start < (clip.source.start or ZERO):
        return None
    curve = tuple(replace(point, at=point.at + clip.record_in - since) for point in clip.gain_curve)
    return replace(clip, record_in=since, source_in=start, gain_curve=curve)
