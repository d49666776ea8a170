/*
 * worker.c
 *		What each thread does: it takes states of the level, and inserts what follows from them.
 */
#include "inside.h"

#include <stdlib.h>

#include "local.h"

#define RECENT_BITS	(WORDS == 1 ? 15 : 14)
#define RECENT		((size_t) 1 << RECENT_BITS)	/* states a worker remembers to have taken */

/* Whether a worker got all the memory it needs. */
static bool
is_complete(const Worker *worker)
{
	return worker->tally.taken != NULL && worker->tally.found != NULL &&
		worker->tally.local != NULL && worker->batches[0].states != NULL &&
		worker->batches[0].homes != NULL && worker->batches[1].states != NULL &&
		worker->batches[1].homes != NULL && worker->successors != NULL && worker->recent != NULL;
}

/* Give a worker the memory it needs; false if there is none. */
bool
worker_begin(Worker *worker, Search *search)
{
	const Model *model = &search->model;
	size_t		waiting = (size_t) (WAITING + model->fan_out);
	size_t		batch = BATCH + waiting;

	worker->search = search;
	worker->degrees.least = UINT32_MAX;
	worker->tally.taken = calloc((size_t) model->steps + 1 + APART, sizeof(uint64_t));
	worker->tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	worker->tally.local = local_new(model->index, model->answers, model->steps, model->claims,
									model->fan_out);
	for (int which = 0; which < 2; which++)
	{
		worker->batches[which].states = malloc(batch * WORDS * sizeof(word));
		worker->batches[which].homes = malloc(batch * sizeof(uint64_t));
	}
	worker->successors = malloc(waiting * WORDS * sizeof(word));
	worker->recent = malloc(RECENT * WORDS * sizeof(word));
	if (worker->recent != NULL)
		memset(worker->recent, 0xff, RECENT * WORDS * sizeof(word));
	return is_complete(worker);
}

void
worker_end(Worker *worker)
{
	free(worker->tally.taken);
	free(worker->tally.found);
	local_free(worker->tally.local);
	free(worker->successors);
	free(worker->recent);
	for (int which = 0; which < 2; which++)
	{
		free(worker->batches[which].states);
		free(worker->batches[which].homes);
	}
	frontier_free(&worker->found);
}

/* Where a state stands among those that were taken lately. */
static inline size_t
recent_place(const word *state)
{
	word		hash = 0;

	for (int i = 0; i < WORDS; i++)
		hash = (hash ^ (hash >> 32) ^ state[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t) (hash >> (64 - RECENT_BITS));
}

/*
 * Take the successors that wait into a batch, but for those that this worker took a short while
 * ago: they are stored already, or about to be.  Nobody can guess which these are, so that there is
 * no branch; and many are gone through at once, because nobody can guess how many a state has.
 */
static inline void
take_waiting(Worker *worker, Batch *batch)
{
	const word *state = worker->successors;
	const word *end = state + worker->waiting * WORDS;
	word	   *const recent = worker->recent;
	word	   *taken = batch->states + batch->count * WORDS;

	for (; state < end; state += WORDS)
	{
		word	   *known = recent + recent_place(state) * WORDS;
		word		one[WORDS];
		word		differs = 0;

		memcpy(one, state, sizeof one);
		for (int at = 0; at < WORDS; at++)
			differs |= one[at] ^ known[at];
		memcpy(known, one, sizeof one);
		memcpy(taken, one, sizeof one);
		taken += differs != 0 ? WORDS : 0;
	}
	batch->count = (int) (taken - batch->states) / WORDS;
	batch->expanded = worker->degrees.states;
	worker->transitions += (uint64_t) worker->waiting;
	worker->waiting = 0;
}

/* Have the lines of the table fetched where the states of a batch belong. */
static void
fetch_homes(const Search *search, Batch *batch)
{
	const Table table = search->table;

	for (int i = 0; i < batch->count; i++)
	{
		batch->homes[i] = table_home(&table, batch->states + i * WORDS);
		table_fetch(&table, batch->homes[i]);
	}
}

/* Keep of a batch what a first look does not find: nobody can guess what, so there is no branch. */
static void
drop_known(const Search *search, Batch *batch)
{
	const Table table = search->table;
	int			kept = 0;

	for (int i = 0; i < batch->count; i++)
	{
		uint64_t	home = batch->homes[i];
		word		one[WORDS];

		memcpy(one, batch->states + i * WORDS, sizeof one);
		memcpy(batch->states + kept * WORDS, one, sizeof one);
		batch->homes[kept] = home;
		kept += !table_knows(&table, one, home);
	}
	batch->count = kept;
}

/* Insert what a batch holds; the new states go to the worker's frontier. */
static void
insert_batch(Worker *worker, Batch *batch)
{
	Search	   *search = worker->search;
	Table		table = search->table;
	Frontier   *found = &worker->found;
	const word *state = batch->states;
	word	   *first;
	word	   *next;
	uint64_t	more;
	bool		alone = search->alone;

	drop_known(search, batch);
	if (!frontier_reserve(search, found, (uint64_t) batch->count))
	{
		batch->count = 0;
		worker->failed = true;
		return;
	}
	first = next = found->states + found->count * WORDS;
	/* Once more: to write, and nearer; meanwhile another thread may have taken them. */
	for (int i = 0; i < batch->count; i++)
		table_prefetch_again(&table, batch->states + i * WORDS, batch->homes[i]);
	for (int i = 0; i < batch->count; i++, state += WORDS)
	{
		Inserted	inserted = table_insert(&table, state, batch->homes[i], alone);

		memcpy(next, state, WORDS * sizeof(word));
		next += inserted == TABLE_NEW ? WORDS : 0;
		if (inserted == TABLE_CROWDED)
			worker->failed = true;
	}
	for (const word *one = first; one < next; one += WORDS)
		search->model.judge(one, &worker->ahead);
	more = (uint64_t) (next - first) / WORDS;
	found->count += more;
	batch->count = 0;
	if (more > 0 && search->kept != NULL)
		keep_batch(search, found->count, batch->expanded);
	if (more > 0)
	{
		uint64_t	states = __atomic_add_fetch(&search->states, more, __ATOMIC_RELAXED);

		if (states >= search->limit)
			__atomic_store_n(&search->stop, 2, __ATOMIC_RELAXED);
		if (states > search->max_states)
			__atomic_store_n(&search->stop, 3, __ATOMIC_RELAXED);
	}
}

/* Take what waits; while the lines of a batch that is full are fetched, the one before is inserted. */
static void
take_in(Worker *worker)
{
	Batch	   *batch = &worker->batches[worker->filled];

	take_waiting(worker, batch);
	if (batch->count < BATCH)
		return;
	fetch_homes(worker->search, batch);
	worker->filled = 1 - worker->filled;
	insert_batch(worker, &worker->batches[worker->filled]);
}

static inline void
expand_state(Worker *worker, const word *state)
{
	word	   *out = worker->successors + worker->waiting * WORDS;
	uint32_t	degree = (uint32_t) worker->search->model.expand(state, out, &worker->tally);

	/* What leads back to the state itself is known. */
	memcpy(worker->recent + recent_place(state) * WORDS, state, WORDS * sizeof(word));
	worker->degrees.states++;
	if (degree < worker->degrees.least)
		worker->degrees.least = degree;
	if (degree > worker->degrees.most)
		worker->degrees.most = degree;
	worker->waiting += (int) degree;
	if (worker->waiting >= WAITING)
		take_in(worker);
}

/* The frontier and the offset in it of the current level's state of that number. */
const Frontier *
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

void
expand_some(void *argument, int member)
{
	Search	   *search = argument;
	Worker	   *worker = &search->workers[member];

	worker->tally.level = search->level;
	worker->ahead = worker->tally;
	worker->ahead.level++;
	while (__atomic_load_n(&search->stop, __ATOMIC_RELAXED) == 0 && !worker->failed)
	{
		uint64_t	first;
		uint64_t	last;

		/* What is taken next comes after what nobody has taken now. */
		first = __atomic_load_n(&search->next, __ATOMIC_RELAXED);
		__atomic_store_n(&worker->expanding, first, __ATOMIC_RELEASE);
		if (member == 0)
			shed_expanded(search);
		first = __atomic_fetch_add(&search->next, search->chunk, __ATOMIC_RELAXED);
		last = first + search->chunk;
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
				expand_state(worker, frontier->states + at * WORDS);
		}
		if (monotonic_seconds() >= search->until)
			__atomic_store_n(&search->stop, 1, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&worker->expanding, UINT64_MAX, __ATOMIC_RELEASE);
	take_waiting(worker, &worker->batches[worker->filled]);
	fetch_homes(search, &worker->batches[worker->filled]);
	insert_batch(worker, &worker->batches[1 - worker->filled]);
	insert_batch(worker, &worker->batches[worker->filled]);
}
