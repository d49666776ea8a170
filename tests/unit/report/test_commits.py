from dataclasses import replace

from modelcheck.ir.model import Constant, PropertyKind
from modelcheck.report.commits import Named, named_commits
from tests.unit import ir_examples as x

SPEC = '''"""A title, before commit 1111111111.

| entry | constant | symptom |
|---|---|---|
| B01, 3a1f8611f2 | WAITS=False | an assertion |
| B02, 4b2f8611f2 with 5c3f8611f2 | WAITS=False, MODE=FAST | a hang |
| B03, 6d4f8611f2 | KEEPS=False | it_is_on, since always |
| B04, 7e5f8611f2 | KEEPS=False | `it_is_off` |
"""
'''


def named(violated: str = "deadlock", **constants: str) -> tuple[Named, ...]:
    claims = [x.claim(name, PropertyKind.ALWAYS, x.FLAG) for name in ("it_is_on", "it_is_off")]
    model = x.model(variables=((x.FLAG, False),), properties=tuple(claims))
    constant = [Constant(name, text) for name, text in constants.items()]
    return named_commits(SPEC, replace(model, constants=tuple(constant)), violated)


def test_a_row_that_fits_names_its_commit_and_symptom() -> None:
    assert named(WAITS="False", MODE="Mode.SLOW") == (
        Named(("3a1f8611f2",), "WAITS=False", "an assertion"),
    )


def test_the_row_with_the_most_settings_fits_best() -> None:
    assert named(WAITS="False", MODE="Mode.FAST") == (
        Named(("4b2f8611f2", "5c3f8611f2"), "WAITS=False, MODE=FAST", "a hang"),
    )


def test_a_row_that_names_a_property_speaks_of_it_alone() -> None:
    kept = Named(("6d4f8611f2",), "KEEPS=False", "it_is_on, since always")
    assert named("it_is_on", KEEPS="False") == (kept,)
    assert [one.commits for one in named("it_is_off", KEEPS="False")] == [("7e5f8611f2",)]
    assert [one.commits for one in named("deadlock", KEEPS="False")] == [("1111111111",)]


def test_without_a_row_it_is_the_commit_before_which_the_spec_says_it_is() -> None:
    assert named(WAITS="True") == (Named(("1111111111",), "", ""),)


def test_a_text_that_is_no_spec_names_nothing() -> None:
    assert named_commits("def", x.model(), "p") == ()
    assert named_commits("x = 1", x.model(), "p") == ()
