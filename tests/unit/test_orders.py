from itertools import permutations
from pathlib import Path

import pytest

from modelcheck.check import Instance, load
from modelcheck.engines import interpreter
from modelcheck.frontend import lower, open_order, reordered
from modelcheck.hunt import variants
from modelcheck.orders import Answer, Requirement, ask, classify
from modelcheck.trace import Budget, Violated
from tests.unit.order_examples import by_chance


def violated(instance: Instance, order: tuple[str, ...]) -> frozenset[str]:
    """What is violated in one order, by the spec with its constant written so."""
    declared = open_order(instance.loaded)
    assert declared is not None
    model = lower(reordered(instance.loaded, declared, order))
    found = interpreter.explore(model, budget=Budget(), full=True)
    return frozenset(one.property for one in found.verdicts if isinstance(one.verdict, Violated))


def breaks(order: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> bool:
    return not any(order.index(one) < order.index(other) for one, other in pairs)


def predicted(answer: Answer, order: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one.claim for one in answer.requirements if breaks(order, one.pairs))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_requirements_say_of_each_order_what_a_check_of_it_says(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "made.py"
    path.write_text(by_chance(seed))
    answer = ask(str(path), {}, budget=Budget())
    asked = frozenset(one.claim for one in answer.decided)
    instance = load(str(path), {})
    for order in permutations("ABCD"):
        expected = violated(instance, order) & asked
        assert predicted(answer, order) == expected, order
        right = any(not any(breaks(order, (pair,)) for pair in row) for row in answer.weakest)
        assert right is (not expected), order
        assert any(breaks(order, one.pairs) for one in answer.together) is bool(expected), order


RESTORE = str(Path(__file__).parents[2] / "specs" / "parallel" / "restore_order.py")
TOGETHER = """
JOIN_LOCK_GROUP before CONNECT
TIMESTAMPS before CONNECT
CONNECT before LIBRARIES
COMMIT_SHORT before RELATION_MAP
PENDING_SYNCS before FLUSH
RELATION_MAP before FLUSH
USER_IDS before GUCS
LIBRARIES before GUCS
TRANSACTION before GUCS
FLUSH before GUCS
REINDEX_STATE before RUN
ACTIVE_SNAPSHOT before RUN
TEMP_NAMESPACE before RUN
ENUMS before RUN
TRANSACTION before LIBRARIES or LIBRARIES before FLUSH
"""
VERSIONS = {
    "L": {"the_leaders_role_is_taken_unchecked": "USER_IDS before GUCS"},
    "K": {"the_worker_knows_which_file_needs_wal": "PENDING_SYNCS before FLUSH"},
    "J": {"the_worker_scans_the_leaders_file": "GUCS before FLUSH or RELATION_MAP before GUCS"},
    "I": {"settings_see_the_leaders_rows": "USER_IDS before GUCS or TRANSACTION before GUCS"},
    "H": {"transactions_begin_at_the_leaders_time": "TIMESTAMPS before CONNECT"},
    "G": {"caches_exist_before_libraries_read": "CONNECT before LIBRARIES"},
    "F": {"the_worker_scans_the_leaders_file": "RELATION_MAP before RUN"},
    "E": {"the_worker_avoids_the_index_being_rebuilt": "REINDEX_STATE before RUN"},
    "D": {},
    "C": {"the_worker_searches_the_leaders_temp_schema": "TEMP_NAMESPACE before RUN"},
    "B2": {"locks_are_requested_inside_the_group": "JOIN_LOCK_GROUP before CONNECT"},
    "B": {},
    "A": {"the_worker_sees_the_leaders_rows": "FLUSH before RUN"},
}


def said(one: Requirement) -> str:
    return " or ".join(f"{early} before {late}" for early, late in one.pairs)


@pytest.fixture(scope="module")
def restoring() -> Answer:
    return ask(RESTORE, {}, budget=Budget())


def test_what_a_worker_has_to_restore_before_what(restoring: Answer) -> None:
    assert [said(one) for one in restoring.together] == TOGETHER.split("\n")[1:-1]
    assert len(restoring.weakest) == 3
    own = {one.claim: [said(each) for each in one.requirements] for one in restoring.decided}
    # The map before any step that reads catalogs after the last flush, or before that flush:
    assert "RELATION_MAP before RUN" in own["the_worker_scans_the_leaders_file"]
    assert (
        "GUCS before FLUSH or RELATION_MAP before GUCS" in own["the_worker_scans_the_leaders_file"]
    )
    assert "RELATION_MAP before FLUSH" in own["the_flush_uses_the_leaders_map"]
    assert restoring.unasked == (
        "the_worker_commits",
        "catalogs_are_read_through_the_committed_map",
    )
    assert (restoring.open, restoring.stopped) == ((), "")


def test_each_version_violates_what_it_declares_and_breaks_what_rules_that_out(
    restoring: Answer,
) -> None:
    declared = {
        one.settings["VERSION"].rpartition(".")[2]: one.expectation.violated
        for one in variants(RESTORE)
        if list(one.settings) == ["VERSION"]
    }
    assert list(declared) == list(VERSIONS)
    for version, needs in VERSIONS.items():
        found = classify(restoring, RESTORE, {"VERSION": f"Version.{version}"})
        assert found is not None
        assert sorted(found.violated) == sorted(declared[version]), version
        assert {one.claim for one in found.broken} == set(found.violated), version
        broken = {(one.claim, said(one)) for one in found.broken}
        for claim, need in needs.items():
            assert any(claim == one and need in text for one, text in broken), version
    assert classify(restoring, RESTORE, {"DROPS_MAP": "False"}) is None
