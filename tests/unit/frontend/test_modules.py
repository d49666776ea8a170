"""What may stand at the top level of one file, above all how it imports."""

import ast

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend.modules import parse, registries
from modelcheck.frontend.refuse import SourceText

MAY_IMPORT = """\
   it may import names from __future__, enum, modelcheck, typing,
   and from other specs: `from .shm_mq import ShmMq`"""


def refused(text: str) -> str:
    with pytest.raises(SpecError) as raised:
        parse(SourceText("spec.py", text))
    return raised.value.render()


@pytest.mark.parametrize(
    ("line", "message", "way_out"),
    [
        ("import os", "a spec may not import os  [foreign-import]", MAY_IMPORT),
        ("import os.path as p", "a spec may not import os.path  [foreign-import]", MAY_IMPORT),
        ("import .a", "not Python: invalid syntax  [syntax]", ""),
        (
            "from modelcheck.lang import Spec",
            "a spec may not import modelcheck.lang  [foreign-import]",
            MAY_IMPORT,
        ),
        (
            "import enum",
            "a spec imports names, not a module  [import]",
            "   write `from enum import NAME, ...`",
        ),
        (
            "from . import shm_mq",
            "a spec imports names, not a module  [import]",
            "   write `from .shm_mq import NAME, ...`",
        ),
        (
            "from .shm_mq import *",
            "a spec says which names it imports  [import]",
            "   write `from .shm_mq import NAME, ...`",
        ),
        (
            "from specs.shm_mq import ShmMq as Queue",
            "ShmMq cannot be called Queue here: one thing has one name  [import]",
            "   write `from specs.shm_mq import ShmMq`",
        ),
    ],
)
def test_an_import_takes_names_as_they_are(line: str, message: str, way_out: str) -> None:
    told = refused(f"{line}\n")
    first, *rest = told.splitlines()
    assert first.partition(": error: ")[2] == message
    assert first.startswith("spec.py:1:")
    assert rest[0] == f"    1 | {line}"
    assert "\n".join(rest[2:]) == way_out


@pytest.mark.parametrize(
    "line",
    [
        "from __future__ import annotations",
        "from modelcheck import Spec, record",
        "from .shm_mq import ShmMq",
        "from ..parallel.shm_mq import ShmMq, detach",
        "from specs.parallel.shm_mq import ShmMq",
        "class HasQueues(Protocol):\n    mq: Array[Slot, ShmMq]",
    ],
)
def test_these_may_stand_at_the_top_level(line: str) -> None:
    assert len(parse(SourceText("spec.py", line)).body) == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('spec = Spec("x", Shared)', {"spec"}),
        ('spec: Spec[Shared] = Spec("x", Shared)', {"spec"}),
        ('one = Spec[Shared]("x", Shared)\ntwo = Spec("y", Shared)', {"one", "two"}),
        ("SIZE = 2\nslot: int = 1\nspec = None", set()),
    ],
)
def test_a_registry_is_a_name_that_holds_a_spec(text: str, names: set[str]) -> None:
    assert registries(ast.parse(text)) == names
