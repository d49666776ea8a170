/*
 * test_depth.c
 *		Other orders than breadth first on a model written by hand: a grid, whose figures are known.
 *
 * A state is two numbers below SIDE; a step adds one to either, or sets both back to zero.  There
 * are SIDE * SIDE states, and the farthest is 2 * (SIDE - 1) steps away.  Claim 0 is decided in one
 * state, claim 1 where nothing can move, which is nowhere.
 */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

#include "depth.h"

#define SIDE	60
#define LAST	(WORDS - 1)
#define FARTHEST	(2 * (SIDE - 1))
#define STEPS	(2 * SIDE * (SIDE - 1) + SIDE * SIDE)

static int
expand(const word *state, word *out, Tally *tally)
{
	int			count = 0;

	tally->failing = 0;
	for (int axis = 0; axis < 2; axis++)
	{
		word		at = (state[LAST] >> 16 * axis) & 0xffff;

		if (at + 1 == SIDE)
			continue;
		memcpy(out + count * WORDS, state, WORDS * sizeof(word));
		out[count * WORDS + LAST] += (word) 1 << 16 * axis;
		count++;
		tally->taken[0]++;
	}
	memset(out + count * WORDS, 0, WORDS * sizeof(word));
	tally->taken[1]++;
	return count + 1;
}

static void
judge(const word *state, Tally *tally)
{
	if (state[LAST] == ((word) 7 << 16 | 5))
		tally_claim(tally, 0);
}

static const Model grid = {.expand = expand,.judge = judge,.claims = 2,.deadlock = 1,.steps = 2,
.fan_out = 3};

static Depth *
begin(Order order, uint64_t room, uint64_t bound)
{
	Depth	   *depth = depth_new(&grid, order, room, bound);
	const word	start[WORDS] = {0};

	assert(depth != NULL && depth_begin(depth, start, 1));
	return depth;
}

static DepthStatus
run(Depth *depth, uint64_t max_states, uint32_t max_depth, bool stops)
{
	const uint8_t wanted[2] = {stops, stops};
	DepthStatus status;

	while ((status = depth_run(depth, 0.001, max_states, max_depth, wanted)) == DEPTH_RUNNING)
		;
	return status;
}

/* The way to claim 0: each state leads to the next one. */
static uint64_t
check_way(const Depth *depth)
{
	uint64_t	length = depth_length(depth, 0);
	word	   *way = calloc(length * WORDS, sizeof(word));
	word		out[3 * WORDS];
	uint64_t	taken[2];
	Tally		tally = {.taken = taken};

	assert(length > 0);
	depth_path(depth, 0, way);
	assert(way[LAST] == 0 && way[(length - 1) * WORDS + LAST] == ((word) 7 << 16 | 5));
	for (uint64_t at = 0; at + 1 < length; at++)
	{
		int			count = expand(way + at * WORDS, out, &tally);
		bool		leads = false;

		for (int i = 0; i < count; i++)
			leads = leads || memcmp(out + i * WORDS, way + (at + 1) * WORDS,
									WORDS * sizeof(word)) == 0;
		assert(leads);
	}
	free(way);
	return length - 1;
}

static void
check_all(Order order)
{
	Depth	   *depth = begin(order, 1 << 20, 0);
	Reach		reach;
	Degrees		degrees;
	uint64_t	taken[2];
	uint32_t	found[2];

	assert(run(depth, 0, UINT32_MAX, false) == DEPTH_COMPLETE);
	depth_reach(depth, &reach);
	depth_tally(depth, taken, found, &degrees);
	assert(reach.states == SIDE * SIDE && reach.transitions == STEPS && reach.waiting == 0);
	assert(reach.is_exact == (order != BITSTATE) && (reach.missed > 0) == (order == BITSTATE));
	assert(taken[0] == 2 * SIDE * (SIDE - 1) && taken[1] == SIDE * SIDE);
	assert(degrees.states == SIDE * SIDE && degrees.least == 1 && degrees.most == 3);
	assert(found[0] != 0 && found[1] == 0 && depth_length(depth, 1) == 0);
	assert(order != ITERATIVE || reach.limit == FARTHEST + 1);
	assert(order == ITERATIVE ? check_way(depth) == 12 : check_way(depth) >= 12);
	depth_free(depth);
}

static void
check_limits(void)
{
	Reach		reach;
	Depth	   *depth = begin(DEPTH_FIRST, 0, 0);

	assert(run(depth, 100, UINT32_MAX, false) == DEPTH_FULL);
	depth_reach(depth, &reach);
	assert(reach.states > 100 && reach.states <= 103);
	depth_free(depth);

	depth = begin(DEPTH_FIRST, 0, 0);
	assert(run(depth, 0, 10, false) == DEPTH_CUT && depth_length(depth, 0) == 0);
	depth_reach(depth, &reach);
	assert(reach.deepest == 10);
	depth_free(depth);

	depth = begin(DEPTH_FIRST, 0, 0);
	assert(run(depth, 0, UINT32_MAX, true) == DEPTH_FOUND);
	check_way(depth);
	depth_free(depth);

	depth = begin(DEPTH_FIRST, 0, 1);
	assert(run(depth, 0, UINT32_MAX, true) == DEPTH_NO_MEMORY);
	depth_free(depth);
}

/* Within so many steps lie that many states, each found; with room for few, they are again. */
static void
check_iterative(void)
{
	Reach		reach;
	Depth	   *depth = begin(ITERATIVE, 1 << 20, 0);

	assert(run(depth, 0, 11, true) == DEPTH_CUT && depth_length(depth, 0) == 0);
	depth_reach(depth, &reach);
	assert(reach.states == 12 * 13 / 2 && reach.limit == 11 && reach.is_exact);
	depth_free(depth);

	depth = begin(ITERATIVE, 1 << 20, 0);
	assert(run(depth, 0, UINT32_MAX, true) == DEPTH_FOUND && check_way(depth) == 12);
	depth_reach(depth, &reach);
	assert(reach.states == 13 * 14 / 2 && reach.limit == 12);
	depth_free(depth);

	depth = begin(ITERATIVE, 1024, 0);
	assert(run(depth, 0, 14, true) == DEPTH_FOUND && check_way(depth) == 12);
	depth_reach(depth, &reach);
	assert(!reach.is_exact && reach.limit == 12);
	depth_free(depth);
}

/* With as few bits as there are states, many are missed, and the estimate says that it is many. */
static void
check_bits(void)
{
	Reach		reach;
	Depth	   *depth = begin(BITSTATE, SIDE * SIDE / 8, 0);

	assert(run(depth, 0, UINT32_MAX, false) == DEPTH_COMPLETE);
	depth_reach(depth, &reach);
	assert(reach.states < SIDE * SIDE && reach.missed > 1.0);
	depth_free(depth);
}

int
main(void)
{
	check_all(DEPTH_FIRST);
	check_all(ITERATIVE);
	check_all(BITSTATE);
	check_limits();
	check_iterative();
	check_bits();
	return 0;
}
