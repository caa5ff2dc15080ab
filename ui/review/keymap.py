"""Which key does what: a table of actions, the reviewer's own keys over it, conflicts refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from conform.errors import ConformError
from conform.writing import write_text
from ui.review.places import settings_folder


class KeysError(ConformError):
    """A key that is taken, or an action that does not exist."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does: its name in the file, its title, its group, its usual keys."""

    name: str
    title: str
    group: str
    keys: tuple[str, ...] = ()


def _actions(group: str, *rows: tuple[str, str, str]) -> tuple[Action, ...]:
    return tuple(Action(name, title, group, tuple(keys.split())) for name, title, keys in rows)


ACTIONS: tuple[Action, ...] = (
    *_actions(
        "Transport",
        ("play", "Play or pause", "Space"),
        ("reverse", "Play backward; again: 2×, 4×, 8×", "J"),
        ("stop", "Stop; held with J or L: one frame", "K"),
        ("forward", "Play forward; again: 2×, 4×, 8×", "L"),
        ("frame_back", "One frame back", "Left"),
        ("frame_on", "One frame on", "Right"),
        ("ten_back", "Ten frames back", "Shift+Left"),
        ("ten_on", "Ten frames on", "Shift+Right"),
        ("second_back", "One second back", "Ctrl+Left"),
        ("second_on", "One second on", "Ctrl+Right"),
        ("start", "To the first frame", "Home"),
        ("end", "To the last frame", "End"),
        ("go_to", "Go to timecode or feet+frames", "G"),
        ("previous_marker", "Previous marker", "Alt+Left"),
        ("next_marker", "Next marker", "Alt+Right"),
    ),
    *_actions(
        "Loop",
        ("loop_in", "Loop from here", "I"),
        ("loop_out", "Loop to here", "O"),
        ("loop_toggle", "Loop on or off", "P"),
        ("loop_clear", "Clear the loop", "\\"),
        ("loop_event", "Loop this event, 1 s before and after", "/"),
        ("review", "Play from 10 s before to 10 s after the event", "Return"),
    ),
    *_actions(
        "Events",
        ("previous", "Previous event", "Up"),
        ("next", "Next event", "Down"),
        ("next_flagged", "Next flagged event", "N"),
        ("previous_flagged", "Previous flagged event", "Shift+N"),
        ("hide_unchanged", "Hide unchanged events", "H"),
        ("flagged_only", "Flagged events only", "F"),
        ("undecided_only", "Undecided events only", "Shift+F"),
        ("find", "Find in the worklist", "Ctrl+F"),
    ),
    *_actions(
        "Decide",
        ("accept", "Accept, on to the next flagged", "A"),
        ("reject", "Reject, on to the next flagged", "R"),
        ("comment", "Comment", "C"),
        ("reopen", "Take the decision back", "U"),
        ("nudge_back", "Nudge one frame earlier", ","),
        ("nudge_on", "Nudge one frame later", "."),
        ("quarter_back", "Nudge a quarter frame earlier", "Ctrl+,"),
        ("quarter_on", "Nudge a quarter frame later", "Ctrl+."),
        ("ms_back", "Nudge 1 ms earlier", "Alt+,"),
        ("ms_on", "Nudge 1 ms later", "Alt+."),
        ("sample_back", "Nudge one sample earlier", "Shift+,"),
        ("sample_on", "Nudge one sample later", "Shift+."),
        ("snap", "Snap to the measured place", "S"),
        ("take", "Another take", "T"),
        ("undo", "Undo", "Ctrl+Z"),
        ("redo", "Redo", "Ctrl+Shift+Z Ctrl+Y"),
        ("marker", "Marker here, or away", "M"),
        ("name_marker", "Marker with a name", "Shift+M"),
        ("save_elsewhere", "Save the session under another name", "Ctrl+S"),
        ("export", "Export stems and report", "Ctrl+E"),
        ("export_markers", "Export markers", "Ctrl+M"),
    ),
    *_actions(
        "By hand",
        ("hand", "Sync this event by hand, or leave", "Y"),
        ("hand_side", "Keys move the picture, or the take", "Tab"),
        ("mark_frame", "Sync mark on this frame", "["),
        ("mark_sound", "Sync mark on the clap near the cursor", "]"),
        ("mark_exact", "Sync mark exactly at the cursor", "Ctrl+]"),
        ("pair", "Pair the marks: the sound lies there", "X"),
    ),
    *_actions(
        "Listen",
        ("guide", "Hear the guide", "1"),
        ("new", "Hear the new sound", "2"),
        ("sum", "Hear both", "3"),
        ("split", "Guide left, new right", "4"),
        ("cancel", "Hear the difference", "5"),
        ("calibrate", "Monitor latency", "Ctrl+L"),
        ("spot_check", "Blind spot-check", "Ctrl+B"),
        ("heard_early", "Spot-check: it is early", "F9"),
        ("heard_sync", "Spot-check: it is in sync", "F10"),
        ("heard_late", "Spot-check: it is late", "F11"),
    ),
    *_actions(
        "Look",
        ("zoom_event", "Zoom to the event, or out", "Z"),
        ("zoom_in", "Zoom in", "= +"),
        ("zoom_out", "Zoom out", "-"),
        ("overlay", "Guide and new over each other", "V"),
        ("difference", "Difference lane", "D"),
        ("compare", "Second picture: beside, over, difference", "B"),
        ("proxy", "Make a half-size proxy of the picture", "Ctrl+P"),
        ("keys", "Keys", "F1"),
    ),
)

_BY_NAME = {action.name: action for action in ACTIONS}


def titled(name: str) -> str:
    """What an action does, in words."""
    return _BY_NAME[name].title


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every action; `own` are those that the reviewer set."""

    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of an action."""
        return self.own.get(name, _BY_NAME[name].keys)

    def action(self, key: str) -> Action | None:
        """What a key does."""
        return next((action for action in ACTIONS if key in self.keys(action.name)), None)

    def with_keys(self, name: str, keys: Iterable[str]) -> Keymap:
        """The keymap with other keys for an action; raises where another action has one of them."""
        if name not in _BY_NAME:
            raise KeysError(f"there is no action '{name}'")
        wanted = tuple(dict.fromkeys(key for key in keys if key))
        for key in wanted:
            held = self.action(key)
            if held is not None and held.name != name:
                raise KeysError(f"{key} is taken: {held.title}")
        rest = {other: held for other, held in self.own.items() if other != name}
        if wanted == _BY_NAME[name].keys:
            return Keymap(rest)
        return Keymap({**rest, name: wanted})


def conflicts(keymap: Keymap) -> dict[str, tuple[str, ...]]:
    """Keys that do more than one thing, with the names of the actions."""
    found: dict[str, list[str]] = {}
    for action in ACTIONS:
        for key in keymap.keys(action.name):
            found.setdefault(key, []).append(action.name)
    return {key: tuple(names) for key, names in found.items() if len(names) > 1}


def keymap_file() -> Path:
    """Where the reviewer's own keys are kept."""
    return settings_folder() / "keys.json"


def load_keymap(path: Path) -> Keymap:
    """The reviewer's own keys; what is no longer an action, or conflicts, is left out."""
    try:
        raw = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return Keymap()
    keymap = Keymap()
    for name, keys in raw.items() if isinstance(raw, dict) else ():
        if name in _BY_NAME and isinstance(keys, list) and all(isinstance(k, str) for k in keys):
            keymap = _tried(keymap, name, keys)
    return keymap


def _tried(keymap: Keymap, name: str, keys: list[str]) -> Keymap:
    try:
        return keymap.with_keys(name, keys)
    except KeysError:
        return keymap


def save_keymap(keymap: Keymap, path: Path) -> None:
    """Write the reviewer's own keys."""
    write_text(path, json.dumps({k: list(v) for k, v in keymap.own.items()}, indent=1), force=True)
