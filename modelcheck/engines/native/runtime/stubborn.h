/*
 * stubborn.h
 *		Of the successors of a state those that are enough: the ones by a stubborn set of instances.
 *
 * What is needed beside whom was found from the model; see engines/stubborn.py.
 */
#ifndef MODELCHECK_STUBBORN_H
#define MODELCHECK_STUBBORN_H

#include "model.h"

#define INSTANCES	64			/* at most */

typedef struct Stubborn
{
	int			instances;
	int			row;			/* words in a row: a bit for each standing of each instance */
	const word *rows;
	const uint16_t *enabled;	/* by standing: the row of those needed beside it, if it is enabled */
	const uint16_t *disabled;	/* likewise, if it is not */
	const word *sticky;			/* the standings whose steps are taken only where all are */
	const uint16_t *steps;		/* by standing: its step in the tally */
} Stubborn;

static inline bool
has_standing(const word *row, uint32_t standing)
{
	return row[standing / 64] >> standing % 64 & 1;
}

/* A set of instances with all that they need, and that these need. */
static inline word
grown(word members, const word *needs)
{
	word		pending = members;

	while (pending != 0)
	{
		word		more = needs[__builtin_ctzll(pending)] & ~members;

		members |= more;
		pending = (pending & (pending - 1)) | more;
	}
	return members;
}

/*
 * Choose among the sets grown from one enabled instance, and everybody, one of fewest successors,
 * the first of several.  "at" are the standings of the instances, "ends" where their successors
 * end, with a zero before them.
 */
static inline word
chosen(const Stubborn *known, const uint32_t *at, const int *ends)
{
	word		needs[INSTANCES];
	word		best = ~(word) 0;
	int			least = ends[known->instances];

	for (int i = 0; i < known->instances; i++)
	{
		const uint16_t *rows = ends[i + 1] > ends[i] ? known->enabled : known->disabled;
		const word *row = known->rows + (size_t) rows[at[i]] * (size_t) known->row;

		needs[i] = 0;
		for (int j = 0; j < known->instances; j++)
			needs[i] |= (word) has_standing(row, at[j]) << j;
	}
	for (int i = 0; i < known->instances; i++)
	{
		word		members = (word) 1 << i;
		int			taken = 0;
		bool		is_sticky = false;

		if (ends[i + 1] == ends[i] || ends[i + 1] - ends[i] >= least)
			continue;
		members = grown(members, needs);
		for (word left = members; left != 0; left &= left - 1)
		{
			int			j = __builtin_ctzll(left);

			taken += ends[j + 1] - ends[j];
			is_sticky |= ends[j + 1] > ends[j] && has_standing(known->sticky, at[j]);
		}
		if (taken < least && !is_sticky)
		{
			best = members;
			least = taken;
		}
	}
	return best;
}

/* Keep the successors that are enough, in their order; how many there are. */
static inline int
keep_stubborn(const Stubborn *known, const uint32_t *at, const int *ends, word *out, int words,
			  Tally *tally)
{
	int			count = ends[known->instances];
	word		members;
	int			kept = 0;

	if (tally->failing > 0 || count < 2)
		return count;
	members = chosen(known, at, ends);
	for (int i = 0; i < known->instances; i++)
	{
		int			own = ends[i + 1] - ends[i];

		if ((members >> i & 1) == 0)
		{
			tally->taken[known->steps[at[i]]] -= (uint64_t) own;
			continue;
		}
		if (kept != ends[i])
			memmove(out + (size_t) kept * (size_t) words, out + (size_t) ends[i] * (size_t) words,
					(size_t) own * (size_t) words * sizeof(word));
		kept += own;
	}
	return kept;
}

#endif							/* MODELCHECK_STUBBORN_H */
