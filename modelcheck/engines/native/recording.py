"""A search and its checkpoint: written down while it runs, taken up again where it stood."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from modelcheck.engines.contract import Checkpoints
from modelcheck.engines.native.checkpoint import BadCheckpoint, Boundary, Checkpoint, Identity
from modelcheck.engines.native.core import Core
from modelcheck.engines.native.representatives import Words


class Recording:
    """One search that is written down; to be closed."""

    def __init__(self, asked: Checkpoints, identity: Identity, clock: Callable[[], float]) -> None:
        self._asked = asked
        self._clock = clock
        self._checkpoint = Checkpoint(asked.folder, identity, resume=asked.resume)
        self._levels: list[int] = []
        self._committed = clock()
        self._words = identity.words
        self._begun = False

    def begin(
        self, core: Core, initial: Sequence[Words], *, threads: int, memory: int | None
    ) -> None:
        """Open the search where it begins, or where the checkpoint has it stand.

        Raises `BadCheckpoint`, or `MemoryError` where there is no room for the initial states.
        """
        if not self._asked.resume:
            self._checkpoint.begin()
            core.open(initial, threads=threads, memory=memory)
            core.tell_levels()
            self._begun = True
            self.level(core)
            return
        boundary = self._checkpoint.resume()
        core.open((), threads=threads, memory=memory)
        core.tell_levels()
        self._load(core, boundary)
        self._levels = list(boundary.levels)
        self._begun = True

    def level(self, core: Core) -> None:
        """Write the level down that was completed; commit if it is time to."""
        found = 0
        for states in core.level():
            self._checkpoint.append(states)
            found += len(states) // (8 * self._words)
        self._levels.append(found)
        seen, reached = core.tallied(), core.reached()
        boundary = Boundary(
            levels=list(self._levels),
            transitions=reached.transitions,
            taken=list(seen.taken),
            found=list(seen.found),
            expanded=seen.expanded,
            least=seen.least,
            most=seen.most,
        )
        self._checkpoint.seal(boundary)
        if self._clock() - self._committed >= self._asked.every:
            self.commit()

    def commit(self) -> None:
        """Make the last level that was completed the checkpoint."""
        if self._begun:
            self._checkpoint.commit()
        self._committed = self._clock()

    def remove(self) -> None:
        """The search is over: leave nothing behind."""
        self._checkpoint.remove()

    def close(self) -> None:
        """Let others use the folder."""
        self._checkpoint.close()

    def _load(self, core: Core, boundary: Boundary) -> None:
        before = sum(boundary.levels[:-1])
        loaded = 0
        for chunk in self._checkpoint.states():
            count = len(chunk) // (8 * self._words)
            early = max(0, min(count, before - loaded))
            for first, end in ((0, early), (early, count)):
                if end > first and not core.load(chunk, first, end, is_last=first == early):
                    raise BadCheckpoint(
                        f"the {sum(boundary.levels):,} states of {self._asked.folder} do not fit "
                        "into the memory, or are not what was written",
                        way_out="allow more with --memory",
                    )
            loaded += count
        core.restore(boundary)
