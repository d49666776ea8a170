/*
 * growth.h
 *		Moving the states of a table to a larger one, a stretch at a time.
 *
 * Both tables are in the order of the hashes, so both are gone through from the beginning to the
 * end.  What was read of much memory is given back at once, so that hardly more is in use than the
 * larger table's.
 */
#ifndef MODELCHECK_GROWTH_H
#define MODELCHECK_GROWTH_H

#include "search.h"
#include "table.h"

#define STRETCH		((uint64_t) 1 << 18)	/* entries that a thread moves at once */

typedef struct Growth
{
	Table		larger;			/* without entries: nothing grows */
	double		until;			/* when to leave off for now */
	uint64_t	next;			/* the first entry of the smaller table that nobody has taken; shared */
	bool		crowded;		/* the larger table has no room for a state; shared */
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

/* Begin to move a table; false if there is no memory. */
static inline bool
growth_begin(Growth *growth, const Table *table, uint64_t capacity)
{
	growth->next = 0;
	growth->larger.rest = table->rest;
	return table_new(&growth->larger, capacity);
}

/* Move states until nobody needs to any more, or the time is over; several threads may. */
static inline void
growth_move(Growth *growth, Table *table, bool alone)
{
	uint64_t	entries = table_entries(table);
	uint64_t	first;

	while ((first = __atomic_fetch_add(&growth->next, STRETCH, __ATOMIC_RELAXED)) < entries)
	{
		uint64_t	last = first + STRETCH > entries ? entries : first + STRETCH;

		if (!table_copy(table, first, last, &growth->larger, alone))
			__atomic_store_n(&growth->crowded, true, __ATOMIC_RELAXED);
		if (last < entries)
			table_forget(table, first, last);
		if (monotonic_seconds() >= growth->until)
			return;
	}
}

/* What has come of it; the larger table takes the place of the smaller one when all is moved. */
static inline Grown
growth_end(Growth *growth, Table *table)
{
	if (growth->crowded)
		return GROWTH_FAILED;
	if (growth->next < table_entries(table))
		return GROWING;
	table_free(table);
	*table = growth->larger;
	growth->larger.entries = NULL;
	return GROWN;
}

#endif							/* MODELCHECK_GROWTH_H */
