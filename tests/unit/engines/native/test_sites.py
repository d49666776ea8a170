from __future__ import annotations

from modelcheck.engines.native.sites import DECIDING, Member, Sites, Step, grouped


def member(name: str, bits: int, *, process: str = "p", places: int = 1) -> Member:
    return Member(process, places, "label", (Step(name, 3, places - 1, (bits,), 1),))


def test_neighbours_that_few_bits_decide_are_taken_together() -> None:
    one, two, three = member("a", 0b1111), member("b", 0b111100), member("c", 0x3F00)
    both, alone = grouped((one, two, three))
    assert both.together == ("a", "b")
    assert both.steps == (Step("a_and_on", 3, 0, (0b111111,), 2),)
    assert alone == three


def test_others_stay_apart() -> None:
    other, moving = member("b", 1, process="q"), member("b", 1, places=2)
    assert grouped((member("a", 1), other)) == (member("a", 1), other)
    assert grouped((moving, moving)) == (moving, moving)


def test_a_site_has_a_row_for_each_label() -> None:
    sites = Sites(1)
    assert sites.text("sites_0", member("a", 0b110, places=2)) == (
        "static const Site sites_0[] = {\n"
        "\t{NULL, {{UINT64_C(0x0)}, {0}, 0}, 1, 0, 1},\n"
        "\t{a, {{UINT64_C(0x6)}, {2}, 1}, 1, 3, 1},\n"
        "};\n"
    )
    assert sites.index == 5


def test_what_many_bits_decide_is_not_remembered() -> None:
    sites = Sites(1)
    assert not sites.text("sites_0", member("a", (1 << DECIDING + 1) - 1))
    assert sites.index == 0
    few, many = Step("a", 0, 0, (1,), 1), Step("b", 1, 1, ((1 << DECIDING + 1) - 1,), 2)
    both = Member("p", 2, "label", (few, many))
    assert "{b, {{UINT64_C(0x0)}, {0}, 2}, 0, 1, 2}" in sites.text("sites_1", both)
