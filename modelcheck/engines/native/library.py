"""The search core and a model: compiled, loaded, and what each is told of the other."""

from __future__ import annotations

import ctypes
from pathlib import Path

from modelcheck.engines.contract import Storage
from modelcheck.engines.native.build import NoCompiler, Unit, all_compiled, machine_flags
from modelcheck.engines.native.core import Core
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.layout import Layout
from modelcheck.engines.native.spilling import SPILL_FILES, Spilling, declare

LEVELS = ("search.c", "worker.c", "room.c", "seen.c", "resume.c", "crew.c")
SEARCH_FILES = (*LEVELS, "kept.c", "path.c")
CORE_FILES = (*SEARCH_FILES, "spread.c")
REST = 10
"""So many bits of a second word need not be stored; as in table.h."""


class _Model(ctypes.Structure):
    _fields_ = [
        ("expand", ctypes.c_void_p),
        ("judge", ctypes.c_void_p),
        ("claims", ctypes.c_int32),
        ("deadlock", ctypes.c_int32),
        ("steps", ctypes.c_int32),
        ("fan_out", ctypes.c_int32),
        ("index", ctypes.c_uint32),
        ("answers", ctypes.c_uint32),
        ("rest", ctypes.c_int32),
    ]


def is_narrow(layout: Layout) -> bool:
    """Whether the search stores the first of two words, the other one being so short."""
    first, *others = layout.used
    return first > 0 and len(others) == 1 and others[0] <= REST


class NotCompact(Exception):
    """States of this model cannot be stored compactly; the message says why."""


def load(
    generated: Generated,
    compiler: tuple[str, ...],
    cache: Path,
    storage: Storage = Storage.PLAIN,
    spill: Path | None = None,
) -> Core:
    """Compile, or find compiled, a model and the core for states of its size.

    With a folder to `spill` to, what does not fit into memory goes there.
    Raises `NoCompiler`, and `NotCompact` where that storage is asked for and cannot be.
    """
    words = generated.layout.words
    machine = machine_flags()
    flags = ("-O2", *machine, f"-DWORDS={words}", "-pthread", *_storage(generated.layout, storage))
    files = CORE_FILES if spill is None else (*CORE_FILES, *SPILL_FILES)
    core = Unit(f"core{words}", "", files, flags)
    made = all_compiled((core, model_unit(generated)), compiler, cache)
    search, states = (opened(path) for path in made)
    _declare(search)
    if spill is None:
        return Core(generated, states, described(generated, states), search)
    declare(search)
    return Spilling(generated, states, described(generated, states), search, spill)


def _storage(layout: Layout, storage: Storage) -> tuple[str, ...]:
    if storage is Storage.PLAIN:
        return ("-DNARROW",) if is_narrow(layout) else ()
    if layout.words > 1:
        raise NotCompact(f"states of {layout.bits} bits take more than one word")
    return ("-DCOMPACT", f"-DBITS={max(1, layout.bits)}")


def model_unit(generated: Generated) -> Unit:
    """What is compiled of a model."""
    return Unit("model", generated.text, (), ("-O1", *machine_flags()))


def described(generated: Generated, model: ctypes.CDLL) -> ctypes.Structure:
    """What the C is told of a compiled model: `Model` in search.h."""
    return _Model(
        ctypes.cast(getattr(model, generated.entry), ctypes.c_void_p),
        ctypes.cast(model.judge, ctypes.c_void_p),
        generated.decisions,
        len(generated.claims) - 1,
        len(generated.steps),
        generated.fan_out,
        generated.index,
        generated.answers,
        generated.layout.used[1] if is_narrow(generated.layout) else 0,
    )


def opened(path: Path) -> ctypes.CDLL:
    """A shared object that was compiled; raises `NoCompiler` for a damaged one."""
    try:
        return ctypes.CDLL(str(path))
    except OSError as problem:
        raise NoCompiler(f"what was compiled cannot be loaded: {problem}; delete {path}") from None


def _declare(core: ctypes.CDLL) -> None:
    any_, number, long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
    core.search_new.argtypes = [any_, number]
    core.search_free.argtypes = [any_]
    core.search_begin.argtypes = [any_, any_]
    core.search_run.argtypes = [any_, ctypes.c_double, ctypes.c_uint64, ctypes.c_uint32, any_]
    core.search_look_ahead.argtypes = [any_, ctypes.c_double, any_, any_]
    core.search_bound.argtypes = [any_, ctypes.c_uint64]
    core.search_progress.argtypes = [any_, any_]
    core.search_tally.argtypes = [any_, any_, any_, any_]
    core.search_tell_levels.argtypes = [any_, ctypes.c_bool]
    core.search_level.argtypes = [any_, number, any_]
    core.search_level.restype = ctypes.c_uint64
    core.search_load.argtypes = [any_, any_, ctypes.c_uint64, ctypes.c_bool]
    core.search_load.restype = ctypes.c_bool
    core.search_restore.argtypes = [any_, any_, any_, any_, any_]
    core.search_restore.restype = core.search_tell_levels.restype = None
    core.search_copy.argtypes = [any_, any_, any_, ctypes.c_uint64]
    core.search_copy.restype = ctypes.c_uint64
    core.search_kept.argtypes, core.search_kept.restype = [any_], any_
    core.kept_free.argtypes, core.kept_free.restype = [any_], None
    core.kept_levels.argtypes, core.kept_levels.restype = [any_], ctypes.c_uint64
    core.kept_states.argtypes = [any_, ctypes.c_uint64, any_]
    core.kept_states.restype = ctypes.c_uint64
    core.kept_path.argtypes = [any_, any_, number, ctypes.c_uint64, any_]
    core.kept_path.restype = ctypes.c_bool
    core.path_new.argtypes = [any_, any_, long, ctypes.c_uint64]
    core.path_free.argtypes = [any_]
    core.path_run.argtypes = [any_, number, ctypes.c_double]
    core.path_length.argtypes = [any_, number]
    core.path_states.argtypes = [any_, number, any_]
    core.search_new.restype = core.path_new.restype = any_
    core.search_begin.restype = core.search_look_ahead.restype = ctypes.c_bool
    core.search_run.restype = core.path_run.restype = number
    core.path_reach.argtypes = [any_, number, any_]
    core.path_length.restype = core.path_reach.restype = long
    core.search_free.restype = core.search_bound.restype = core.search_progress.restype = None
    core.search_tally.restype = None
    core.path_free.restype = core.path_states.restype = None
    core.spread_new.argtypes, core.spread_new.restype = [any_, number], any_
    core.spread_free.argtypes, core.spread_free.restype = [any_], None
    core.spread_add.argtypes = [any_, any_, ctypes.c_uint64]
    core.spread_add.restype = ctypes.c_bool
    core.spread_counts.argtypes, core.spread_counts.restype = [any_, number, any_], None
