from modelcheck.report.spec_notes import SpecNotes, claim, spec_notes
from modelcheck.source import Span

TEXT = '''"""What it is about."""


def acquire(s):
    yield "try_lock"  # LWLockAttemptLock()
    # a comment on a line of its own
    yield "sleep"


def backend(s, me):
    yield "# work"
    yield from acquire(s)
    yield "release"  ## LWLockRelease(),  # twice
    assert s.lock is None, "a lock is left"
    assert (
        s.lock is None
    ), "over three lines"
    assert s.lock
'''


def test_the_comment_of_a_label_says_what_the_step_stands_for() -> None:
    notes = spec_notes([TEXT])
    assert notes.docstring == "What it is about."
    assert notes.stands_for == (
        ("acquire", "try_lock", "LWLockAttemptLock()"),
        ("backend", "release", "LWLockRelease(),  # twice"),
    )


def test_the_label_of_a_procedure_names_the_procedure() -> None:
    notes = spec_notes([TEXT])
    assert notes.of("backend", "acquire.try_lock") == "LWLockAttemptLock()"
    assert notes.of("backend", "release") == "LWLockRelease(),  # twice"
    assert notes.of("backend", "acquire.sleep") == ""
    assert notes.of("other", "release") == ""


def test_a_text_that_is_no_python_has_no_notes() -> None:
    assert spec_notes(["def ("]) == SpecNotes("", ())
    assert spec_notes(["\0"]) == SpecNotes("", ())
    assert spec_notes([""]) == SpecNotes("", ())
    assert spec_notes([]) == SpecNotes("", ())


def test_what_a_spec_imports_has_notes_too_and_no_docstring() -> None:
    importing = '"""Its own."""\ndef p(s):\n    yield "end"  # over\n'
    notes = spec_notes([importing, "def (", TEXT])
    assert notes.docstring == "Its own."
    assert notes.of("p", "end") == "over"
    assert notes.of("p", "acquire.try_lock") == "LWLockAttemptLock()"


TEXTS = {"other.py": "", "spec.py": TEXT}


def span(line: int, end: int) -> Span:
    return Span("spec.py", line, 5, end, 6)


def test_a_claim_is_quoted_without_its_message() -> None:
    assert claim(span(14, 14), TEXTS) == "assert s.lock is None"
    assert claim(span(15, 17), TEXTS) == "assert s.lock is None"
    assert claim(span(18, 18), TEXTS) == "assert s.lock"


def test_a_claim_that_is_no_assertion_is_its_line() -> None:
    assert claim(span(13, 13), TEXTS) == 'yield "release"  ## LWLockRelease(),  # twice'
    assert claim(span(4, 4), TEXTS) == "def acquire(s):"


def test_a_claim_outside_the_text_is_empty() -> None:
    assert claim(span(99, 99), TEXTS) == ""
    assert claim(span(1, 1), {"other.py": TEXT}) == ""
    assert claim(span(1, 1), {}) == ""
    assert claim(None, TEXTS) == ""
