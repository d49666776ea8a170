"""Names for other languages."""

from modelcheck.export.names import Names, plain_text


def test_a_name_is_kept_where_it_can_be() -> None:
    assert Names().take("worker_detach") == "worker_detach"


def test_a_second_thing_of_the_same_name_is_numbered() -> None:
    names = Names({"init"})
    assert [names.take("init"), names.take("init")] == ["init_2", "init_3"]


def test_other_letters_become_underscores() -> None:
    assert Names().take("acquire.sleep-1") == "acquire_sleep_1"


def test_a_name_begins_with_a_letter() -> None:
    assert Names().take("_ü") == "x__"


def test_names_inside_a_scope_differ_from_those_outside() -> None:
    names = Names()
    names.take("n")
    inner = names.inner()
    assert inner.take("n") == "n_2"
    assert inner.take("m") == "m"
    assert names.take("m") == "m"


def test_reserved_names_are_given_to_nothing() -> None:
    names = Names()
    names.reserve(["do"])
    assert names.take("do") == "do_2"


def test_text_is_plain() -> None:
    assert plain_text('a "b"\n\\c é') == "a 'b' /c ?"


def test_names_of_an_avoided_form_are_changed() -> None:
    names = Names(avoided="[A-Z]+")
    assert [names.take("NULL"), names.inner().take("EOF"), names.take("Null")] == [
        "x_NULL",
        "x_EOF",
        "Null",
    ]
