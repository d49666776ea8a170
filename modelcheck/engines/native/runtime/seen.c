/*
 * seen.c
 *		What a search has seen: how far it is, what was found, and the states themselves.
 */
#include "inside.h"

void
search_progress(const Search *search, Progress *progress)
{
	progress->transitions = 0;
	progress->found = 0;
	for (int i = 0; i < search->threads; i++)
	{
		const Worker *worker = &search->workers[i];

		progress->transitions += worker->transitions;
		progress->found += worker->found.count;
	}
	progress->states = search->states;
	progress->frontier = progress->found + (search->next < search->total ? search->total - search->next : 0);
	progress->bytes = search->frontier_bytes + kept_bytes(search) +
		search->table.bytes + (is_growing(&search->growth) ? table_kept(&search->growth.before) : 0);
	progress->slots = search->table.capacity;
	progress->recent[0] = search->recent[0];
	progress->recent[1] = search->recent[1];
	progress->recent[2] = search->total;
	progress->level = search->level;
	progress->depth = search->depth;
}

/* Add up what the threads have seen. */
void
search_tally(const Search *search, uint64_t *taken, uint32_t *found, Degrees *degrees)
{
	*degrees = search->workers[0].degrees;
	memset(taken, 0, (size_t) search->model.steps * sizeof(uint64_t));
	memset(found, 0, (size_t) search->model.claims * sizeof(uint32_t));
	for (int i = 0; i < search->threads; i++)
	{
		const Tally *tally = &search->workers[i].tally;
		const Degrees *seen = &search->workers[i].degrees;

		degrees->states += i > 0 ? seen->states : 0;
		if (seen->least < degrees->least)
			degrees->least = seen->least;
		if (seen->most > degrees->most)
			degrees->most = seen->most;
		for (int step = 0; step < search->model.steps; step++)
			taken[step] += tally->taken[step];
		for (int claim = 0; claim < search->model.claims; claim++)
			if (tally->found[claim] != 0 &&
				(found[claim] == 0 || tally->found[claim] < found[claim]))
				found[claim] = tally->found[claim];
	}
}

/* Write the states of the entries from the cursor on, as many as there is room for; how many. */
static uint64_t
copy_some(const Table *table, uint64_t end, uint64_t *cursor, word *states, uint64_t room)
{
	uint64_t	count = 0;

	for (; *cursor < end && count < room; (*cursor)++)
	{
		word		state[WORDS];

		if (!table_read(table, *cursor, state))
			continue;
		memcpy(states + count * WORDS, state, sizeof state);
		count++;
	}
	return count;
}

/*
 * Write stored states, at most as many as there is room for, in no order that means anything.  How
 * many they are; zero when all were written.  The cursor begins at zero and is the search's own.
 */
uint64_t
search_copy(const Search *search, uint64_t *cursor, word *states, uint64_t room)
{
	uint64_t	left = is_growing(&search->growth) ? search->growth.left : 0;
	uint64_t	first = growth_first(&search->growth);
	uint64_t	count = 0;
	uint64_t	rest;

	if (*cursor < left)
		count = copy_some(&search->growth.before, left, cursor, states, room);
	if (count > 0)
		return count;
	rest = *cursor - left + first;
	count = copy_some(&search->table, table_entries(&search->table), &rest, states, room);
	*cursor = rest - first + left;
	return count;
}

/*
 * The states of the current level that one worker found, and how many; for use at the beginning of
 * a level.  There are as many segments as threads.
 */
uint64_t
search_level(const Search *search, int segment, const word **states)
{
	*states = search->current[segment].states;
	return search->current[segment].count;
}
