from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.native.build import RUNTIME
from modelcheck.engines.native.generator import generate
from modelcheck.hunt import find_specs
from modelcheck.ir.model import PropertyKind
from tests.unit import ir_examples as x

ROOT = Path(__file__).parents[4]
COMPILER = next(filter(None, map(shutil.which, ("gcc", "clang", "cc"))), None)

SMALL = """\
/* tiny: generated, one function for each step of an instance. */
#define WORDS 1

#include "local.h"
#include "model.h"

static int
holds_0(const word *n)
{
	return (int64_t) get_bits(n[0], 0, 2) < 3;
}

/* counter.up */
static int
step_0_0(const word *s, word *out, int count, Tally *tally)
{
	word		n[1];

	memcpy(n, s, sizeof n);
	const int64_t t1 = (int64_t) get_bits(n[0], 0, 2) + 1;
	if (!(t1 <= 3))
	{
		tally_violation(tally, 0, 1);
		return count;
	}
	n[0] = put_bits(n[0], 0, 2, (word) t1);
	if ((int64_t) get_bits(n[0], 0, 2) < 3)
	{
		n[0] = (n[0] & ~UINT64_C(0x4)) | (word) 1 << 2;
		memcpy(out + count, n, sizeof n);
		count++;
		tally->taken[0]++;
		return count;
	}
	else
	{
		n[0] = n[0] & ~UINT64_C(0x4);
		memcpy(out + count, n, sizeof n);
		count++;
		tally->taken[0]++;
		return count;
	}
}

static const Site sites_0[] = {
	{NULL, {{UINT64_C(0x0)}, {0}, 0}, 1, 0, 1},
	{step_0_0, {{UINT64_C(0x3)}, {2}, 1}, 1, 0, 1},
};

int
expand(const word *state, word *out, Tally *tally)
{
	const Hand	hand = local_hand(tally);
	word		s[WORDS];
	int64_t		count = 0;

	memcpy(s, state, sizeof s);
	tally->failing = 0;
	count = local_steps(&sites_0[get_bits(s[0], 2, 1)], 1, hand, s, out, count, tally);

	if (count == 0 && tally->failing == 0 &&
		(get_bits(s[0], 2, 1) != 0))
		tally_claim(tally, 2);
	return count;
}

void
judge(const word *n, Tally *tally)
{
	if (tally->found[0] == 0 && !holds_0(n))
		tally_claim(tally, 0);
}
"""


def test_a_step_reads_as_if_written_by_hand() -> None:
    small = x.claim("small", PropertyKind.ALWAYS, x.less(x.N, x.number(3)))
    assert generate(x.counter(3, properties=(small,))).text == SMALL


def test_the_search_is_told_what_it_needs() -> None:
    made = generate(x.founding_race(wait_for_exit=False))
    assert made.steps[:2] == ("leader.launch", "leader.receive")
    assert made.claims[-1] == ("deadlock", PropertyKind.DEADLOCK)
    assert made.decisions == len(made.claims) + len(made.signs)
    assert made.layout.words == 1
    assert made.fan_out == 5


@pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")
@pytest.mark.parametrize("spec", find_specs([ROOT / "specs/language", ROOT / "specs/parallel"]))
def test_what_is_generated_compiles_without_a_warning(spec: Path, tmp_path: Path) -> None:
    source = tmp_path / "model.c"
    source.write_text(generate(load(str(spec), {}).model).text)
    flags = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable")
    flags = (*flags, "-Wno-unused-but-set-variable", "-Wno-unused-parameter")
    # A property may compare a place with itself, and be folded to what is always so.
    flags = (*flags, "-Wno-tautological-compare", "-fsyntax-only")
    ended = subprocess.run(
        [str(COMPILER), *flags, f"-I{RUNTIME}", str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
