from __future__ import annotations

from dataclasses import replace

from modelcheck.cli.progress import brief, plain
from modelcheck.engines.contract import ProgressReport

EARLY = ProgressReport(states=1500, transitions=9000, depth=4, frontier=500, seconds=2.0)
LATE = ProgressReport(
    states=3000,
    transitions=9000,
    depth=9,
    frontier=1000,
    seconds=2.0,
    memory=3 << 20,
    load=0.5,
    left=1000,
)


SPILLED = replace(LATE, load=None, left=None, disk=5 << 20)


def test_people_read_a_sentence() -> None:
    assert brief(EARLY) == (
        "level 4, 1,500 states, 9,000 transitions, frontier 500, 750 states/s, 2 s"
    )
    assert brief(LATE) == (
        "level 9, 3,000 states, 9,000 transitions, frontier 1,000, 1,500 states/s, 3 MiB, "
        "table 50% full, 2 s, a guess: 1,000 states and 2 s to go"
    )
    assert brief(SPILLED) == (
        "level 9, 3,000 states, 9,000 transitions, frontier 1,000, 1,500 states/s, 3 MiB, "
        "5 MiB on disk, 2 s"
    )


def test_programs_read_the_same_words_in_the_same_order() -> None:
    assert plain(EARLY) == (
        "progress level=4 states=1500 transitions=9000 frontier=500 rate=750 memory=- load=- "
        "seconds=2.0 left=- seconds_left=- disk=- graph=- runs=- runs_left=-"
    )
    assert plain(LATE) == (
        "progress level=9 states=3000 transitions=9000 frontier=1000 rate=1500 memory=3145728 "
        "load=0.500 seconds=2.0 left=1000 seconds_left=2.0 disk=- graph=- runs=- runs_left=-"
    )
    assert " load=- seconds=2.0 left=- seconds_left=- disk=5242880 graph=- " in plain(SPILLED)


def test_while_liveness_is_judged_the_graph_is_what_grows() -> None:
    judged = replace(LATE, graph=1200, left=None)
    assert brief(judged) == "liveness: 1,200 of 3,000 states in the graph, 2 s"
    assert plain(judged).endswith("seconds_left=- disk=- graph=1200 runs=- runs_left=-")


def test_of_random_runs_it_is_told_how_many_are_made_and_left() -> None:
    begun = replace(EARLY, frontier=0, runs=(0, 400))
    assert brief(begun) == "0 of 400 runs, 1,500 states, depth 4, 2 s"
    assert plain(begun).endswith("seconds_left=- disk=- graph=- runs=0 runs_left=400")
    half = replace(begun, runs=(100, 400))
    assert brief(half) == "100 of 400 runs, 1,500 states, depth 4, 2 s, a guess: 6 s to go"
    assert plain(half).endswith("seconds_left=6.0 disk=- graph=- runs=100 runs_left=300")


def test_what_stores_no_states_tells_how_deep_it_is() -> None:
    assert brief(ProgressReport(0, 0, 16, 0, 4.0)) == "depth 16, 4 s"
