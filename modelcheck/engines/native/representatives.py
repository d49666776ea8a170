"""The representatives of a compiled model, as Python calls its code."""

from __future__ import annotations

import ctypes
from typing import TypeAlias

Words: TypeAlias = tuple[int, ...]
"""A state."""

ANYBODY = -1
"""In place of the number of an instance."""


class Representatives:
    """What a compiled model can be asked whose states stand for others."""

    def __init__(self, library: ctypes.CDLL, words: int, fan_out: int) -> None:
        self._library = library
        self._words = words
        self._room = (ctypes.c_uint64 * ((fan_out + 1) * words))()

    def of(self, state: Words) -> Words:
        """The representative of a state."""
        words = self._array(state)
        self._library.represent(words)
        return tuple(words)

    def stand_for(self, states: ctypes.Array[ctypes.c_uint64] | ctypes.c_void_p, count: int) -> int:
        """How many states so many representatives stand for."""
        self._library.states_of.restype = ctypes.c_uint64
        return int(self._library.states_of(states, ctypes.c_uint64(count)))

    def mover(self, state: Words, wanted: Words, only: int = ANYBODY) -> tuple[int, Words] | None:
        """The first instance that leads from a state to one of a representative; and to which.

        `only` that one is asked; None if there is none.
        """
        after = self._array(())
        given = self._array(state), self._array(wanted), ctypes.c_int(only)
        found: int = self._library.find_mover(*given, self._room, after)
        return None if found < 0 else (found, tuple(after))

    def keys(self, state: Words, count: int) -> Words | None:
        """By what the values of the domains are sorted, `count` in all; None if that is not all."""
        keys = (ctypes.c_uint64 * count)()
        return tuple(keys) if self._library.keys_of(self._array(state), keys) else None

    def _array(self, state: Words) -> ctypes.Array[ctypes.c_uint64]:
        return (ctypes.c_uint64 * self._words)(*state)
