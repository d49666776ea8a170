/*
 * test_local.c
 *		What is remembered of local steps is what their code does, in every state.
 *
 * Four numbers of two bits: a step copies the first to the second, sets the third, and leaves the
 * fourth alone; it cannot be taken where the first is zero, and violates a check where it is three.
 */
#undef NDEBUG
#include <assert.h>

#include "local.h"

#define LAST	(WORDS - 1)
#define STATES	256

static int	runs;

static int
copy(const word *s, word *out, int count, Tally *tally)
{
	word		first = s[LAST] & 3;
	word		n[WORDS];

	runs++;
	memcpy(n, s, sizeof n);
	if (first == 0)
		return count;
	if (first == 3)
	{
		tally_violation(tally, 0, 0);
		return count;
	}
	n[LAST] = put_bits(n[LAST], 2, 2, first);
	n[LAST] = put_bits(n[LAST], 4, 2, 1);
	memcpy(out + count * WORDS, n, sizeof n);
	tally->taken[0]++;
	return count + 1;
}

static int
copy_twice(const word *s, word *out, int count, Tally *tally)
{
	count = copy(s, out, count, tally);
	return copy(s, out, count, tally);
}

/* In all states, more often than the code is run, what is found is what the code does. */
static void
check(const Site *site, int most, int least_runs, int most_runs)
{
	uint64_t	taken[2][1] = {{0}, {0}};
	uint32_t	found[2][1] = {{0}, {0}};
	Local	   *local = local_new(64, 0, 1, 1, most);
	Tally		looked = {taken[0], found[0], 5, 0, local};
	Tally		ran = {taken[1], found[1], 5, 0, NULL};

	assert(local != NULL);
	for (int round = 0; round < 3; round++)
		for (word state = 0; state < STATES; state++)
		{
			word		s[WORDS] = {0};
			word		out[2][8 * WORDS];
			int			count;

			s[LAST] = state;
			looked.failing = ran.failing = 0;
			count = site->steps == NULL ? 1 : site->steps(s, out[1], 1, &ran);
			runs = 0;
			assert(local_steps(site, most, local_hand(&looked), s, out[0], 1, &looked) == count);
			assert(memcmp(out[0] + WORDS, out[1] + WORDS,
						  (size_t) (count - 1) * WORDS * sizeof(word)) == 0);
			assert(looked.failing == ran.failing);
			assert(least_runs <= runs && (round == 0 || runs <= most_runs));
		}
	assert(taken[0][0] == taken[1][0] && found[0][0] == found[1][0]);
	local_free(local);
}

static int
is_middling(const word *s)
{
	runs++;
	return (s[LAST] & 3) == 1 || (s[LAST] & 3) == 2;
}

static void
check_answers(void)
{
	const Question question = {is_middling, {{[LAST] = 3}, {[LAST] = 2}, 3}};
	Tally		forgetful = {NULL, NULL, 0, 0, NULL};
	Tally		tally = {NULL, NULL, 0, 0, local_new(0, 7, 0, 0, 0)};

	assert(tally.local != NULL);
	for (int round = 0; round < 3; round++)
	{
		runs = 0;
		for (word state = 0; state < STATES; state++)
		{
			word		s[WORDS] = {0};
			bool		is_so = state % 4 == 1 || state % 4 == 2;

			s[LAST] = state;
			assert(local_holds(&question, s, &tally) == is_so);
			assert(local_holds(&question, s, &forgetful) == is_so);
		}
		assert(runs == STATES + (round == 0 ? 4 * 3 : 0));
	}
	local_free(tally.local);
}

int
main(void)
{
	const Site	known = {copy, {{[LAST] = 3}, {[LAST] = 2}, 8}, true, 0, 1};
	const Site	twice = {copy_twice, {{[LAST] = 3}, {[LAST] = 2}, 8}, true, 0, 2};
	const Site	many = {copy_twice, {{[LAST] = 3}, {[LAST] = 2}, 8}, true, 0, 6};
	const Site	unknown = {copy, {{0}, {0}, 8}, false, 0, 1};
	const Site	nothing = {NULL, {{0}, {0}, 8}, true, 0, 1};

	check(&known, 1, 0, 1);
	check(&twice, 2, 0, 2);
	check(&many, 6, 0, 2);
	check(&unknown, 1, 1, 1);
	check(&nothing, 1, 0, 0);
	check_answers();
	return 0;
}
