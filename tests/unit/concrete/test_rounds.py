from __future__ import annotations

import pytest

from modelcheck.concrete.postgres.rounds import Rounds

LEADER, SCAN, INDEX, EMPTY = 4711, 0x1000, 0x2000, 0x3000
HANDLES = (0xFEDCBA98, 0x12345678)
WORDS = {
    (SCAN + 72, 8): 0x5000,
    (0x5000 + 24, 4): HANDLES[0],
    (INDEX + 72, 8): 0x6000,
    (0x6000 + 24, 4): HANDLES[1],
    (EMPTY + 72, 8): 0,
}
"""The memory of a leader with two parallel contexts, and one whose workers share none."""


def read(pid: int, address: int, size: int) -> bytes:
    if pid != LEADER or (address, size) not in WORDS:
        raise OSError
    return WORDS[address, size].to_bytes(size, "little")


def rounds_of(*contexts: int) -> Rounds:
    rounds = Rounds(read)
    for context in contexts:
        rounds.begin(LEADER, context)
    assert rounds.begun == len(contexts)
    return rounds


def test_a_worker_that_is_born_after_the_next_launch_belongs_to_its_own() -> None:
    rounds = rounds_of(SCAN, INDEX, INDEX)
    assert rounds.of(0xFEDCBA98, 3) == 1
    assert rounds.of(0xFEDCBA98, 1) == 1


def test_what_the_handle_is_widened_with_does_not_count() -> None:
    assert rounds_of(SCAN, INDEX).of(0xFFFFFFFF_FEDCBA98, 2) == 1


@pytest.mark.parametrize(("begun", "number"), [(1, 1), (2, 1), (3, 3)])
def test_of_launches_with_the_same_memory_it_is_the_newest_at_birth(
    begun: int, number: int
) -> None:
    assert rounds_of(SCAN, INDEX, SCAN).of(0xFEDCBA98, begun) == number


@pytest.mark.parametrize("argument", [0, 0x77777777])
def test_birth_decides_where_no_launch_has_the_memory(argument: int) -> None:
    assert rounds_of(SCAN, EMPTY).of(argument, 2) == 2
    assert rounds_of().of(argument, 0) == 0
