"""Rooms by the image-source method: what microphones near and far hear of one mouth.

Allen & Berkley, "Image method for efficiently simulating small-room acoustics", JASA 65, 1979:
each wall mirrors the mouth, and what comes from a mirror image lost the walls' share on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import signal

from tests.bench.sync.voices import RATE, Wave

_SOUND = 343.0  # metres a second
_LONGEST = 0.3  # seconds of a response
_TAPS = 16  # samples that an arrival between the samples spreads over, to either side
_NEAR, _FAR = (0.25, 0.9), (1.2, 4.5)  # metres from the mouth: a boom, a camera


@dataclass(frozen=True, slots=True)
class Room:
    """A box in metres with one mouth and two microphones; `walls` reflect that share of pressure.

    `turned` is what is left of the direct sound at the far one, where the mouth faces away.
    """

    size: Wave
    mouth: Wave
    near: Wave
    far: Wave
    walls: Wave
    turned: float

    def heard_near(self, sound: Wave) -> Wave:
        """What the boom hears, its direct sound in time with the mouth's."""
        return signal.fftconvolve(sound, self._response(self.near, 1.0))[_TAPS:][: len(sound)]

    def heard_far(self, sound: Wave) -> Wave:
        """What the camera hears, its direct sound in time with the mouth's."""
        return signal.fftconvolve(sound, self._response(self.far, self.turned))[_TAPS:][
            : len(sound)
        ]

    def _response(self, microphone: Wave, direct: float) -> Wave:
        """Arrivals after the direct one, which lies at sample `_TAPS`."""
        delays, heights = self._images(microphone)
        heights[delays.argmin()] *= direct
        late = (delays - delays.min()) * RATE
        inside = late < _LONGEST * RATE
        late, heights = late[inside], heights[inside] / np.abs(heights).max()
        first = late.astype(int)
        steps = np.arange(-_TAPS + 1, _TAPS + 1)
        away = steps - (late - first)[:, None]
        pulses = np.sinc(away) * np.cos(np.pi * away / (2 * _TAPS + 2)) ** 2
        out = np.zeros(round(_LONGEST * RATE) + 2 * _TAPS + 1)
        np.add.at(out, first[:, None] + _TAPS + steps, heights[:, None] * pulses)
        return out

    def _images(self, microphone: Wave) -> tuple[Wave, Wave]:
        """Seconds and pressure of every mirror image; the direct sound is the nearest."""
        most = np.ceil(_LONGEST * _SOUND / (2 * self.size)).astype(int) + 1
        axes = []
        for axis, count in enumerate(most):
            cells = np.arange(-count, count + 1)
            places = np.concatenate(
                [2 * cells * self.size[axis] + side * self.mouth[axis] for side in (1, -1)]
            )
            bounces = np.concatenate([np.abs(2 * cells), np.abs(2 * cells - 1)])
            axes.append((places - microphone[axis], self.walls[axis] ** bounces))
        square = sum(
            np.square(away).reshape([-1 if at == axis else 1 for at in range(3)])
            for axis, (away, _) in enumerate(axes)
        )
        left = np.einsum("i,j,k->ijk", *(share for _, share in axes))
        distance = np.sqrt(square)
        keep = distance < (_LONGEST + 0.02) * _SOUND
        return distance[keep] / _SOUND, left[keep] / distance[keep]


def room(seed: int) -> Room:
    """A room of 20 to 200 cubic metres with 0.2 to 0.6 s of reverberation; every third mouth is
    turned away."""
    dice = np.random.default_rng((seed, 7))
    size = dice.uniform((3.0, 3.0, 2.3), (9.0, 7.0, 3.4))
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    lost = 1 - np.exp(-0.161 * size.prod() / (surface * dice.uniform(0.2, 0.55)))  # Eyring
    walls = np.sqrt(1 - np.clip(lost * dice.uniform(0.6, 1.4, 3), 0.02, 0.9))
    mouth = np.append(dice.uniform(0.6, size[:2] - 0.6), dice.uniform(1.1, 1.75))
    turned = float(dice.uniform(0.6, 0.9)) if seed % 3 == 2 else 1.0
    near, far = (_away(dice, size, mouth, metres) for metres in (_NEAR, _FAR))
    return Room(size, mouth, near, far, walls, turned)


def _away(dice: np.random.Generator, size: Wave, mouth: Wave, metres: tuple[float, float]) -> Wave:
    """A place in the room at some distance from the mouth."""
    while True:
        place = dice.uniform(0.3, size - 0.3)
        if metres[0] <= float(np.linalg.norm(place - mouth)) <= metres[1]:
            return place
