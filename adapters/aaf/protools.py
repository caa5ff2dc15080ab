"""Pro Tools' rendered fades and sample-accurate edits, folded back into the clips they came from.

With "Enforce Media Composer compatibility" every edge lies on a frame: Pro Tools renders each fade,
and each frame that an edge falls into, to a little file of its own, and cuts that in. Its clips are
known by their names, which follow the language of the system.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from conform.findings import Finding, info, warning
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


def fold(
    tracks: tuple[Track, ...], maker: str, where: str
) -> tuple[tuple[Track, ...], tuple[Finding, ...]]:
    """The tracks with Pro Tools' rendered pieces as edges, fades and crossfades again.

    Where a clip has no handle under a piece, the piece stays as it is.
    """
    if _MAKER not in maker.lower().replace(" ", ""):
        return tracks, ()
    pieces = sum(_is_piece(clip) for track in tracks for clip in track.clips)
    done = tuple(_faded(_edged(track)) if track.kind is Kind.AUDIO else track for track in tracks)
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


def _faded(track: Track) -> Track:
    """The track with each rendered fade as a fade of the one clip it touches, or a crossfade."""
    clips = list(track.clips)
    crossfades: list[Transition] = []
    for piece in track.clips:
        if not _is_fade(piece):
            continue
        at = next(index for index, clip in enumerate(clips) if clip is piece)
        before = clips[at - 1] if at and _touch(clips[at - 1], piece) else None
        after = clips[at + 1] if at + 1 < len(clips) and _touch(piece, clips[at + 1]) else None
        made = _crossfaded(before, piece, after) if before and after else None
        if before and after:
            crossfades += [made[1]] if made else []
            grown = made[0] if made else None
        else:
            grown = _faded_edge(before, piece, after)
        if grown is not None:
            clips[at - bool(before) : at + 1 + bool(after)] = grown
    ordered = tuple(sorted((*track.transitions, *crossfades), key=lambda item: item.cut))
    return replace(track, clips=tuple(clips), transitions=ordered)


def _crossfaded(before: Clip, piece: Clip, after: Clip) -> tuple[list[Clip], Transition] | None:
    """Two clips that meet in the middle of a rendered crossfade, both with handles under it.

    Where the cut was is not in the file; the middle is where Pro Tools puts it by default.
    """
    middle = (piece.record_in + piece.record_out) / 2
    if _tail(before, piece.record_out) is None or _head(after, piece.record_in) is None:
        return None
    later, earlier = _tail(before, middle), _head(after, middle)
    if later is None or earlier is None:
        return None
    crossfade = Transition(piece.record_in, middle, piece.record_out, "crossfade")
    return [later, earlier], crossfade


def _faded_edge(before: Clip | None, piece: Clip, after: Clip | None) -> list[Clip] | None:
    fade = Fade(piece.duration)
    if before is not None and not _is_piece(before):
        later = _tail(before, piece.record_out)
        return later and [replace(later, fade_out=fade)]
    if after is not None and not _is_piece(after):
        earlier = _head(after, piece.record_in)
        return earlier and [replace(earlier, fade_in=fade)]
    return None


def _touch(first: Clip, second: Clip) -> bool:
    return first.record_out == second.record_in


def _tail(clip: Clip, until: Fraction) -> Clip | None:
    """The clip, heard on until a time; None where its source is known to end before."""
    end = clip.source_out + (until - clip.record_out)
    duration = clip.source.duration
    limit = None if duration is None else (clip.source.start or ZERO) + duration
    if clip.speed != 1 or (limit is not None and end > limit and not _is_fade(clip)):
        return None
    return replace(clip, record_out=until, source_out=end)


def _head(clip: Clip, since: Fraction) -> Clip | None:
    """The clip, heard already since a time; None where its source starts after."""
    start = clip.source_in - (clip.record_in - since)
    if clip.speed != 1 or start < (clip.source.start or ZERO):
        return None
    curve = tuple(replace(point, at=point.at + clip.record_in - since) for point in clip.gain_curve)
    return replace(clip, record_in=since, source_in=start, gain_curve=curve)
