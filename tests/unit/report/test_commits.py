from modelcheck.ir.model import Constant
from modelcheck.report.commits import Named, named_commits

SPEC = '''"""A title, before commit 1111111111.

| entry | constant | symptom |
|---|---|---|
| B01, 3a1f8611f2 | WAITS=False | an assertion |
| B02, 4b2f8611f2 with 5c3f8611f2 | WAITS=False, MODE=FAST | a hang |
"""
'''


def named(**constants: str) -> tuple[Named, ...]:
    return named_commits(SPEC, [Constant(name, text) for name, text in constants.items()])


def test_a_row_that_fits_names_its_commit_and_symptom() -> None:
    assert named(WAITS="False", MODE="Mode.SLOW") == (
        Named(("3a1f8611f2",), "WAITS=False", "an assertion"),
    )


def test_the_row_with_the_most_settings_fits_best() -> None:
    assert named(WAITS="False", MODE="Mode.FAST") == (
        Named(("4b2f8611f2", "5c3f8611f2"), "WAITS=False, MODE=FAST", "a hang"),
    )


def test_without_a_row_it_is_the_commit_before_which_the_spec_says_it_is() -> None:
    assert named(WAITS="True") == (Named(("1111111111",), "", ""),)


def test_a_text_that_is_no_spec_names_nothing() -> None:
    assert named_commits("def", ()) == ()
    assert named_commits("x = 1", ()) == ()
