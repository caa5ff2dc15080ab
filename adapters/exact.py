"""Our frozen values as JSON and back, exactly: what is packed is unpacked equal, or refused.

The types are read from the dataclasses themselves. A `Fraction` is the string `n/d`, a float its
shortest decimal (OpenTimelineIO's JSON parser is off by some units in the last place), a path its
string; fields that hold their default are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


class MismatchError(ValueError):
    """JSON that does not describe the value that was asked for."""


def pack(value: object) -> Any:
    """A value as what JSON holds; raises `MismatchError` for what is none of ours."""
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, Enum | Path | Fraction):
        return str(value.value if isinstance(value, Enum) else value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, tuple):
        return [pack(one) for one in value]
    if is_dataclass(value):
        return {
            field.name: pack(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default(field)
        }
    raise MismatchError(f"{type(value).__name__} cannot be saved")


def unpack(kind: type[Value], raw: object) -> Value:
    """The value of a type from what JSON held; raises `MismatchError`."""
    found: Value = _unpack(kind, raw)
    return found


def _default(field: Field[Any]) -> object:
    return MISSING if field.default is MISSING else field.default


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _unpack(kind: Any, raw: object) -> Any:
    origin, options = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if raw is None and NoneType in options:
            return None
        (inner,) = (option for option in options if option is not NoneType)
        return _unpack(inner, raw)
    if origin is tuple:
        return _tuple(options, raw)
    if is_dataclass(kind):
        return _instance(kind, raw)
    return _scalar(kind, raw)


def _tuple(options: Sequence[Any], raw: object) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise MismatchError(f"a list is expected, not {_short(raw)}")
    kinds = [options[0]] * len(raw) if options[-1] is ... else options
    if len(kinds) != len(raw):
        raise MismatchError(f"{len(kinds)} items are expected, not {len(raw)}")
    return tuple(_unpack(kind, one) for kind, one in zip(kinds, raw, strict=True))


def _instance(kind: Any, raw: object) -> Any:
    if not isinstance(raw, dict):
        raise MismatchError(f"an object is expected, not {_short(raw)}")
    hints = _hints(kind)
    if not raw.keys() <= hints.keys():
        raise MismatchError(
            f"{kind.__name__} has no {', '.join(sorted(raw.keys() - hints.keys()))}"
        )
    try:
        return kind(**{name: _unpack(hints[name], one) for name, one in raw.items()})
    except (TypeError, ValueError) as fault:
        raise MismatchError(f"{kind.__name__}: {fault}") from fault


def _scalar(kind: Any, raw: object) -> Any:
    """A number, a name or a word, only where JSON holds the very type that `pack` wrote."""
    if kind in (bool, int, str):
        if type(raw) is kind:
            return raw
    elif isinstance(raw, str):
        try:
            return kind(raw)
        except (ValueError, ZeroDivisionError, TypeError) as fault:
            raise MismatchError(f"{_short(raw)} is no {kind.__name__}") from fault
    raise MismatchError(f"{kind.__name__} is expected, not {_short(raw)}")


def _short(raw: object) -> str:
    return repr(raw)[:60]
