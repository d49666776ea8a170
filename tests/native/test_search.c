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

#include "search.h"
#include "table.h"

#define SIDE	300
#define LAST	(WORDS - 1)

static word side = SIDE;

static int
expand(const word *state, word *out, Tally *tally)
{
	int			count = 0;

	tally->failing = 0;
	for (int axis = 0; axis < 2; axis++)
	{
		word		at = (state[LAST] >> 16 * axis) & 0xffff;

		if (at + 1 == side)
			continue;
		memcpy(out + count * WORDS, state, WORDS * sizeof(word));
		out[count * WORDS + LAST] += (word) 1 << 16 * axis;
		count++;
		tally->taken[axis]++;
	}
	if (count == 0)
		tally_claim(tally, 1);
	return count;
}

static void
judge(const word *state, Tally *tally)
{
	if (state[LAST] == ((word) 7 << 16 | 5))
		tally_claim(tally, 0);
}

static const Model grid = {expand, judge, 2, 1, 2, 2};

static Search *
begin(int threads)
{
	Search	   *search = search_new(&grid, threads);
	const word	start[WORDS] = {0};

	assert(search != NULL && search_begin(search, start) && search_begin(search, start));
	return search;
}

/* Every state is copied once, also while the table grows. */
static void
check_stored(const Search *search, uint64_t count)
{
	static uint8_t seen[2 * SIDE][2 * SIDE];
	word		states[100 * WORDS];
	uint64_t	cursor = 0;
	uint64_t	total = 0;
	uint64_t	some;

	memset(seen, 0, sizeof seen);
	while ((some = search_copy(search, &cursor, states, 100)) > 0)
	{
		assert(some <= 100);
		for (uint64_t i = 0; i < some; i++)
		{
			word		state = states[i * WORDS + LAST];

			assert(seen[state & 0xffff][state >> 16 & 0xffff]++ == 0);
		}
		total += some;
	}
	assert(total == count);
}

static void
check_all(int threads)
{
	const uint8_t wanted[2] = {0, 0};
	uint64_t	taken[2];
	uint32_t	found[2];
	Progress	progress;
	Degrees		degrees;
	Search	   *search = begin(threads);

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
	check_stored(search, SIDE * SIDE);
	search_free(search);
}

static void
check_limits(int threads)
{
	const uint8_t wanted[2] = {1, 0};
	const uint8_t nothing[2] = {0, 0};
	uint32_t	found[2] = {0, 0};
	bool		ahead = false;
	Progress	progress;
	Search	   *search = begin(threads);

	assert(search_run(search, 60, 0, 0, wanted) == SEARCH_LEVEL);
	search_progress(search, &progress);
	assert(progress.depth == 12 && progress.states == 13 * 14 / 2);
	search_free(search);

	search = begin(threads);
	assert(search_run(search, 60, 0, 10, nothing) == SEARCH_DEPTH);
	assert(search_look_ahead(search, 60, &ahead, found) && ahead && found[1] == 0);
	search_free(search);

	search = begin(threads);
	assert(search_run(search, 60, 1000, 0, nothing) == SEARCH_FULL);
	assert(search_run(search, 60, 1000, 0, nothing) == SEARCH_FULL);
	search_progress(search, &progress);
	assert(progress.states > 1000);
	search_free(search);
}

/* Within too little memory it stops, and keeps to it; within enough it ends. */
static void
check_bound(int threads)
{
	const uint8_t nothing[2] = {0, 0};
	const uint64_t little = (uint64_t) WORDS * 3500000;
	const uint64_t enough = (uint64_t) WORDS << 23;
	Progress	progress;
	Search	   *search = begin(threads);
	Status		status;

	side = 2 * SIDE;
	search_bound(search, little);
	while ((status = search_run(search, 0.0, 0, 0, nothing)) == SEARCH_RUNNING)
		;
	search_progress(search, &progress);
	assert(status == SEARCH_BOUND && progress.bytes <= little);
	assert(progress.states > 1000 && progress.states <= progress.slots);
	search_free(search);

	search = begin(threads);
	search_bound(search, enough);
	while ((status = search_run(search, 0.0, 0, 0, nothing)) == SEARCH_RUNNING)
	{
		search_progress(search, &progress);
		assert(progress.bytes <= enough);
		if (progress.level % 64 == 0)
			check_stored(search, progress.states);
	}
	search_progress(search, &progress);
	assert(status == SEARCH_COMPLETE && progress.states == side * side);
	search_free(search);
	side = SIDE;
}

static void
check_path(void)
{
	const word	start[WORDS] = {0};
	word		states[13 * WORDS];
	Path	   *path = path_new(&grid, start, 1, 0);
	PathStatus	status;

	assert(path != NULL);
	while ((status = path_run(path, 1, 0.0)) == PATH_RUNNING)
		;
	assert(status == PATH_FOUND && path_length(path, 1) == 2 * (SIDE - 1) + 1);
	assert(path_run(path, 0, 0.0) == PATH_FOUND && path_length(path, 0) == 13);
	path_states(path, 0, states);
	assert(states[LAST] == 0 && states[12 * WORDS + LAST] == ((word) 7 << 16 | 5));
	path_free(path);

	path = path_new(&grid, start, 1, (uint64_t) WORDS << 20);
	assert(path != NULL && path_run(path, 1, 60) == PATH_NO_MEMORY);
	path_free(path);
}

int
main(void)
{
	for (int threads = 1; threads <= 3; threads++)
	{
		check_all(threads);
		check_limits(threads);
		check_bound(threads);
	}
	check_path();
	return 0;
}
