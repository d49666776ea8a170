"""The two benchmark models in Promela, tuned by hand for SPIN: bit-fields, and one `do` of steps.

The models are those of `specs/benchmark/`; each `d_step` is one of their steps, for one index.
"""

from __future__ import annotations


def lifecycle(workers: int, rounds: int, data: int, capacity: int) -> str:
    """The life cycle of parallel workers, without the fix."""
    each = range(workers)
    fields = [("wpc", 3), ("wd", _bits(data)), ("qn", _bits(capacity))]
    fields += [(name, 1) for name in ("qx", "det", "snd", "ep", "gx")]
    known = [("lpc", 3), ("li", _bits(workers - 1)), ("r", _bits(rounds - 1))]
    known += [(f"{name}{i}", bits) for i in each for name, bits in fields]
    steps = [step for i in each for step in _leader(i, workers)]
    everybody = " && ".join(f"gx{i} == 1" for i in each)
    nobody = " && ".join(f"wpc{i} == 0" for i in each)
    steps.append((f"lpc == 1 && {everybody} && r < {rounds - 1}", "lpc = 2"))
    steps.append((f"lpc == 1 && {everybody} && r == {rounds - 1}", "lpc = 3"))
    steps.append((f"lpc == 3 && {nobody}", "lpc = 4"))
    steps += [step for i in each for step in _worker(i, data, capacity)]
    return _text(known, steps)


def _leader(i: int, workers: int) -> list[tuple[str, str]]:
    is_last = i == workers - 1
    registered = "li = 0; lpc = 1" if is_last else f"li = {i + 1}"
    emptied = "li = 0; lpc = 0; r = r + 1" if is_last else f"li = {i + 1}"
    empty = f"qn{i} = 0; qx{i} = 0; det{i} = 0; snd{i} = 0"
    late = f"if :: wpc{i} == 3 || wpc{i} == 4 -> ep{i} = 1 :: else fi"
    return [
        (f"lpc == 0 && li == {i} && wpc{i} == 0", f"wpc{i} = 1; gx{i} = 0; {registered}"),
        (f"lpc == 2 && li == {i}", f"{empty}; {late}; {emptied}"),
        (f"lpc == 1 && qn{i} > 0", f"qn{i} = qn{i} - 1"),
        (f"lpc == 1 && qn{i} == 0 && qx{i} == 1", f"qx{i} = 0; gx{i} = 1"),
    ]


def _worker(i: int, data: int, capacity: int) -> list[tuple[str, str]]:
    left = f"wpc{i} = 5; det{i} = 1; snd{i} = 0; ep{i} = 0; wd{i} = 0"
    has_room = f"wd{i} == {data} && qn{i} + qx{i} < {capacity}"
    return [
        (f"wpc{i} == 1", f"wpc{i} = 2"),
        (f"wpc{i} == 2", f"wpc{i} = 3; wd{i} = 0; ep{i} = 0; snd{i} = 1"),
        (
            f"wpc{i} == 3 && wd{i} < {data} && qn{i} < {capacity}",
            f"qn{i} = qn{i} + 1; wd{i} = wd{i} + 1",
        ),
        (f"wpc{i} == 3 && {has_room}", f"qx{i} = 1; wpc{i} = 4"),
        (f"wpc{i} == 4", left),
        (f"wpc{i} == 5", f"wpc{i} = 6"),
        (f"wpc{i} == 6", f"wpc{i} = 0"),
    ]


def two_phase_commit(managers: int) -> str:
    """Two-phase commit."""
    each = range(managers)
    known = [("tm", 2), ("commit", 1), ("abort", 1)]
    known += [
        (f"{name}{i}", bits) for i in each for name, bits in (("rm", 2), ("tp", 1), ("pr", 1))
    ]
    everybody = " && ".join(f"tp{i} == 1" for i in each)
    steps = [
        (f"tm == 0 && {everybody}", "tm = 1; commit = 1"),
        ("tm == 0", "tm = 2; abort = 1"),
    ]
    for i in each:
        steps += [
            (f"tm == 0 && pr{i} == 1", f"tp{i} = 1"),
            (f"rm{i} == 0", f"rm{i} = 1; pr{i} = 1"),
            (f"rm{i} == 0", f"rm{i} = 3"),
            ("commit == 1", f"rm{i} = 2"),
            ("abort == 1", f"rm{i} = 3"),
        ]
    return _text(known, steps)


def _bits(largest: int) -> int:
    return max(1, largest.bit_length())


def _text(known: list[tuple[str, int]], steps: list[tuple[str, str]]) -> str:
    fields = "\n".join(f"unsigned {name} : {bits};" for name, bits in known)
    options = "\n".join(f"\t:: d_step {{ {guard} -> {effect} }}" for guard, effect in steps)
    return f"{fields}\n\nactive proctype all()\n{{\nend:\n\tdo\n{options}\n\tod\n}}\n"
