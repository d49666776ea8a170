/*
 * test_search.c
 *		The search on a model written by hand: a grid, whose figures are known.
 *
 * A state is two numbers below SIDE; a step adds one to either.  There are SIDE * SIDE states,
 * 2 * SIDE * (SIDE - 1) transitions, and the longest way has 2 * (SIDE - 1) steps.
 */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

#include "local.h"
#include "search.h"
#include "table.h"

#define SIDE	300
#define LAST	(WORDS - 1)

/* Where the two numbers are: in one word, or one in each. */
#ifdef NARROW
#define WORD_OF(axis)	(axis)
#define SHIFT(axis)		0
#define REST_BITS		9
#else
#define WORD_OF(axis)	LAST
#define SHIFT(axis)		(16 * (axis))
#define REST_BITS		0
#endif

static word
number(const word *state, int axis)
{
	return (state[WORD_OF(axis)] >> SHIFT(axis)) & 0x1ff;
}

static int
step(const word *state, word *out, int count, Tally *tally, int axis)
{
	if (number(state, axis) + 1 == SIDE)
		return count;
	memcpy(out + count * WORDS, state, WORDS * sizeof(word));
	out[count * WORDS + WORD_OF(axis)] += (word) 1 << SHIFT(axis);
	tally->taken[axis]++;
	return count + 1;
}

static int
step_right(const word *state, word *out, int count, Tally *tally)
{
	return step(state, out, count, tally, 0);
}

static int
step_up(const word *state, word *out, int count, Tally *tally)
{
	return step(state, out, count, tally, 1);
}

static const Site sites[] = {
	{step_right, {{[WORD_OF(0)] = 0x1ff}, {[WORD_OF(0)] = 9}, 0}, true, 0, 1},
	{step_up, {{[WORD_OF(1)] = (word) 0x1ff << SHIFT(1)}, {[WORD_OF(1)] = 9}, 512}, true, 1, 1},
};

static int
expand(const word *state, word *out, Tally *tally)
{
	int			count = 0;

	tally->failing = 0;
	count = local_steps(&sites[0], 1, state, out, count, tally);
	count = local_steps(&sites[1], 1, state, out, count, tally);
	if (count == 0)
		tally_claim(tally, 1);
	return count;
}

static int
is_at_seven(const word *state)
{
	return number(state, 1) == 7;
}

static const Question question = {
	is_at_seven, {{[WORD_OF(1)] = (word) 0x1ff << SHIFT(1)}, {[WORD_OF(1)] = 9}, 0}
};

static void
judge(const word *state, Tally *tally)
{
	if (local_holds(&question, state, tally) && number(state, 0) == 5)
		tally_claim(tally, 0);
}

static const Model grid = {expand, judge, 2, 1, 2, 2, 1024, 512, REST_BITS};

static Search *
begin(int threads)
{
	Search	   *search = search_new(&grid, threads);
	const word	start[WORDS] = {0};

	assert(search != NULL && search_begin(search, start) && search_begin(search, start));
	return search;
}

static void
check_all(int threads)
{
	const uint8_t wanted[2] = {0, 0};
	uint64_t	taken[2];
	uint32_t	found[2];
	Progress	progress;
	Degrees		degrees;
	static bool seen[SIDE][SIDE];
	word	   *states = malloc(SIDE * SIDE * WORDS * sizeof(word));
	Search	   *search = begin(threads);

	memset(seen, 0, sizeof seen);
	while (search_run(search, 0.001, 0, 0, wanted) != SEARCH_COMPLETE)
		;
	search_progress(search, &progress);
	assert(progress.states == SIDE * SIDE && progress.frontier == 0);
	assert(progress.transitions == 2 * SIDE * (SIDE - 1));
	assert(progress.depth == 2 * (SIDE - 1));
	search_tally(search, taken, found, &degrees);
	assert(taken[0] == SIDE * (SIDE - 1) && taken[1] == taken[0]);
	assert(found[0] == 13 && found[1] == 2 * (SIDE - 1) + 1);
	assert(degrees.states == SIDE * SIDE && degrees.least == 0 && degrees.most == 2);
	search_states(search, states);
	for (int i = 0; i < SIDE * SIDE; i++)
	{
		const word *state = states + i * WORDS;

		assert(number(state, 0) < SIDE && number(state, 1) < SIDE);
		assert(!seen[number(state, 0)][number(state, 1)]);
		seen[number(state, 0)][number(state, 1)] = true;
	}
	search_free(search);
	free(states);
}

static void
check_limits(int threads)
{
	const uint8_t wanted[2] = {1, 0};
	const uint8_t nothing[2] = {0, 0};
	uint32_t	found[2] = {0, 0};
	Progress	progress;
	Search	   *search = begin(threads);

	assert(search_run(search, 60, 0, 0, wanted) == SEARCH_LEVEL);
	search_progress(search, &progress);
	assert(progress.depth == 12 && progress.states == 13 * 14 / 2);
	search_free(search);

	search = begin(threads);
	assert(search_run(search, 60, 0, 10, nothing) == SEARCH_DEPTH);
	assert(search_look_ahead(search, found) && found[1] == 0);
	search_free(search);

	search = begin(threads);
	assert(search_run(search, 60, 1000, 0, nothing) == SEARCH_FULL);
	assert(search_run(search, 60, 1000, 0, nothing) == SEARCH_FULL);
	search_progress(search, &progress);
	assert(progress.states > 1000);
	search_free(search);
}

static void
check_path(void)
{
	const word	start[WORDS] = {0};
	word		states[13 * WORDS];
	Path	   *path = path_new(&grid, start, 1);
	PathStatus	status;

	assert(path != NULL);
	while ((status = path_run(path, 1, 0.0)) == PATH_RUNNING)
		;
	assert(status == PATH_FOUND && path_length(path, 1) == 2 * (SIDE - 1) + 1);
	assert(path_run(path, 0, 0.0) == PATH_FOUND && path_length(path, 0) == 13);
	path_states(path, 0, states);
	assert(number(states, 0) == 0 && number(states, 1) == 0);
	assert(number(states + 12 * WORDS, 0) == 5 && number(states + 12 * WORDS, 1) == 7);
	path_free(path);
}

int
main(void)
{
	for (int threads = 1; threads <= 3; threads++)
	{
		check_all(threads);
		check_limits(threads);
	}
	check_path();
	return 0;
}
