/*
 * test_spread.c
 *		What is told of the parts of states whose parts are known.
 *
 * A state is three numbers: a, b below 50, and a copy of a; all pairs of a and b are there.  So a and
 * its copy multiply nothing by themselves, together they do by the number of a's, and b does by 50.
 */
#undef NDEBUG
#include <assert.h>

#include "spread.h"

#ifndef WORDS
#define WORDS 1
#endif

#define B		50
#define LAST	(WORDS - 1)

static Spread *
look_at(word a_count)
{
	word		masks[4 * WORDS] = {0};
	Spread	   *spread;

	masks[0 * WORDS] = 0xffff;
	masks[1 * WORDS + LAST] = (word) 0xffff << 20;
	masks[2 * WORDS + LAST] = (word) 0xff << 40;
	masks[3 * WORDS] = 0xffff;
	masks[3 * WORDS + LAST] |= (word) 0xffff << 20;
	spread = spread_new(masks, 4);
	assert(spread != NULL);
	for (word a = 0; a < a_count; a++)
		for (word b = 0; b < B; b++)
		{
			word		state[WORDS] = {0};

			state[0] = a;
			state[LAST] |= a << 20 | b << 40;
			assert(spread_add(spread, state, 1));
		}
	return spread;
}

/* Of few states everything is told exactly. */
static void
check_few(void)
{
	const uint64_t a = 40;
	const uint64_t known[4][3] = {{a, a * B, a * B}, {a, a * B, a * B}, {B, a * B, a}, {a, a * B, B}};
	Spread	   *spread = look_at(a);

	for (int part = 0; part < 4; part++)
	{
		uint64_t	counts[3];

		spread_counts(spread, part, counts);
		assert(memcmp(counts, known[part], sizeof counts) == 0);
	}
	spread_free(spread);
}

/* Of many states a share is looked at, in which the proportion is the same. */
static void
check_many(void)
{
	const uint64_t a = 40000;
	Spread	   *spread = look_at(a);
	uint64_t	counts[3];

	spread_counts(spread, 1, counts);
	assert(counts[0] > a / 2 && counts[0] < 2 * a);
	assert(counts[1] == counts[2] && counts[1] > 1000 && counts[1] < a);
	spread_counts(spread, 2, counts);
	assert(counts[0] == B && counts[1] == counts[2] * B && counts[1] < a * B);
	spread_counts(spread, 3, counts);
	assert(counts[1] == a * B && counts[2] == B);
	spread_free(spread);
}

int
main(void)
{
	check_few();
	check_many();
	return 0;
}
