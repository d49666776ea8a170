/*
 * growth.h
 *		Giving a table more entries, and its states their places among them, a stretch at a time.
 *
 * A table is in the order of the hashes, before and after, so states are moved from its end to its
 * beginning: each goes further up, to where all were moved already.  That is done in rounds, in
 * which several threads can move states, because they all go to where none of the round was.
 * Compact tables (see compact.h) are copied, in one round.
 */
#ifndef MODELCHECK_GROWTH_H
#define MODELCHECK_GROWTH_H

#include "search.h"
#include "table.h"

#define STRETCH		((uint64_t) 1 << 16)	/* entries that a thread moves at once */
#define STREAMS		8			/* so many parts of them at a time */

typedef struct Growth
{
	Table		before;			/* what the table was; without entries: nothing grows */
	double		until;			/* when to leave off for now */
	uint64_t	left;			/* its entries from here on are taken to be moved; shared */
	uint64_t	reach;			/* so far down, in this round */
	bool		crowded;		/* the table has no room for a state; shared */
} Growth;

typedef enum Grown
{
	GROWN,						/* all states have their places */
	GROWING,					/* not yet all */
	GROWTH_FAILED				/* there is no memory */
} Grown;

static inline bool
is_growing(const Growth *growth)
{
	return growth->before.entries != NULL;
}

/* Where the entries begin that are the table's own. */
static inline uint64_t
growth_first(const Growth *growth)
{
	return is_growing(growth) ? table_first(growth->left) : 0;
}

/* Begin; false if there is no memory. */
static inline bool
growth_begin(Growth *growth, Table *table, uint64_t capacity)
{
	growth->left = table_entries(table);
	if (!table_widen(table, capacity, &growth->before))
		return false;
	growth->reach = table_reach(&growth->before, table, growth->left);
	return true;
}

/* Take a stretch to be moved; false if there is none in this round. */
static inline bool
take_stretch(Growth *growth, uint64_t *first, uint64_t *last)
{
	*last = __atomic_load_n(&growth->left, __ATOMIC_RELAXED);
	do
	{
		if (*last == growth->reach)
			return false;
		*first = *last - growth->reach > STRETCH ? *last - STRETCH : growth->reach;
	} while (!__atomic_compare_exchange_n(&growth->left, last, *first, false,
										  __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

/*
 * Move the states of some entries; false if there is no room.  They are taken in turn from several
 * streams, so that no line is looked at which has just been written to.
 */
static inline bool
move_stretch(const Table *before, uint64_t first, uint64_t last, Table *table, bool alone)
{
	uint64_t	length = (last - first + STREAMS - 1) / STREAMS;

	for (uint64_t at = 0; at < length; at++)
	{
		word		states[STREAMS * WORDS];
		uint64_t	homes[STREAMS];
		int			count = 0;

		/* Gathered without asking which entries are free: nobody could guess that. */
		for (uint64_t from = first + at; from < last; from += length)
			count += table_read(before, from, states + count * WORDS);
		for (int i = 0; i < count; i++)
		{
			homes[i] = table_home(table, states + i * WORDS);
			table_prefetch(table, homes[i]);
		}
		for (int i = 0; i < count; i++)
			if (table_insert(table, states + i * WORDS, homes[i], alone) == TABLE_CROWDED)
				return false;
	}
	table_empty(before, first, last);
	return true;
}

/* Move the states of the first entries, which may belong where others of them are. */
static inline bool
move_first(const Table *before, uint64_t last, Table *table, bool alone)
{
	word		states[FEW * WORDS];
	uint64_t	count = 0;

	for (uint64_t at = 0; at < last; at++)
		count += table_read(before, at, states + count * WORDS);
	table_empty(before, 0, last);
	for (uint64_t i = 0; i < count; i++)
	{
		const word *state = states + i * WORDS;

		if (table_insert(table, state, table_home(table, state), alone) == TABLE_CROWDED)
			return false;
	}
	return true;
}

/* Move states until the round is over, or the time; several threads may. */
static inline void
growth_move(Growth *growth, Table *table, bool alone)
{
	uint64_t	first;
	uint64_t	last;
	bool		moved = true;

	while (moved && take_stretch(growth, &first, &last))
	{
		if (first == 0 && last <= FEW)
			moved = move_first(&growth->before, last, table, alone);
		else
			moved = move_stretch(&growth->before, first, last, table, alone);
		if (!moved)
			__atomic_store_n(&growth->crowded, true, __ATOMIC_RELAXED);
		if (monotonic_seconds() >= growth->until)
			return;
	}
}

/* When all threads left off: what has come of it; the next round begins where one is over. */
static inline Grown
growth_end(Growth *growth, Table *table)
{
	if (growth->crowded)
		return GROWTH_FAILED;
	if (growth->left == 0)
	{
		table_leave(&growth->before);
		return GROWN;
	}
	if (growth->left > growth->reach)
		return GROWING;
	growth->reach = table_reach(&growth->before, table, growth->left);
	growth->crowded = growth->reach == growth->left;
	return growth->crowded ? GROWTH_FAILED : GROWING;
}

/* All that by one thread. */
static inline Grown
growth_alone(Growth *growth, Table *table, double until)
{
	Grown		grown;

	growth->until = until;
	do
	{
		growth_move(growth, table, true);
		grown = growth_end(growth, table);
	} while (grown == GROWING && monotonic_seconds() < until);
	return grown;
}

static inline void
growth_free(Growth *growth)
{
	if (is_growing(growth))
		table_leave(&growth->before);
}

#endif							/* MODELCHECK_GROWTH_H */
