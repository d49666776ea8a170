/*
 * growth.h
 *		Moving the states of a table to a larger one, a stretch at a time.
 *
 * Both tables are in the order of the hashes, so both are gone through from the beginning to the
 * end.  What was read is given back at once: hardly more memory is in use than the larger table's.
 */
#ifndef MODELCHECK_GROWTH_H
#define MODELCHECK_GROWTH_H

#include "search.h"
#include "table.h"

#define STRETCH		((uint64_t) 1 << 19)	/* entries between two looks at the clock */

typedef struct Growth
{
	Table		larger;			/* without entries: nothing grows */
	uint64_t	moved;			/* entries of the smaller table that were read */
} Growth;

typedef enum Grown
{
	GROWN,						/* the table is the larger one now */
	GROWING,					/* the time given is over */
	GROWTH_FAILED				/* there is no memory */
} Grown;

static inline bool
is_growing(const Growth *growth)
{
	return growth->larger.entries != NULL;
}

/* Begin; false if there is no memory. */
static inline bool
growth_begin(Growth *growth, uint64_t capacity)
{
	growth->moved = 0;
	return table_new(&growth->larger, capacity);
}

/* Go on until everything has moved, or the time is over.  Nobody else may use the table. */
static inline Grown
growth_continue(Growth *growth, Table *table, double until)
{
	uint64_t	entries = table->bytes / (WORDS * sizeof(word));

	while (growth->moved < entries)
	{
		uint64_t	rest = entries - growth->moved;
		uint64_t	count = rest < STRETCH ? rest : STRETCH;
		word	   *first = table->entries + growth->moved * WORDS;

		for (uint64_t i = 0; i < count; i++)
		{
			word		state[WORDS];

			if (first[i * WORDS] == 0)
				continue;
			memcpy(state, first + i * WORDS, sizeof state);
			state[0] &= ~(READY | CLAIMED);
			if (table_insert(&growth->larger, state, state_hash(state)) == TABLE_CROWDED)
				return GROWTH_FAILED;
		}
#ifdef MADV_DONTNEED
		(void) madvise(first, count * WORDS * sizeof(word), MADV_DONTNEED);
#endif
		growth->moved += count;
		if (monotonic_seconds() >= until)
			return GROWING;
	}
	table_free(table);
	*table = growth->larger;
	growth->larger.entries = NULL;
	return GROWN;
}

#endif							/* MODELCHECK_GROWTH_H */
