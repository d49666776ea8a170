/*
 * room.c
 *		Room for the states of a search: its table and its frontiers, in the memory allowed.
 */
#include "inside.h"

#include <stdlib.h>

#define LARGE		((size_t) 1 << 22)	/* bytes: so much memory is worth huge pages */

/* Whether so many bytes may be in use; if not, this is what ends the search. */
static bool
is_allowed(Search *search, uint64_t bytes)
{
	if (bytes <= search->max_bytes)
		return true;
	__atomic_store_n(&search->is_bound, true, __ATOMIC_RELAXED);
	return false;
}

bool
frontier_reserve(Search *search, Frontier *frontier, uint64_t more)
{
	uint64_t	room = frontier->room;
	uint64_t	bytes;
	word	   *states;

	if (frontier->count + more <= room)
		return true;
	room = room < 1024 ? 1024 : room + room / 8;
	if (room < frontier->count + more)
		room = frontier->count + more;
	bytes = (room - frontier->room) * WORDS * sizeof(word);
	states = NULL;
	if (is_allowed(search, search->table.bytes +
				   __atomic_add_fetch(&search->frontier_bytes, bytes, __ATOMIC_RELAXED)))
		states = realloc(frontier->states, room * WORDS * sizeof(word));
	if (states == NULL)
	{
		__atomic_sub_fetch(&search->frontier_bytes, bytes, __ATOMIC_RELAXED);
		return false;
	}
	if (room * WORDS * sizeof(word) >= LARGE)
		pages_huge(states, room * WORDS * sizeof(word));
	frontier->states = states;
	frontier->room = room;
	return true;
}

/*
 * How many entries the next table has: as many as is good, or as there is memory for if the
 * frontiers, too, are to double.  Zero if that is hardly more than now.
 */
static uint64_t
next_capacity(Search *search)
{
	uint64_t	capacity = table_next(&search->table);
	uint64_t	least = search->table.capacity / 8 * 9;
	uint64_t	others = 2 * search->frontier_bytes + table_kept(&search->table);

	while (capacity > least && others + table_size(capacity) > search->max_bytes)
		capacity -= capacity / 32;
	return is_allowed(search, others + table_size(capacity)) ? capacity : 0;
}

static void
move_some(void *argument, int member)
{
	Search	   *search = argument;

	(void) member;
	growth_move(&search->growth, &search->table, search->threads == 1);
}

/* Give the table room for more states. */
Grown
search_grow(Search *search, double until)
{
	uint64_t	capacity;
	Grown		grown;

	if (!is_growing(&search->growth))
	{
		if (search->states < search->limit)
			return GROWN;
		capacity = next_capacity(search);
		if (capacity == 0 || !growth_begin(&search->growth, &search->table, capacity))
			return GROWTH_FAILED;
	}
	search->growth.until = until;
	do
	{
		crew_run(search->crew, move_some, search);
		grown = growth_end(&search->growth, &search->table);
	} while (grown == GROWING && monotonic_seconds() < until);
	if (grown == GROWN)
		search->limit = table_limit(&search->table);
	return grown;
}
