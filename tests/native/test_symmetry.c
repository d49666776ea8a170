/*
 * test_symmetry.c
 *		Permutations of packed states against ones that are written out.
 */
#include "symmetry.h"

#include <assert.h>
#include <stdlib.h>

/* The same numbers in every run. */
static word
next_random(void)
{
	static word seed = 1;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void
test_gather_and_scatter(void)
{
	for (int round = 0; round < 20000; round++)
	{
		word		mask = next_random() & (round % 3 == 0 ? ~(word) 0 : next_random());
		word		from = next_random();
		word		expected = 0;
		int			at = 0;

		if (round == 0)
			mask = ~(word) 0;
		for (int bit = 0; bit < 64; bit++)
			if (mask >> bit & 1)
				expected |= (from >> bit & 1) << at++;
		assert(gather_bits(from, mask) == expected);
		assert(scatter(expected, mask) == (from & mask));
	}
}

/*
 * Three values own two bits each, in word 0 from bit 0, and one more bit in the last word; a set of
 * none or one of them lies in word 0 from bit 8, and in bit 10 whether the value at bit 12 counts.
 */
#define LAST	(WORDS - 1)

static const Cell owned[] = {
	{0, 0, 2}, {LAST, 20, 1},
	{0, 2, 2}, {LAST, 21, 1},
	{0, 4, 2}, {LAST, 22, 1},
};
static const Guard guards[] = {{{0, 10, 1}, 1, 1}};
static const Stored stored[] = {{{0, 8, 2}, 1, 0, 0}, {{0, 12, 2}, 0, 0, 1}};
static const uint8_t ways[] = {0, 1, 2, 0, 2, 1, 1, 0, 2, 1, 2, 0, 2, 0, 1, 2, 1, 0};
static const Domain domain = {3, 2, owned, 2, stored, guards, 6, ways};

static word
part(const word *state, int value)
{
	return get_bits(state[0], value * 2, 2) | get_bits(state[LAST], 20 + value, 1) << 2;
}

static void
some_state(word *state)
{
	memset(state, 0, WORDS * sizeof(word));
	state[0] = next_random() & 0x73f;
	if ((state[0] >> 10 & 1) != 0)
		state[0] |= next_random() % 3 << 12;
	state[LAST] |= next_random() & ((word) 7 << 20);
}

static void
test_permute(void)
{
	for (int round = 0; round < 2000; round++)
	{
		const uint8_t *to = ways + round % 6 * 3;
		word		state[WORDS];
		word		moved[WORDS];

		some_state(state);
		permute(&domain, to, state, moved);
		for (int value = 0; value < 3; value++)
			assert(part(moved, to[value]) == part(state, value));
		if (get_bits(state[0], 8, 2) == 0)
			assert(get_bits(moved[0], 8, 2) == 0);
		else
			assert(get_bits(moved[0], 8, 2) == (word) to[get_bits(state[0], 8, 2) - 1] + 1);
		if (get_bits(state[0], 10, 1) == 0)
			assert(get_bits(moved[0], 12, 2) == get_bits(state[0], 12, 2));
		else
			assert(get_bits(moved[0], 12, 2) == to[get_bits(state[0], 12, 2)]);
	}
}

/* Every state of a class is settled alike, and the class has as many states as is said. */
static void
test_settle(void)
{
	for (int round = 0; round < 2000; round++)
	{
		int			visited = round % 4;
		word		state[WORDS];
		word		settled[WORDS];
		word		seen[6][WORDS];
		uint64_t	all = 0;
		uint64_t	same = 0;
		uint64_t	distinct = 0;

		some_state(state);
		memcpy(settled, state, sizeof settled);
		settle(&domain, 1, &visited, settled);
		for (int i = 0; i < 6; i++)
		{
			const uint8_t *to = ways + i * 3;
			word		moved[WORDS];
			bool		known = false;

			if (!keeps_visited(&domain, to, visited))
				continue;
			permute(&domain, to, state, moved);
			for (uint64_t k = 0; k < distinct; k++)
				known = known || memcmp(seen[k], moved, sizeof moved) == 0;
			if (!known)
				memcpy(seen[distinct++], moved, sizeof moved);
			settle(&domain, 1, &visited, moved);
			assert(memcmp(moved, settled, sizeof moved) == 0);
		}
		count_permutations(&domain, 1, &visited, state, state, &all, &same);
		assert(all / same == distinct);
	}
}

static void
test_arrangements(void)
{
	const word	keys[] = {1, 1, 2, 2, 2, 7};

	assert(arrangements(keys, 6, 0) == 60);
	assert(arrangements(keys, 6, 2) == 4);
	assert(arrangements(keys, 6, 3) == 9);
	assert(arrangements(keys, 1, 0) == 1);
}

int
main(void)
{
	test_gather_and_scatter();
	test_permute();
	test_settle();
	test_arrangements();
	return 0;
}
