"""Bodies of a process that mean in the model what they mean in CPython; see test_constructs."""

AGREED = {
    "bag add and remove": """
        yield "a"
        s.sack.add(2)
        s.sack.add(0)
        yield "b"
        s.sack.remove(s.i)
        """,
    "set add and discard": """
        yield "a"
        s.u.add(s.i)
        s.v.discard(s.j)
        s.names.add(s.note)
        s.names.discard(Note(sender=2))
        s.sets[s.i].add(0)
        """,
    "a bag of records": """
        yield "a"
        s.post.add(s.note)
        s.note.sender = 0
        yield "b"
        if s.note in s.post:
            s.post.remove(s.note)
        elif Note(sender=1) in s.post:
            s.post.remove(Note(sender=1))
        """,
    "membership": """
        yield "a"
        s.x += 1 if s.i in s.u else 2
        s.x += 4 if s.i not in s.q else 8
        s.x += 16 if s.kind in SOME else 32
        s.b = s.i in range(1, 3) or s.note in s.notes or s.x in (s.i, s.j, 21)
        yield "b"
        s.b = s.i in range(s.j) and s.o in s.u
        yield "c"
        s.b = s.o in (None, 1) or s.i in PAIR or s.i in [s.j] or Note(sender=2) in s.names
        yield "d"
        s.b = s.i in s.m and s.i in domain(Three) and s.kind in Kind and s.i in {0, 1}
        """,
    "members that may fail are all looked at": """
        yield "a"
        s.b = s.i in (0, s.j // s.i, s.i)
        """,
    "operators of sets": """
        yield "a"
        s.u = s.u | s.v
        yield "b"
        s.v = s.u & subset((0, 1)) | subset(domain(Three)) - s.v
        yield "c"
        s.u |= s.v
        s.v &= subset((s.i, 1))
        s.sets[0] -= s.v
        """,
    "comparisons of sets": """
        yield "a"
        s.x += 1 if s.u <= s.v else 0
        s.x += 2 if s.u < s.v | subset((0,)) else 0
        s.x += 4 if s.u >= s.v else 0
        s.x += 8 if s.u > s.v - s.v else 0
        s.x += 16 if s.u == subset((0, 1)) else 0
        s.x += 32 if s.u != s.v and s.sets[s.i] <= s.v else 0
        yield "b"
        s.b = s.u < s.u or s.u > s.u
        """,
    "sets that are built": """
        yield "a"
        s.u = subset()
        s.v = subset((s.i, s.j))
        yield "b"
        s.u = subset(n for n in domain(Three) if n != s.i)
        s.kinds = subset(note.kind for note in s.notes)
        yield "c"
        s.v = subset(s.q)
        s.u = subset(n for n in s.u if n in s.v)
        s.sets[1] = subset(s.v)
        s.kinds = subset(Kind) if s.b else subset()
        """,
    "a copy of a set": """
        yield "a"
        mine = subset(s.u)
        s.u.add(2)
        s.u = s.u - mine
        """,
    "containers that are reset": """
        yield "a"
        s.q = queue(capacity=3)
        s.sack = bag(capacity=3)
        s.m = each(2)
        s.grid = each(each(0))
        s.grid[s.i] = each(2)
        s.cells[s.i] = Cell(ring=queue(capacity=2))
        s.cells = each(Cell)
        s.flags = each(True)
        """,
    "all and any": """
        yield "a"
        s.b = all(n < 2 for n in s.q) and not any(n.sender == 2 for n in s.notes)
        yield "b"
        s.b = any(n == s.i for n in s.sack) or all(n in s.v for n in s.u if n > 0)
        yield "c"
        s.b = all(n > 0 for n in s.m if n != 2 for k in s.u if k < n) or any(s.flags)
        yield "d"
        s.b = all(4 // n > 1 for n in s.q) and any(4 // n == 1 for n in s.sack)
        """,
    "sums and counts": """
        yield "a"
        s.x = sum(n for n in s.q) + sum(s.sack) + sum(s.u) + len(s.sack) + len(s.u) + len(s.m)
        yield "b"
        s.x = sum(1 for n in s.notes if n.kind is Kind.ACK) + len([n for n in s.q if n > s.i])
        yield "c"
        s.x = sum(n * k for n in s.u for k in s.v if n < k) + sum(n in s.u for n in s.v)
        """,
    "least and greatest": """
        yield "a"
        s.x = min(s.q, default=7) + max((n for n in s.sack if n != s.i), default=9)
        yield "b"
        s.y = min(s.m) - max(n + k for n in s.m for k in domain(Three))
        yield "c"
        s.o = max(s.u, default=None)
        s.i = min((n for n in domain(Three) if n not in s.u), default=0)
        yield "d"
        s.y = min((-n for n in s.v if n > s.i), default=-s.j)
        """,
    "loops over containers": """
        yield "a"
        for n in s.q:
            s.x += n + 1
        for note in s.notes:
            if note.kind is Kind.ACK:
                s.x += 5
            else:
                s.x += 7
        for n in s.u:
            s.x = s.x * 2 % 90 + n
        for n in s.sack:
            mark(s, n)
        """,
    "a loop over a queue that it empties": """
        yield "a"
        s.q.push(1)
        for n in s.q:
            k = s.q.pop()
            s.x += n * 10 + k
        for n in s.u | s.v:
            s.u.discard(n)
            if n > 0:
                s.v.add(2 - n)
        """,
    "a loop over a row that moves": """
        yield "a"
        for n in s.sets[s.i]:
            s.i = (s.i + 1) % 3
            s.sets[s.i].add(n)
            s.sets[2].discard(n)
            s.x += 1
        """,
    "break and continue": """
        yield "a"
        for n in s.q:
            if n == 0:
                continue
            s.x += 1
            if n == s.i:
                break
            s.x += 10
        yield "b"
        for n in s.v:
            for k in s.q:
                if k == n:
                    s.x += 3
                    break
                s.x += 1
            if s.b and n == 2:
                break
        s.x += 1
        """,
    "a return from a loop": """
        yield "a"
        k = first_even(s)
        s.o = k
        if k is None:
            s.x += 1
        yield "b"
        for n in s.u:
            if n == s.i:
                return
            s.x += 2
        s.x += 5
        """,
    "a loop variable afterwards": """
        yield "a"
        n = 7
        for n in s.q:
            pass
        s.x = n
        """,
    "a loop over values as they were": """
        yield "a"
        for n in (s.i, s.j, 2):
            s.i = 0
            s.j = 1
            s.x = s.x * 3 % 50 + n
        for note in (s.note, s.cells[s.i].notes[s.j]):
            s.j = 2
            note.sender = s.j
        """,
    "nested loops": """
        yield "a"
        for n in s.u:
            for k in domain(Three):
                if k == n:
                    continue
                for note in s.notes:
                    match note.sender:
                        case None:
                            break
                        case w if w == k:
                            s.x += 1
                        case _:
                            s.x += 20 if s.x < 50 else 0
            s.x += n
        """,
    "a choice from a container": """
        yield "a"
        wait_until(len(s.q) > 0)
        n = one_of(s.q)
        k = one_of(s.u | s.v)
        s.x = n * 10 + k
        yield "b"
        note = one_of(s.notes)
        s.note = note
        yield "c"
        d = one_of(d for d in domain(Three) if d != s.i and d in s.v)
        s.x = d
        yield "d"
        e = one_of(s.m)
        kind = one_of(k for k in Kind if k is not s.kind)
        s.m[0], s.kind = e + 1, kind
        """,
    "match on values": """
        yield "a"
        match s.i:
            case 0 | 1:
                s.x = 1
            case _:
                s.x = 2
        match s.kind:
            case Kind.DATA:
                s.x += 10
            case Kind.ACK if s.b:
                s.x += 20
            case Kind.ACK | Kind.STOP as k:
                s.kind = Kind.DATA if k is Kind.ACK else Kind.ACK
        match s.b:
            case True:
                s.x += 40
        """,
    "match on an option": """
        yield "a"
        match s.o:
            case None:
                s.x = 1
            case 0:
                s.x = 2
            case n:
                s.x = n + 10
        yield "b"
        match s.maybe:
            case Note(Kind.STOP, sender):
                s.o = sender
            case None:
                s.maybe = Note()
        """,
    "match on a record": """
        yield "a"
        match s.note:
            case Note(Kind.DATA, sender=None):
                s.x = 1
            case Note(Kind.DATA | Kind.ACK as k, sender=1 | 2 as w) if s.b:
                s.x = w
                s.kind = k
            case Note(_, w):
                s.o = w
        yield "b"
        s.x = worth(s.note) + worth(Note(Kind.ACK, sender=2)) + sum(worth(n) for n in s.notes)
        """,
    "the subject is looked at once": """
        yield "a"
        match s.i + 1:
            case 1:
                s.i = 1
                s.x = 1
            case 2:
                s.i = 0
                s.x = 2
            case k:
                s.i = 2
                s.x = k
        """,
    "a pattern names a place": """
        yield "a"
        match s.mail_box if False else s.cells[s.i]:
            case Cell(notes, ring):
                s.i = 0
                notes[s.j].sender = 2
                ring.push(1)
        """,
    "a pattern of a popped record": """
        yield "a"
        wait_until(len(s.notes) > 0)
        note = s.notes.pop()
        match note:
            case Note(Kind.ACK, sender=None):
                s.x = 1
            case Note(kind=k, sender=w):
                s.kind = k
                s.o = w
        """,
    "match with jumps": """
        for k in range(3):
            yield "a"
            match s.o:
                case None:
                    continue
                case 1 if s.b:
                    break
                case n:
                    s.x += n
            s.x += 10
        yield "b"
        s.x += 1
        """,
    "options": """
        yield "a"
        n = s.o
        if n is not None:
            s.i = n
        s.o = s.i if s.b else None
        yield "b"
        s.b = s.o == s.i or s.maybe == s.note or s.maybe is None
        yield "c"
        s.maybe = None if s.b else s.note
        if s.maybe is not None:
            s.maybe.sender = 2
        s.note.sender = s.o
        """,
    "nested data": """
        yield "a"
        s.cells[s.i].notes[s.j].sender = s.i
        s.cells[s.j].ring.push(s.cells[s.i].notes[2].sender or 0 if False else s.i)
        s.mail.push(Envelope(s.note, subset((s.i,))))
        yield "b"
        letter = s.mail.pop()
        letter.to.add(0)
        letter.note.sender = None
        s.mail.push(letter)
        letter.to.discard(0)
        s.v = letter.to
        s.cells[0] = s.cells[s.i]
        s.cells[0].notes[1] = Note(Kind.STOP)
        """,
    "a local set": """
        seen: FiniteSet[Three] = subset()
        yield "a"
        for n in s.q:
            if n not in seen:
                seen.add(n)
        fill(seen, 1)
        s.u = seen
        seen |= s.v
        yield "b"
        s.v = seen - s.u
        """,
    "a local queue and bag": """
        mine: Queue[Three] = queue(capacity=4)
        sack: Bag[Kind] = bag(capacity=2)
        yield "a"
        for n in s.q:
            mine.push(n)
        sack.add(s.kind)
        yield "b"
        if len(mine) > 0:
            k = mine.pop()
            s.x += k
        s.b = Kind.ACK in sack
        mine.push(1)
        """,
    "assigned together": """
        yield "a"
        s.i, s.j = s.j, s.i
        s.m[0], s.m[1], s.u = s.m[1], s.j, subset()
        s.cells[0].notes[0], s.note = s.note, s.cells[0].notes[0]
        yield "b"
        a, c = s.i, s.j
        a, c = c, a
        s.x = a * 10 + c
        s.i, s.m[s.i] = 2, 0
        """,
    "chained assignment": """
        yield "a"
        s.x = k = s.i + 1
        s.i = s.m[s.i] = 2
        s.x += k
        s.u = s.v = s.u | s.v
        s.u.discard(1)
        """,
    "reversed and sorted constants": """
        yield "a"
        for n in reversed(range(3)):
            s.x = s.x * 3 % 50 + n
        for n in sorted((2, 0, 1)):
            s.x = s.x * 3 % 50 + n
        s.b = all(n in s.u for n in reversed((0, 1)))
        """,
    "an item that is found": """
        yield "a"
        found: Note | None = None
        last = Note()
        for note in s.notes:
            last = note
            if note.kind is Kind.ACK:
                found = note
                break
        s.note = last
        s.maybe = found
        if found is not None:
            s.o = found.sender
        """,
    "an alias that may be None": """
        yield "a"
        note: Note | None = s.cells[s.i].notes[s.j]
        s.i = 0
        if note is not None:
            note.sender = 2
        other_note = s.maybe
        if other_note is not None:
            other_note.sender = 0
        """,
    "one of two fresh values": """
        yield "a"
        note = Note(sender=1) if s.b else Note(Kind.ACK)
        note.sender = s.i
        s.note = note
        w = s.u | s.v if s.b else subset(s.u)
        w.add(2)
        s.v = w
        """,
    "popped into options": """
        yield "a"
        wait_until(len(s.q) > 0)
        s.o = s.q.pop()
        s.notes.push(Note(sender=s.o))
        s.maybe = s.notes.pop()
        note: Note | None = None
        if len(s.notes) > 0:
            note = s.notes.pop()
        if note is not None:
            note.sender = 0
        yield "b"
        s.maybe = note
        """,
    "containers of functions": """
        yield "a"
        w = joined(s, 1)
        s.u = joined(s, s.i) - w
        ring_of(s).push(1)
        for n in ring_of(s):
            s.i = n
        drain(s, s.q)
        drain(s, ring_of(s))
        """,
    "a peeked item and what was popped": """
        yield "a"
        s.notes.push(Note())
        front = s.notes.peek()
        s.note = front
        item = s.notes.pop()
        s.b = front == item
        item.sender = 0
        s.notes.push(item)
        """,
}
