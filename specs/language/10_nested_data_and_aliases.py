"""Nested data and aliases: a local may name a place of the shared state.

`entry = s.table[key]` is no copy: like a C pointer it names that place, and `entry.users += 1`
writes there. An alias lives until the next `yield`, and only while nobody puts another value into
the place it names. A copy is made by assigning the record to another place.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, record

Backend = Annotated[int, Below(2)]
Key = Annotated[int, Below(2)]


@record
class Entry:
    users: Annotated[int, Below(3)] = 0
    seen: Array[Backend, bool] = each(False)


@record
class Shared:
    table: Array[Key, Entry] = each(Entry)
    copied: Entry = Entry()


spec = Spec("nested data and aliases", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "pin"
    entry = s.table[me // 2]  # everybody's is the first
    entry.users += 1
    entry.seen[me] = True
    s.copied = entry

    yield "unpin"
    entry = s.table[0]  # named again: the alias does not live across the yield
    entry.users -= 1


@spec.always
def who_pins_was_seen(s: Shared) -> bool:
    return all(entry.users <= sum(entry.seen) for entry in s.table)


@spec.sometimes
def the_copy_stays(s: Shared) -> bool:
    return s.copied.users == 2 and s.table[0].users == 0


spec.expect(states=12)
