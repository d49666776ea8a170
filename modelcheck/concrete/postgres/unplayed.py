"""Which violations no scenario plays, and why: data in one file for a folder of specs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelcheck.concrete.postgres.scenario import declared
from modelcheck.errors import UserError


@dataclass(frozen=True, slots=True)
class Unplayed:
    """Variants of a spec that are not replayed on a server."""

    spec: str
    """The name of its file, without `.py`."""

    why: str
    constants: tuple[tuple[str, str], ...] = ()
    """Those of the variants, as far as they must be told apart."""

    properties: tuple[str, ...] = ()
    """Those whose violation is meant; empty: every one."""

    def covers(self, spec: str, constants: Mapping[str, str], prop: str) -> bool:
        """Whether it speaks of a violation of `prop` with these constants."""
        return (
            self.spec == spec
            and all(constants.get(name) == text for name, text in self.constants)
            and (not self.properties or prop in self.properties)
        )


def load_unplayed(path: Path) -> tuple[Unplayed, ...]:
    """The `unplayed` of a file; UserError if it holds anything else."""
    found = declared(path, "unplayed")
    unplayed = tuple(one for one in found if isinstance(one, Unplayed))
    if not unplayed or len(unplayed) != len(found):
        raise UserError(
            f"{path} does not say what is not played",
            way_out="write `unplayed = (Unplayed(...),)` at its top level",
        )
    return unplayed
