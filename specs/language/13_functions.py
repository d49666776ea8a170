"""Functions: without `yield`, they are part of their caller's step.

A function may compute a value, for steps and properties alike, or change what it is given: a
record, a container or the shared state. It sees constants, its parameters and its locals, nothing
else. A value that is passed is a copy; a place that is passed is that place.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, record

Account = Annotated[int, Below(2)]
Money = Annotated[int, Below(5)]


@record
class Purse:
    money: Money = 2


@record
class Shared:
    purses: Array[Account, Purse] = each(Purse)
    refused: bool = False


spec = Spec("functions", Shared)


def is_rich(purse: Purse) -> bool:
    return purse.money > 2


def move(giver: Purse, taker: Purse) -> bool:
    if giver.money == 0 or is_rich(taker):
        return False
    return give(giver, taker)


def give(giver: Purse, taker: Purse) -> bool:
    giver.money -= 1
    taker.money += 1
    return True


@spec.process
def clerk(s: Shared, me: Account) -> Steps:
    for _ in range(2):
        yield "move"
        moved = move(s.purses[me], s.purses[1 - me])
        s.refused = s.refused or not moved


@spec.always
def nothing_is_lost(s: Shared) -> bool:
    return sum(purse.money for purse in s.purses) == 4


@spec.sometimes
def the_rich_get_nothing(s: Shared) -> bool:
    return s.refused and any(is_rich(purse) for purse in s.purses)


spec.expect(states=13)
