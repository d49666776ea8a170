"""Small pieces of code that are easy to get wrong, by what they are about."""

AGREED = {
    "an alias whose index was changed twice": """
        i: Three = 0
        yield "a"
        if s.b:
            i = 1
        a = s.mr[i]
        i = i + 1
        r = a[i]
        i = (i + 1) % 3
        r.d = i
        a[2].a = 1
        """,
    "a loop that changes the index of what it runs through": """
        i: Three = 0
        yield "a"
        if s.b:
            i = 1
        for r in s.mr[i]:
            i = 2
            r.d = i
        """,
    "a loop in a loop, over places that are both held": """
        yield "a"
        s.j = 2
        for r in s.mr[s.i]:
            for n in s.m[s.j]:
                s.i = 1
                r.d += n
        """,
    "a loop in a loop, over values that are both held": """
        yield "a"
        s.j = 2
        for n in (s.i, s.j):
            for k in (s.j, s.i, s.i):
                s.x = (s.x * 3 + k + n) % 97
        """,
    "a loop left without a step, and entered again in the same step": """
        yield "a"
        for n in range(2):
            while s.x < 3:
                if s.b or n == 0:
                    break
                yield "x"
                s.x += 1
        """,
    "a procedure left from inside its loop, and entered again in the same step": """
        yield "a"
        for n in range(2):
            full = yield from grow(s)
            s.o = 1 if full else 0
        """,
    "two returns of what another procedure gives": """
        yield "a"
        n = yield from pick(s, 0)
        s.i = n
        n = yield from pick(s, n)
        s.j = n
        """,
    "a loop whose steps are those of a procedure": """
        yield "a"
        for n in (1, 0):
            n2 = yield from twice(s, n)
            s.i = n2
        """,
    "nested indices of an alias": """
        yield "a"
        s.i, s.j = 1, 2
        q = s.mr[s.i][s.j]
        s.i = 0
        q.a = 7
        """,
    "an index handed to a function": """
        yield "a"
        write(s, s.rs[s.i])
        """,
    "a loop over a row that moves": """
        yield "a"
        for v in s.m[s.i]:
            s.i = 1
            s.m[1][2] = 2
            s.x += v
        """,
    "a loop over records": """
        yield "a"
        for v in s.mr[s.i]:
            s.i = 1
            v.a += 1
        """,
    "an option of a record": """
        yield "a"
        v = s.ro
        if v is not None:
            v.a = 4
        """,
    "an alias from a function": """
        yield "a"
        v = find(s)
        s.i = 0
        v.a = 3
        """,
    "the rest of an or-pattern": """
        yield "a"
        match s.x:
            case 1 | _:
                s.x = 5
        """,
    "an int that may be None later": """
        yield "a"
        v = 2
        if s.b:
            v = 1
        else:
            v = s.o
        s.b = v is None
        s.o = v
        """,
    "an early return behind an annotation": """
        yield "a"
        if s.i == 0:
            v: Big = early(s)
            s.x = v
        s.x += 1
        """,
    "continue in an unrolled loop": """
        yield "a"
        for k in range(40):
            if s.x == k:
                continue
            s.x += 1
        """,
    "a name of the module assigned on every way": """
        yield "a"
        if s.b:
            N = 3
        else:
            N = 4
        s.x = N
        """,
    "a local record": """
        yield "a"
        v = R()
        v.a = 3
        s.r = v
        """,
    "a violation in an argument that nobody reads": """
        yield "a"
        k = unread(s, 1 // s.x)
        s.x = k
        """,
    "a name of a place that is not there": """
        yield "a"
        q = s.rs[s.x]
        s.x = 3
        yield "b"
        r = s.rs[s.x]
        s.x = 4
        """,
    "an argument that is not there": """
        yield "a"
        s.x += 3
        yield "b"
        unread(s, s.x)
        write(s, s.rs[s.x])
        """,
    "a loop over a row that is not there": """
        yield "a"
        s.x += 3
        yield "b"
        for v in s.m[s.x]:
            s.x += 1
            break
        """,
    "a violation in an argument that is read on one way": """
        yield "a"
        k = sometimes_read(s, 1 // s.x)
        s.x = k
        """,
    "a violation in a name that is read on one way": """
        yield "a"
        s.x += 3
        yield "b"
        s.x = named_first(s, s.x)
        """,
    "a field of a record whose other field cannot be computed": """
        yield "a"
        s.x = R(a=3, d=1 // s.x).a
        """,
    "a procedure with a local called caller": """
        yield "a"
        v = yield from twice(s, 1)
        w = yield from twice(s, 0)
        yield "b"
        s.x = v + w
        """,
    "an index that is part of a local": """
        yield "a"
        n = R()
        q = s.rs[n.a]
        n.a = 1
        q.d = 2
        """,
    "a guard that asks for an item that is not there": """
        yield "a"
        wait_until(any(v == 0 for v in s.one))
        """,
    "a nested loop with steps": """
        for k in range(2):
            for n in (0, 2, 1):
                yield "a"
                if n == 2:
                    continue
                if s.b and k == 1:
                    break
                s.x += n + k
            yield "b"
            s.x += 10
        """,
}
