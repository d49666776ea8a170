/*
 * search.c
 *		Breadth-first search, level by level, by any number of threads on one table.
 *
 * What is found does not depend on the number of threads: a level is completed before the next one
 * begins, and counts and claims are those of whole levels.
 */
#include "inside.h"

#include <math.h>
#include <stdlib.h>

#define ALONE		2048		/* a level with fewer states is not shared among threads */
#define PART		((uint64_t) 512)	/* entries, at least, between homes that differ in the rest */

static uint64_t
within(uint64_t number, uint64_t least, uint64_t most)
{
	return number < least ? least : number > most ? most : number;
}

Search *
search_new(const Model *model, int threads)
{
	Search	   *search = calloc(1, sizeof *search);
	uint64_t	most = (uint64_t) threads * (uint64_t) (BATCH + WAITING + model->fan_out);
	uint64_t	entries = (uint64_t) (threads < 2 ? 2 : threads) * SMALLEST + 64 * most +
		(PART << model->rest);

	if (search == NULL)
		return NULL;
	search->model = *model;
	search->threads = threads;
	search->max_bytes = UINT64_MAX;
	search->table.rest = model->rest;
	search->crew = crew_new(threads);
	search->workers = calloc((size_t) threads, sizeof *search->workers);
	search->current = calloc((size_t) threads, sizeof *search->current);
	search->largest_chunk = 8192 / (uint64_t) (model->fan_out > 0 ? model->fan_out : 1);
	search->largest_chunk = within(search->largest_chunk, 8, 1024);
	if (search->workers == NULL || search->current == NULL || search->crew == NULL ||
		!table_new(&search->table, entries))
	{
		search_free(search);
		return NULL;
	}
	search->limit = table_limit(&search->table);
	for (int i = 0; i < threads; i++)
		if (!worker_begin(&search->workers[i], search))
		{
			search_free(search);
			return NULL;
		}
	return search;
}

void
search_free(Search *search)
{
	for (int i = 0; search->workers != NULL && i < search->threads; i++)
		worker_end(&search->workers[i]);
	for (int i = 0; search->current != NULL && i < search->threads; i++)
		frontier_free(&search->current[i]);
	crew_free(search->crew);
	table_free(&search->table);
	growth_free(&search->growth);
	keep_nothing(search);
	free(search->workers);
	free(search->current);
	free(search);
}

/* Use at most so many bytes for tables and frontiers; zero is no limit. */
void
search_bound(Search *search, uint64_t bytes)
{
	search->max_bytes = bytes == 0 ? UINT64_MAX : bytes;
}

/* Come back at the end of each level that another one follows. */
void
search_tell_levels(Search *search, bool tell)
{
	search->tells_levels = tell;
}

/* Add an initial state; false if there is no memory. */
bool
search_begin(Search *search, const word *state)
{
	Frontier   *frontier = &search->current[0];

	if (table_insert(&search->table, state, table_home(&search->table, state), true) != TABLE_NEW)
		return true;
	if (!frontier_reserve(search, frontier, 1))
		return false;
	memcpy(frontier->states + frontier->count * WORDS, state, WORDS * sizeof(word));
	frontier->count++;
	search->total++;
	search->states++;
	search->model.judge(state, &search->workers[0].tally);
	return search_grow(search, INFINITY) == GROWN;
}

/* Whether a thread found no memory, or no room in the table. */
bool
has_failed(const Search *search)
{
	for (int i = 0; i < search->threads; i++)
		if (search->workers[i].failed)
			return true;
	return false;
}

/* Expand states of the current level until it is done or something stops it. */
void
run_level(Search *search)
{
	uint64_t	left = search->total - search->next;

	search->stop = 0;
	search->alone = search->threads == 1 || left < ALONE;
	if (!search->alone)
		keep_nothing(search);
	search->chunk = within(left / (uint64_t) (8 * search->threads), 8, search->largest_chunk);
	for (int i = 0; i < search->threads; i++)
		search->workers[i].expanding = search->alone && i > 0 ? UINT64_MAX : search->next;
	if (search->alone)
		expand_some(search, 0);
	else
		crew_run(search->crew, expand_some, search);
}

/* What was found in this level is the next level. */
static void
next_level(Search *search)
{
	search->recent[0] = search->recent[1];
	search->recent[1] = search->total;
	search->total = 0;
	search->next = 0;
	for (int i = 0; i < search->threads; i++)
	{
		Frontier	done = search->current[i];

		search->current[i] = search->workers[i].found;
		search->total += search->current[i].count;
		frontier_empty(search, &done);
		search->workers[i].found = done;
	}
	search->level++;
	if (search->total > 0)
		search->depth = search->level;
}

/* Whether one of the wanted claims was decided. */
bool
is_found(const Search *search, const uint8_t *wanted)
{
	for (int i = 0; i < search->threads; i++)
		for (int claim = 0; claim < search->model.claims; claim++)
			if (wanted[claim] && search->workers[i].tally.found[claim] != 0)
				return true;
	return false;
}

static Status
out_of_memory(const Search *search)
{
	return search->is_bound ? SEARCH_BOUND : SEARCH_NO_MEMORY;
}

/*
 * Go on for so many seconds, or until a level is complete in which one of the wanted claims was
 * decided.  Zero is no limit on states; the greatest depth is one less than given.
 */
Status
search_run(Search *search, double seconds, uint64_t max_states, uint32_t max_depth,
		   const uint8_t *wanted)
{
	search->until = monotonic_seconds() + seconds;
	search->max_states = max_states == 0 ? UINT64_MAX : max_states;
	while (search->total > 0)
	{
		Grown		grown = search_grow(search, search->until);

		if (grown != GROWN)
			return grown == GROWING ? SEARCH_RUNNING : out_of_memory(search);
		if (search->next == 0)
			keep_level(search);
		if (search->next == 0 && is_found(search, wanted))
			return SEARCH_LEVEL;
		if (search->next == 0 && max_depth != 0 && search->level + 1 >= max_depth)
			return SEARCH_DEPTH;
		if (search->states > search->max_states)
			return SEARCH_FULL;
		run_level(search);
		if (has_failed(search))
			return out_of_memory(search);
		if (search->next >= search->total && search->states <= search->max_states)
		{
			next_level(search);
			if (search->tells_levels && search->total > 0)
				return SEARCH_BOUNDARY;
		}
		if (monotonic_seconds() >= search->until && search->total > 0)
			return SEARCH_RUNNING;
	}
	return SEARCH_COMPLETE;
}

/*
 * Look for deadlock among the states of the current level, which are not expanded, for so many
 * seconds; whether that is done.  "ahead" tells whether anything leads out of those looked at, and
 * "found" gets the claims, as in a tally.
 */
bool
search_look_ahead(Search *search, double seconds, bool *ahead, uint32_t *found)
{
	double		until = monotonic_seconds() + seconds;
	Worker	   *worker = &search->workers[0];
	uint64_t   *taken = calloc((size_t) search->model.steps + 1, sizeof(uint64_t));
	Tally		steps = {taken, calloc((size_t) search->model.claims + 1, sizeof(uint32_t)),
	search->level, 0, NULL};
	int			deadlock = search->model.deadlock;

	while (taken != NULL && steps.found != NULL && search->looked < search->total)
	{
		uint64_t	at = search->looked++;
		const Frontier *frontier = find_segment(search, &at);
		const word *state = frontier->states + at * WORDS;

		if (search->model.expand(state, worker->successors, &steps) > 0 || steps.failing > 0)
			*ahead = true;
		else
		{
			worker->degrees.states++;
			worker->degrees.least = 0;
		}
		if (search->looked % search->largest_chunk == 0 && monotonic_seconds() >= until)
			break;
	}
	if (steps.found != NULL && steps.found[deadlock] != 0 && found[deadlock] == 0)
		found[deadlock] = steps.found[deadlock];
	free(taken);
	free(steps.found);
	return search->looked == search->total;
}
