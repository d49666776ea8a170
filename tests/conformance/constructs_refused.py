"""Bodies of a process that would mean something else, with the slug; see test_constructs."""

REFUSED = {
    "a bag has no discard": (
        "type",
        """
        yield "a"
        s.sack.discard(1)
        """,
    ),
    "an item of another type": (
        "type",
        """
        yield "a"
        s.u.add(Kind.ACK)
        """,
    ),
    "never in there": (
        "type",
        """
        yield "a"
        s.b = s.kind in s.u
        """,
    ),
    "another capacity": (
        "type",
        """
        yield "a"
        s.q = queue(capacity=2)
        """,
    ),
    "another capacity in a record": (
        "type",
        """
        yield "a"
        s.cells[0] = Cell(ring=queue(capacity=1))
        """,
    ),
    "a set of no domain": (
        "type",
        """
        yield "a"
        seen = subset()
        s.u = seen
        """,
    ),
    "sets of different domains": (
        "type",
        """
        yield "a"
        s.u = s.u | s.kinds
        """,
    ),
    "an array by itself": (
        "unsupported",
        """
        yield "a"
        mine: Array[Three, Three] = each(0)
        s.m = mine
        """,
    ),
    "the truth of a container": (
        "type",
        """
        yield "a"
        if s.u:
            s.x = 1
        """,
    ),
    "the least of what may be empty": (
        "type",
        """
        yield "a"
        s.x = min(s.q)
        """,
    ),
    "len of a generator": (
        "unsupported",
        """
        yield "a"
        s.x = len(n for n in s.q)
        """,
    ),
    "a key": (
        "unsupported",
        """
        yield "a"
        s.x = max(s.q, default=0, key=abs)
        """,
    ),
    "two names in a comprehension": (
        "unsupported",
        """
        yield "a"
        s.b = any(i == n for i, n in enumerate(s.m))
        """,
    ),
    "two names in a loop": (
        "unsupported",
        """
        yield "a"
        for i, n in enumerate(s.q):
            s.x = 1
        """,
    ),
    "enumerate by name": (
        "unsupported",
        """
        yield "a"
        s.x = len([1 for pair in zip(s.q, s.m)])
        """,
    ),
    "writing to an item": (
        "unsupported",
        """
        yield "a"
        for n in s.notes:
            n.sender = 1
        """,
    ),
    "writing into an item": (
        "unsupported",
        """
        yield "a"
        for n in s.mail:
            n.to.add(1)
        """,
    ),
    "writing to a part of an item": (
        "unsupported",
        """
        yield "a"
        for n in s.mail:
            k = n.note
            k.sender = 1
        """,
    ),
    "writing to an item that was found": (
        "unsupported",
        """
        yield "a"
        found: Note | None = None
        for note in s.notes:
            found = note
        if found is not None:
            found.sender = 0
        """,
    ),
    "writing to an item that was handed on": (
        "unsupported",
        """
        yield "a"
        touch(s.notes.peek())
        """,
    ),
    "a part of a value that is handed on": (
        "unsupported",
        """
        yield "a"
        s.grid[0][1], s.grid[1] = 2, s.grid[0]
        """,
    ),
    "writing to a chosen item": (
        "unsupported",
        """
        yield "a"
        n = one_of(s.notes)
        n.sender = 1
        """,
    ),
    "choosing a place": (
        "unsupported",
        """
        yield "a"
        n = one_of(s.cells)
        s.x = 1
        """,
    ),
    "a step in a loop over a container": (
        "unsupported",
        """
        yield "z"
        for n in s.q:
            yield "a"
            s.x += n
        """,
    ),
    "an item after a step": (
        "alias-across-step",
        """
        yield "a"
        n = s.notes.peek()
        yield "b"
        s.note = n
        """,
    ),
    "an item that was changed under another name": (
        "alias-of-replaced",
        """
        yield "a"
        n = s.notes.peek()
        k = s.notes.pop()
        k.sender = 1
        s.note = n
        """,
    ),
    "identity of records": (
        "type",
        """
        yield "a"
        s.b = s.note is s.maybe
        """,
    ),
    "identity of numbers": (
        "type",
        """
        yield "a"
        s.b = s.i is s.j
        """,
    ),
    "two names of a set": (
        "unsupported",
        """
        seen: FiniteSet[Three] = subset()
        yield "a"
        mine = seen
        s.u = mine
        """,
    ),
    "a second name by pattern": (
        "unsupported",
        """
        yield "a"
        n = Note()
        match n:
            case k:
                s.note = k
        """,
    ),
    "a sequence pattern": (
        "unsupported",
        """
        yield "a"
        match s.i, s.j:
            case [0, 1]:
                s.x = 1
        """,
    ),
    "names on both sides of a bar": (
        "unsupported",
        """
        yield "a"
        match s.note:
            case Note(Kind.ACK, w) | Note(_, w):
                s.o = w
        """,
    ),
    "another record": (
        "type",
        """
        yield "a"
        match s.note:
            case Cell():
                s.x = 1
        """,
    ),
    "no such field": (
        "type",
        """
        yield "a"
        match s.note:
            case Note(colour=1):
                s.x = 1
        """,
    ),
    "a name that a guard may have left": (
        "free-name",
        """
        yield "a"
        w: Big = 1
        match s.i:
            case w if w > 1:
                s.x = 1
            case _:
                s.x = w
        """,
    ),
    "names of one value": (
        "unsupported",
        """
        yield "a"
        a = c = s.cells[0]
        s.x = 1
        """,
    ),
    "a loop over a number": (
        "unsupported",
        """
        yield "a"
        for n in s.i:
            s.x = 1
        """,
    ),
    "a choice after a write": (
        "choice-after-write",
        """
        yield "a"
        s.u.add(1)
        n = one_of(s.u)
        s.x = n
        """,
    ),
    "a wait after a removal": (
        "wait-after-write",
        """
        yield "a"
        s.sack.remove(1)
        wait_until(s.b)
        """,
    ),
    "a method in an expression": (
        "unsupported",
        """
        yield "a"
        s.b = s.u.add(1) is None
        """,
    ),
    "a constant that is changed": (
        "type",
        """
        yield "a"
        PAIR.add(1)
        """,
    ),
    "a return from a loop in a loop": (
        "unsupported",
        """
        yield "a"
        for n in s.u:
            k = first_even(s)
            s.o = k
        """,
    ),
}
