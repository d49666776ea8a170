/*
 * resume.c
 *		A search taken up where one that was written down left off.
 */
#include "inside.h"

#include <math.h>

/*
 * Take in states of a search that was written down, "is_last" for those of the level that was to be
 * expanded next.  False if there is no memory, or a state is there twice.
 */
bool
search_load(Search *search, const word *states, uint64_t count, bool is_last)
{
	Frontier   *frontier = &search->current[0];

	if (is_last && !frontier_reserve(search, frontier, count))
		return false;
	for (uint64_t i = 0; i < count; i++)
	{
		const word *state = states + i * WORDS;
		uint64_t	home;

		if (search_grow(search, INFINITY) != GROWN)
			return false;
		home = table_home(&search->table, state);
		if (table_insert(&search->table, state, home, true) != TABLE_NEW)
			return false;
		search->states++;
	}
	if (is_last)
	{
		memcpy(frontier->states + frontier->count * WORDS, states, count * WORDS * sizeof(word));
		frontier->count += count;
		search->total += count;
	}
	return true;
}

/* Be as far as that search was: after its states were taken in, before anything is expanded. */
void
search_restore(Search *search, const Progress *progress, const uint64_t *taken,
			   const uint32_t *found, const Degrees *degrees)
{
	Worker	   *worker = &search->workers[0];

	worker->transitions = progress->transitions;
	worker->degrees = *degrees;
	memcpy(worker->tally.taken, taken, (size_t) search->model.steps * sizeof(uint64_t));
	memcpy(worker->tally.found, found, (size_t) search->model.claims * sizeof(uint32_t));
	search->recent[0] = progress->recent[0];
	search->recent[1] = progress->recent[1];
	search->level = progress->level;
	search->depth = progress->depth;
}
