"""Small pieces of code that would mean something else in the model, and are refused."""

REFUSED = {
    "a loop over places whose steps are those of a procedure": (
        "alias-across-step",
        """
        yield "a"
        for n in (s.i, s.j):
            n2 = yield from twice(s, 1)
            s.x = n + n2
        """,
    ),
    "a loop over equal values whose steps are those of a procedure": (
        "unsupported",
        """
        yield "a"
        for n in (1, 1, 0):
            n2 = yield from twice(s, n)
            s.x = n2
        """,
    ),
    "a loop over other values on another way": (
        "label",
        """
        yield "t"
        if s.b:
            n = 1
            if s.x > 5:
                return
        else:
            n = 2
        for j in range(n):
            yield "x"
            s.x += 1
        """,
    ),
    "a loop with steps over repeated values": (
        "unsupported",
        """
        for k in (0, 1, 0):
            yield "a"
            s.x += k
        """,
    ),
    "aliases bound together": (
        "unsupported",
        """
        yield "a"
        q, r = s.rs[0], s.rs[1]
        q.a = 5
        """,
    ),
    "one of two places": (
        "unsupported",
        """
        yield "a"
        v = s.r if s.b else s.t
        v.a = 3
        """,
    ),
    "writing to a peeked item": (
        "unsupported",
        """
        yield "a"
        s.q.push(R())
        v = s.q.peek()
        v.a = 4
        """,
    ),
    "a loop over what may be None elsewhere": (
        "type",
        """
        for k in range(2):
            yield "a"
            s.x = k
        yield "b"
        k = s.o
        s.b = k is None
        """,
    ),
    "a comparison with None that drops a violation": (
        "type",
        """
        yield "a"
        s.b = (1 // s.x) is None
        """,
    ),
    "the length of an array that is not there": (
        "unsupported",
        """
        yield "a"
        s.x = len(s.m[s.x])
        """,
    ),
    "a name of the module that a pattern captures on one way": (
        "free-name",
        """
        yield "a"
        match s.o:
            case None:
                s.x = 1
            case N:
                s.x = N
        s.x = N
        """,
    ),
    "a name of the module assigned on one way": (
        "free-name",
        """
        yield "a"
        if s.b:
            N = 3
        s.x = N
        """,
    ),
    "a function with effects inside an expression": (
        "unsupported",
        """
        yield "a"
        s.x = 1 + early(s)
        """,
    ),
    "too many ways": (
        "too-many-ways",
        """
        yield "a"
        for k in range(30):
            if s.x == k:
                if s.b:
                    continue
                s.x += 1
            s.x += 1
        """,
    ),
}
