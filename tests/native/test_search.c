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
#define LARGE_SIDE	500
#ifdef __SANITIZE_THREAD__
#define FEWEST_THREADS	2			/* one has nobody to race with */
#else
#define FEWEST_THREADS	1
#endif
#define LAST	(WORDS - 1)

static word side = SIDE;

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
	if (number(state, axis) + 1 == side)
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
	count = (int) local_steps(&sites[0], 1, local_hand(tally), state, out, count, tally);
	count = (int) local_steps(&sites[1], 1, local_hand(tally), state, out, count, tally);
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

/* Every state is copied once, also while the table grows. */
static void
check_stored(const Search *search, uint64_t count)
{
	static uint8_t seen[LARGE_SIDE][LARGE_SIDE];
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
			const word *state = states + i * WORDS;

			assert(seen[number(state, 0)][number(state, 1)]++ == 0);
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

/* Within too little memory it stops, and keeps to it. */
static void
check_too_little(int threads)
{
	const uint8_t nothing[2] = {0, 0};
#ifdef COMPACT
	const uint64_t little = 400000;
#else
	const uint64_t little = (uint64_t) WORDS * 2200000;
#endif
	Progress	progress;
	Search	   *search = begin(threads);
	Status		status;

	side = LARGE_SIDE;
	search_bound(search, little);
	while ((status = search_run(search, 0.0, 0, 0, nothing)) == SEARCH_RUNNING)
		;
	search_progress(search, &progress);
	assert(status == SEARCH_BOUND && progress.bytes <= little);
	assert(progress.states > 1000 && progress.states <= progress.slots);
	search_free(search);
	side = SIDE;
}

/* Within enough memory it ends, and keeps to it, also while the table grows. */
static void
check_enough(int threads)
{
	const uint8_t nothing[2] = {0, 0};
	const uint64_t enough = (uint64_t) WORDS << 23;
	Progress	progress;
	Search	   *search = begin(threads);
	Status		status;

	side = LARGE_SIDE;
	search_bound(search, enough);
	while ((status = search_run(search, 0.0, 0, 0, nothing)) == SEARCH_RUNNING)
	{
		search_progress(search, &progress);
		assert(progress.bytes <= enough);
		if (progress.level % 256 == 0)
			check_stored(search, progress.states);
	}
	search_progress(search, &progress);
	assert(status == SEARCH_COMPLETE && progress.states == side * side);
	search_free(search);
	side = SIDE;
}

/* A search that is taken up again where a level ended goes on as if nothing had been. */
static void
check_resumption(int threads)
{
	const uint8_t nothing[2] = {0, 0};
	uint64_t	taken[2];
	uint64_t	known[2];
	uint32_t	found[2];
	Progress	progress;
	Degrees		degrees;
	Search	   *search = begin(threads);
	Search	   *again = search_new(&grid, threads);
	word		states[100 * WORDS];
	uint64_t	cursor = 0;
	uint64_t	count;
	uint64_t	last = 0;

	search_tell_levels(search, true);
	for (int level = 1; level <= 400; level++)
		assert(search_run(search, 60, 0, 0, nothing) == SEARCH_BOUNDARY);
	while ((count = search_copy(search, &cursor, states, 100)) > 0)
		for (uint64_t i = 0; i < count; i++)
		{
			const word *state = states + i * WORDS;
			bool		is_last = number(state, 0) + number(state, 1) == 400;

			assert(search_load(again, state, 1, is_last));
			last += is_last;
		}
	assert(!search_load(again, states, 1, false));
	search_progress(search, &progress);
	search_tally(search, taken, found, &degrees);
	for (int segment = 0; segment < threads; segment++)
	{
		const word *level;

		last -= search_level(search, segment, &level);
	}
	assert(last == 0);
	search_restore(again, &progress, taken, found, &degrees);

	search_tell_levels(search, false);
	assert(search_run(search, 60, 0, 0, nothing) == SEARCH_COMPLETE);
	assert(search_run(again, 60, 0, 0, nothing) == SEARCH_COMPLETE);
	search_tally(search, known, found, &degrees);
	search_tally(again, taken, found, &degrees);
	assert(memcmp(taken, known, sizeof known) == 0 && found[0] == 13 && found[1] != 0);
	assert(degrees.states == SIDE * SIDE && degrees.least == 0 && degrees.most == 2);
	search_progress(again, &progress);
	assert(progress.states == SIDE * SIDE && progress.transitions == 2 * SIDE * (SIDE - 1));
	assert(progress.depth == 2 * (SIDE - 1));
	search_free(search);
	search_free(again);
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
	assert(number(states, 0) == 0 && number(states, 1) == 0);
	assert(number(states + 12 * WORDS, 0) == 5 && number(states + 12 * WORDS, 1) == 7);
	path_free(path);

	path = path_new(&grid, start, 1, (uint64_t) WORDS << 20);
	assert(path != NULL && path_run(path, 1, 60) == PATH_NO_MEMORY);
	path_free(path);
}

/* The way that is read off from the levels of a search is the one that another search finds. */
static void
check_way(const Kept *kept, const Path *path, int claim, uint32_t level)
{
	word	   *read = malloc((size_t) (level + 1) * WORDS * sizeof(word));
	word	   *sought = malloc((size_t) (level + 1) * WORDS * sizeof(word));

	assert(read != NULL && sought != NULL && path_length(path, claim) == level + 1);
	path_states(path, claim, sought);
	assert(kept_path(kept, &grid, claim, level, read));
	assert(memcmp(read, sought, (size_t) (level + 1) * WORDS * sizeof(word)) == 0);
	free(read);
	free(sought);
}

static void
check_kept(int threads)
{
	const uint8_t nothing[2] = {0, 0};
	const word	start[WORDS] = {0};
	const word *states;
	const word *known;
	word		none[2 * WORDS];
	Search	   *search = begin(threads);
	Path	   *path = path_new(&grid, start, 1, 0);
	Kept	   *kept;

	while (search_run(search, 0.001, 0, 0, nothing) != SEARCH_COMPLETE)
		;
	kept = search_kept(search);
	search_free(search);
	assert(kept != NULL && kept_levels(kept) == 2 * SIDE - 1);
	assert(kept_states(kept, 2 * SIDE - 1, &states) == SIDE * SIDE);
	assert(kept_states(kept, 0, &states) == 0 && kept_states(kept, 2 * SIDE, &states) == 0);

	assert(path != NULL && path_run(path, 1, 60) == PATH_FOUND);
	check_way(kept, path, 0, 12);
	check_way(kept, path, 1, 2 * (SIDE - 1));
	assert(!kept_path(kept, &grid, 0, 1, none) && !kept_path(kept, &grid, 0, 2 * SIDE - 1, none));
	assert(path_reach(path, 0, &known) == (int64_t) kept_states(kept, 13, &states));
	assert(memcmp(known, states, 13 * 14 / 2 * WORDS * sizeof(word)) == 0);
	path_free(path);
	kept_free(kept);
}

/* Where memory is short nothing is kept, nor of a large search. */
static void
check_nothing_kept(void)
{
	const uint8_t nothing[2] = {0, 0};
	Search	   *search = begin(1);
	Kept	   *kept;

	search_bound(search, (uint64_t) 1 << 26);
	assert(search_run(search, 60, 0, 0, nothing) == SEARCH_COMPLETE);
	assert(search_kept(search) == NULL);
	search_free(search);

	side = LARGE_SIDE;
	search = begin(1);
	assert(search_run(search, 60, 0, 0, nothing) == SEARCH_COMPLETE);
	kept = search_kept(search);
	assert((kept == NULL) == (WORDS > 4));
	kept_free(kept);
	search_free(search);
	side = SIDE;
}

int
main(void)
{
	for (int threads = FEWEST_THREADS; threads <= 3; threads++)
	{
		check_all(threads);
		check_limits(threads);
	}
	/* Narrow entries begin with more room than this grid needs. */
	if (REST_BITS == 0)
		check_too_little(1);
	check_enough(2);
	check_resumption(2);
	check_path();
	check_kept(2);
	check_nothing_kept();
	return 0;
}
