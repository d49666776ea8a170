/*
 * test_stubborn.c
 *		Of a state's successors those by a stubborn set, chosen from a relation made by hand.
 *
 * Three instances with two standings each, 0 to 5; the first of each is where it stands.
 */
#undef NDEBUG
#include <assert.h>

#include "stubborn.h"

#define ALONE		UINT64_C(0)
#define WITH_SECOND UINT64_C(0x04)
#define WITH_ALL	UINT64_C(0x15)

static const word rows[] = {ALONE, WITH_SECOND, WITH_ALL};
static const uint16_t nobody[] = {0, 0, 0, 0, 0, 0};
static const uint16_t chain[] = {1, 0, 0, 0, 2, 0};
static const uint16_t crowd[] = {2, 2, 2, 2, 2, 2};
static const uint16_t steps[] = {0, 0, 1, 1, 2, 2};
static const word none[] = {0};
static const word first[] = {0x01};

static const uint32_t at[] = {0, 2, 4};
static uint64_t taken[3];
static word out[8 * WORDS];

/* How many of six successors, two of each instance, are kept; which, is told by "out". */
static int
kept(const uint16_t *enabled, const uint16_t *disabled, const word *sticky, const int *ends,
	 uint32_t failing)
{
	Stubborn	known = {3, 1, rows, enabled, disabled, sticky, steps};
	Tally		tally = {.taken = taken, .failing = failing};

	for (int i = 0; i < 3; i++)
		taken[i] = (uint64_t) (ends[i + 1] - ends[i]);
	for (int i = 0; i < ends[3] * WORDS; i++)
		out[i] = (word) (i / WORDS);
	return keep_stubborn(&known, at, ends, out, WORDS, &tally);
}

static void
expect(int count, uint64_t one, uint64_t two, uint64_t three, word begins)
{
	assert(taken[0] == one && taken[1] == two && taken[2] == three);
	for (int i = 0; i < count * WORDS; i++)
		assert(out[i] == begins + (word) (i / WORDS));
}

int
main(void)
{
	const int	even[] = {0, 2, 4, 6};
	const int	uneven[] = {0, 2, 5, 6};
	const int	waiting[] = {0, 2, 2, 4};
	const int	single[] = {0, 0, 1, 1};

	assert(kept(nobody, nobody, none, even, 0) == 2);
	expect(2, 2, 0, 0, 0);
	assert(kept(nobody, nobody, none, uneven, 0) == 1);
	expect(1, 0, 0, 1, 5);

	/* The first needs the second, the third all of them, the second nobody. */
	assert(kept(chain, nobody, none, even, 0) == 2);
	expect(2, 0, 2, 0, 2);

	/* What is disabled needs those that may enable it. */
	assert(kept(chain, crowd, none, waiting, 0) == 4);
	assert(kept(chain, nobody, none, waiting, 0) == 2);
	expect(2, 2, 0, 0, 0);

	/* A sticky step is taken only where all are. */
	assert(kept(nobody, nobody, first, even, 0) == 2);
	expect(2, 0, 2, 0, 2);

	/* Nothing is left out where a check fails, or there is but one. */
	assert(kept(nobody, nobody, none, even, 1) == 6);
	expect(6, 2, 2, 2, 0);
	assert(kept(crowd, nobody, none, even, 0) == 6);
	assert(kept(nobody, nobody, none, single, 0) == 1);
	expect(1, 0, 1, 0, 0);
	return 0;
}
