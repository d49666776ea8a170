/*
 * room.c
 *		Room for the states of a search: its table and its frontiers, in the memory allowed.
 */
#include "inside.h"

#define LARGE		((size_t) 1 << 22)	/* bytes: so much memory is worth huge pages */

#ifndef SHED
#define SHED		HUGE_PAGE	/* bytes that a frontier of twice as many gives back at once */
#endif

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
	size_t		needed = (frontier->count + more) * WORDS * sizeof(word);
	size_t		bytes = frontier->bytes + frontier->bytes / 8;
	size_t		grain = needed < LARGE ? PAGE : HUGE_PAGE;
	uint64_t	all;
	word	   *states = NULL;

	if (needed <= frontier->bytes)
		return true;
	bytes = ((bytes < needed ? needed : bytes) + grain - 1) / grain * grain;
	all = __atomic_add_fetch(&search->frontier_bytes, bytes - frontier->bytes, __ATOMIC_RELAXED);
	if (is_allowed(search, search->table.bytes + all))
		states = frontier->states == NULL ? pages_new(bytes) :
			pages_larger(frontier->states, frontier->bytes, bytes);
	if (states == NULL)
	{
		__atomic_sub_fetch(&search->frontier_bytes, bytes - frontier->bytes, __ATOMIC_RELAXED);
		return false;
	}
	frontier->states = states;
	frontier->bytes = bytes;
	return true;
}

void
frontier_free(Frontier *frontier)
{
	if (frontier->states != NULL)
		pages_free((char *) frontier->states + frontier->shed, frontier->bytes - frontier->shed);
}

/* Make a frontier empty; its memory can be used again, unless some was given back already. */
void
frontier_empty(Search *search, Frontier *frontier)
{
	if (frontier->shed > 0)
	{
		__atomic_sub_fetch(&search->frontier_bytes, frontier->bytes - frontier->shed, __ATOMIC_RELAXED);
		frontier_free(frontier);
		*frontier = (Frontier) {NULL, 0, 0, 0};
	}
	frontier->count = 0;
}

/* Give back memory of a large frontier whose states, so many from the first on, are expanded. */
static void
shed(Search *search, Frontier *frontier, uint64_t expanded)
{
	size_t		whole = expanded * WORDS * sizeof(word) / SHED * SHED;

	if (whole <= frontier->shed || frontier->bytes < 2 * SHED)
		return;
	pages_free((char *) frontier->states + frontier->shed, whole - frontier->shed);
	__atomic_sub_fetch(&search->frontier_bytes, whole - frontier->shed, __ATOMIC_RELAXED);
	frontier->shed = whole;
}

/* Give back what the states of the current level took that all threads are done with. */
void
shed_expanded(Search *search)
{
	uint64_t	expanded = search->total;

	for (int i = 0; i < search->threads; i++)
	{
		uint64_t	before = __atomic_load_n(&search->workers[i].expanding, __ATOMIC_ACQUIRE);

		expanded = before < expanded ? before : expanded;
	}
	for (int i = 0; i < search->threads && expanded > 0; i++)
	{
		Frontier   *frontier = &search->current[i];
		uint64_t	here = expanded < frontier->count ? expanded : frontier->count;

		shed(search, frontier, here);
		expanded -= here;
	}
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
