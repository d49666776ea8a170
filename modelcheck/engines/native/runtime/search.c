/*
 * search.c
 *		Breadth-first search, level by level, by any number of threads on one table.
 *
 * What is found does not depend on the number of threads: a level is completed before the next one
 * begins, and counts and claims are those of whole levels.
 */
#include "search.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "table.h"

#define BATCH		64			/* successors that are hashed and fetched before they are inserted */
#define ALONE		4096		/* a level with fewer states is not shared among threads */

/* States in the order found; pages of it are given back when the level is done. */
typedef struct Frontier
{
	word	   *states;
	uint64_t	count;
	uint64_t	room;
} Frontier;

typedef struct Worker
{
	Search	   *search;
	Tally		tally;			/* of the states that are expanded */
	Tally		ahead;			/* of those that are found: the same arrays, one level on */
	Frontier	found;			/* new states, for the next level */
	uint64_t	transitions;
	Degrees		degrees;
	word	   *batch;
	word	   *hashes;
	bool		failed;			/* there was no memory */
	pthread_t	thread;
} Worker;

struct Search
{
	Model		model;
	Table		table;
	Worker	   *workers;
	int			threads;
	Frontier   *current;		/* one for each worker: what it found in the level before */
	uint64_t	total;			/* states in the current level */
	uint64_t	next;			/* the first of them that nobody has taken; shared */
	uint64_t	chunk;
	uint64_t	states;			/* in the table; shared */
	uint64_t	limit;			/* of states, before the table is to grow */
	uint64_t	max_states;
	uint32_t	level;
	uint32_t	depth;
	double		until;
	int			stop;			/* 1: out of time, 2: the table is to grow, 3: enough states; shared */
};

double
monotonic_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static bool
frontier_reserve(Frontier *frontier, uint64_t more)
{
	uint64_t	room = frontier->room;
	word	   *states;

	if (frontier->count + more <= room)
		return true;
	room = room < 1024 ? 1024 : room;
	while (room < frontier->count + more)
		room *= 2;
	states = realloc(frontier->states, room * WORDS * sizeof(word));
	if (states == NULL)
		return false;
	frontier->states = states;
	frontier->room = room;
	return true;
}

Search *
search_new(const Model *model, int threads)
{
	Search	   *search = calloc(1, sizeof *search);
	uint64_t	most = (uint64_t) threads * (uint64_t) (BATCH + model->fan_out);

	if (search == NULL)
		return NULL;
	search->model = *model;
	search->threads = threads;
	search->workers = calloc((size_t) threads, sizeof *search->workers);
	search->current = calloc((size_t) threads, sizeof *search->current);
	search->chunk = 16384 / (uint64_t) (model->fan_out > 0 ? model->fan_out : 1);
	search->chunk = search->chunk > 1024 ? 1024 : search->chunk < 8 ? 8 : search->chunk;
	if (search->workers == NULL || search->current == NULL || !table_new(&search->table, SMALLEST + 8 * most))
	{
		search_free(search);
		return NULL;
	}
	search->limit = table_limit(&search->table);
	for (int i = 0; i < threads; i++)
	{
		Worker	   *worker = &search->workers[i];
		size_t		batch = (size_t) (BATCH + model->fan_out);

		worker->search = search;
		worker->degrees.least = UINT32_MAX;
		worker->tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
		worker->tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
		worker->batch = malloc(batch * WORDS * sizeof(word));
		worker->hashes = malloc(batch * sizeof(word));
		if (worker->tally.taken == NULL || worker->tally.found == NULL ||
			worker->batch == NULL || worker->hashes == NULL)
		{
			search_free(search);
			return NULL;
		}
	}
	return search;
}

void
search_free(Search *search)
{
	for (int i = 0; search->workers != NULL && i < search->threads; i++)
	{
		Worker	   *worker = &search->workers[i];

		free(worker->tally.taken);
		free(worker->tally.found);
		free(worker->batch);
		free(worker->hashes);
		free(worker->found.states);
	}
	for (int i = 0; search->current != NULL && i < search->threads; i++)
		free(search->current[i].states);
	table_free(&search->table);
	free(search->workers);
	free(search->current);
	free(search);
}

static bool
grow(Search *search)
{
	if (!table_grow(&search->table, search->table.capacity / 2 * 3))
		return false;
	search->limit = table_limit(&search->table);
	return true;
}

/* Add an initial state; false if there is no memory. */
bool
search_begin(Search *search, const word *state)
{
	Frontier   *frontier = &search->current[0];

	if (table_insert(&search->table, state, state_hash(state)) != TABLE_NEW)
		return true;
	if (!frontier_reserve(frontier, 1))
		return false;
	memcpy(frontier->states + frontier->count * WORDS, state, WORDS * sizeof(word));
	frontier->count++;
	search->total++;
	search->states++;
	search->model.judge(state, &search->workers[0].tally);
	return search->states < search->limit || grow(search);
}

/* Insert what the batch holds; the new ones go to the worker's frontier. */
static void
insert_batch(Worker *worker, int count)
{
	Search	   *search = worker->search;
	Frontier   *found = &worker->found;
	uint64_t	before = found->count;

	if (!frontier_reserve(found, (uint64_t) count))
	{
		worker->failed = true;
		return;
	}
	for (int i = 0; i < count; i++)
	{
		worker->hashes[i] = state_hash(worker->batch + i * WORDS);
		table_prefetch(&search->table, worker->hashes[i]);
	}
	for (int i = 0; i < count; i++)
	{
		const word *state = worker->batch + i * WORDS;
		Inserted	inserted = table_insert(&search->table, state, worker->hashes[i]);

		memcpy(found->states + found->count * WORDS, state, WORDS * sizeof(word));
		found->count += inserted == TABLE_NEW;
		if (inserted == TABLE_NEW)
			search->model.judge(state, &worker->ahead);
		if (inserted == TABLE_CROWDED)
			worker->failed = true;
	}
	worker->transitions += (uint64_t) count;
	if (found->count != before)
	{
		uint64_t	states = __atomic_add_fetch(&search->states, found->count - before,
												__ATOMIC_RELAXED);

		if (states >= search->limit)
			__atomic_store_n(&search->stop, 2, __ATOMIC_RELAXED);
		if (states > search->max_states)
			__atomic_store_n(&search->stop, 3, __ATOMIC_RELAXED);
	}
}

/* The frontier and the offset in it of the current level's state of that number. */
static const Frontier *
find_segment(const Search *search, uint64_t *number)
{
	const Frontier *frontier = search->current;

	while (*number >= frontier->count)
	{
		*number -= frontier->count;
		frontier++;
	}
	return frontier;
}

static void *
work(void *argument)
{
	Worker	   *worker = argument;
	Search	   *search = worker->search;
	const Model *model = &search->model;
	int			count = 0;

	worker->tally.level = search->level;
	worker->ahead = worker->tally;
	worker->ahead.level++;
	while (__atomic_load_n(&search->stop, __ATOMIC_RELAXED) == 0 && !worker->failed)
	{
		uint64_t	first = __atomic_fetch_add(&search->next, search->chunk, __ATOMIC_RELAXED);
		uint64_t	last = first + search->chunk;

		if (first >= search->total)
			break;
		last = last > search->total ? search->total : last;
		while (first < last)
		{
			uint64_t	at = first;
			const Frontier *frontier = find_segment(search, &at);
			uint64_t	end = at + (last - first);

			end = end > frontier->count ? frontier->count : end;
			first += end - at;
			for (; at < end; at++)
			{
				const word *state = frontier->states + at * WORDS;
				uint32_t	degree = (uint32_t) model->expand(state, worker->batch + count * WORDS,
															  &worker->tally);

				worker->degrees.states++;
				if (degree < worker->degrees.least)
					worker->degrees.least = degree;
				if (degree > worker->degrees.most)
					worker->degrees.most = degree;
				count += (int) degree;
				if (count >= BATCH)
				{
					insert_batch(worker, count);
					count = 0;
				}
			}
		}
		if (monotonic_seconds() >= search->until)
			__atomic_store_n(&search->stop, 1, __ATOMIC_RELAXED);
	}
	if (count > 0)
		insert_batch(worker, count);
	return NULL;
}

/* Expand states of the current level until it is done or something stops it. */
static void
run_level(Search *search)
{
	int			threads = search->total - search->next < ALONE ? 1 : search->threads;
	int			started = 1;

	search->stop = 0;
	while (started < threads &&
		   pthread_create(&search->workers[started].thread, NULL, work,
						  &search->workers[started]) == 0)
		started++;
	work(&search->workers[0]);
	for (int i = 1; i < started; i++)
		pthread_join(search->workers[i].thread, NULL);
}

/* What was found in this level is the next level. */
static void
next_level(Search *search)
{
	search->total = 0;
	search->next = 0;
	for (int i = 0; i < search->threads; i++)
	{
		Frontier	done = search->current[i];

		search->current[i] = search->workers[i].found;
		search->total += search->current[i].count;
		done.count = 0;
		search->workers[i].found = done;
	}
	search->level++;
	if (search->total > 0)
		search->depth = search->level;
}

static bool
is_found(const Search *search, const uint8_t *wanted)
{
	for (int i = 0; i < search->threads; i++)
		for (int claim = 0; claim < search->model.claims; claim++)
			if (wanted[claim] && search->workers[i].tally.found[claim] != 0)
				return true;
	return false;
}

static bool
has_failed(const Search *search)
{
	for (int i = 0; i < search->threads; i++)
		if (search->workers[i].failed)
			return true;
	return false;
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
		if (search->next == 0 && is_found(search, wanted))
			return SEARCH_LEVEL;
		if (search->next == 0 && max_depth != 0 && search->level + 1 == max_depth)
			return SEARCH_DEPTH;
		if (search->states > search->max_states)
			return SEARCH_FULL;
		run_level(search);
		if (has_failed(search))
			return SEARCH_NO_MEMORY;
		if (search->states >= search->limit && !grow(search))
			return SEARCH_NO_MEMORY;
		if (search->next >= search->total && search->states <= search->max_states)
			next_level(search);
		if (monotonic_seconds() >= search->until && search->total > 0)
			return SEARCH_RUNNING;
	}
	return SEARCH_COMPLETE;
}

/*
 * Look for deadlock among the states of the current level, which are not expanded.  Returns whether
 * anything leads out of them.  "found" gets the claims, as in a tally.
 */
bool
search_look_ahead(Search *search, uint32_t *found)
{
	Worker	   *worker = &search->workers[0];
	uint64_t   *taken = calloc((size_t) search->model.steps + 1, sizeof(uint64_t));
	Tally		steps = {taken, calloc((size_t) search->model.claims + 1, sizeof(uint32_t)),
	search->level, 0, NULL, NULL};
	int			deadlock = search->model.deadlock;
	bool		ahead = false;

	for (uint64_t number = 0; taken != NULL && steps.found != NULL && number < search->total;
		 number++)
	{
		uint64_t	at = number;
		const Frontier *frontier = find_segment(search, &at);
		const word *state = frontier->states + at * WORDS;

		if (search->model.expand(state, worker->batch, &steps) > 0 || steps.failing > 0)
			ahead = true;
		else
		{
			worker->degrees.states++;
			worker->degrees.least = 0;
		}
	}
	if (steps.found != NULL && steps.found[deadlock] != 0 && found[deadlock] == 0)
		found[deadlock] = steps.found[deadlock];
	free(taken);
	free(steps.found);
	return ahead;
}

void
search_progress(const Search *search, Progress *progress)
{
	uint64_t	frontier = 0;
	uint64_t	bytes = search->table.bytes;

	progress->transitions = 0;
	for (int i = 0; i < search->threads; i++)
	{
		const Worker *worker = &search->workers[i];

		progress->transitions += worker->transitions;
		frontier += worker->found.count;
		bytes += (worker->found.room + search->current[i].room) * WORDS * sizeof(word);
	}
	progress->states = search->states;
	progress->frontier = frontier + (search->next < search->total ? search->total - search->next : 0);
	progress->bytes = bytes;
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

/* Write every state that is stored, in no order that means anything. */
void
search_states(const Search *search, word *states)
{
	const word *end = search->table.entries + search->table.bytes / sizeof(word);

	for (const word *entry = search->table.entries; entry < end; entry += WORDS)
	{
		if (entry[0] == 0)
			continue;
		memcpy(states, entry, WORDS * sizeof(word));
		states[0] &= ~(READY | CLAIMED);
		states += WORDS;
	}
}
