/*
 * search.c
 *		Breadth-first search, level by level, by any number of threads on one table.
 *
 * What is found does not depend on the number of threads: a level is completed before the next one
 * begins, and counts and claims are those of whole levels.
 */
#include "search.h"

#include <math.h>
#include <stdlib.h>

#ifdef NARROW
#define ENTRY 1					/* see table.h */
#endif

#include "crew.h"
#include "growth.h"
#include "local.h"

#define BATCH		64			/* so many states are inserted together */
#define RECENT_BITS	15
#define RECENT		((size_t) 1 << RECENT_BITS)	/* states a worker remembers to have taken */
#define ALONE		2048		/* a level with fewer states is not shared among threads */
#define PART		((uint64_t) 512)	/* entries, at least, between homes that differ in the rest */
#define APART		16			/* words between what different threads write to */
#define LARGE		((size_t) 1 << 22)	/* bytes: so much memory is worth huge pages */

/* States in the order found; pages of it are given back when the level is done. */
typedef struct Frontier
{
	word	   *states;
	uint64_t	count;
	uint64_t	room;
} Frontier;

/* States that are inserted together, when the memory where they belong has been fetched. */
typedef struct Batch
{
	word	   *states;
	uint64_t   *homes;			/* where each belongs in the table */
	int			count;
} Batch;

typedef struct Worker
{
	Search	   *search;
	Tally		tally;			/* of the states that are expanded */
	Tally		ahead;			/* of those that are found: the same arrays, one level on */
	Frontier	found;			/* new states, for the next level */
	uint64_t	transitions;
	Degrees		degrees;
	Batch		batches[2];
	int			filled;			/* the one that is filled now */
	word	   *recent;			/* states that were taken lately, by their hashes */
	bool		failed;			/* there was no memory */
	word		apart[APART];	/* no two workers write to one line of the cache */
} Worker;

struct Search
{
	Model		model;
	Table		table;
	Growth		growth;
	Worker	   *workers;
	Crew	   *crew;
	int			threads;
	bool		alone;			/* one thread works on this level */
	Frontier   *current;		/* one for each worker: what it found in the level before */
	uint64_t	total;			/* states in the current level */
	uint64_t	recent[2];		/* states in the two levels before */
	uint64_t	looked;			/* states of the current level that were looked at, not expanded */
	uint64_t	largest_chunk;
	uint64_t	chunk;			/* so many of them are taken at once */
	uint64_t	limit;			/* of states, before the table is to grow */
	uint64_t	max_states;
	uint64_t	max_bytes;		/* that tables and frontiers may take */
	uint64_t	frontier_bytes; /* that the frontiers take; shared */
	bool		is_bound;		/* more than max_bytes were needed; shared */
	bool		tells_levels;	/* whether to come back at the end of each level */
	uint32_t	level;
	uint32_t	depth;
	double		until;
	word		apart[APART];	/* what follows is written by all threads */
	uint64_t	next;			/* the first state that nobody has taken; shared */
	uint64_t	states;			/* in the table; shared */
	int			stop;			/* 1: out of time, 2: the table is to grow, 3: enough states; shared */
};

/* Whether so many bytes may be in use; if not, this is what ends the search. */
static bool
is_allowed(Search *search, uint64_t bytes)
{
	if (bytes <= search->max_bytes)
		return true;
	__atomic_store_n(&search->is_bound, true, __ATOMIC_RELAXED);
	return false;
}

static bool
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

static uint64_t
within(uint64_t number, uint64_t least, uint64_t most)
{
	return number < least ? least : number > most ? most : number;
}

/* Whether a worker got all the memory it needs. */
static bool
is_complete(const Worker *worker)
{
	return worker->tally.taken != NULL && worker->tally.found != NULL &&
		worker->tally.local != NULL && worker->batches[0].states != NULL &&
		worker->batches[0].homes != NULL && worker->batches[1].states != NULL &&
		worker->batches[1].homes != NULL && worker->recent != NULL;
}

Search *
search_new(const Model *model, int threads)
{
	Search	   *search = calloc(1, sizeof *search);
	uint64_t	most = (uint64_t) threads * (uint64_t) (BATCH + model->fan_out);
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
	{
		Worker	   *worker = &search->workers[i];
		size_t		batch = (size_t) (BATCH + model->fan_out);

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
		worker->recent = malloc(RECENT * WORDS * sizeof(word));
		if (worker->recent != NULL)
			memset(worker->recent, 0xff, RECENT * WORDS * sizeof(word));
		if (!is_complete(worker))
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
		local_free(worker->tally.local);
		free(worker->recent);
		for (int which = 0; which < 2; which++)
		{
			free(worker->batches[which].states);
			free(worker->batches[which].homes);
		}
		free(worker->found.states);
	}
	for (int i = 0; search->current != NULL && i < search->threads; i++)
		free(search->current[i].states);
	crew_free(search->crew);
	table_free(&search->table);
	table_free(&search->growth.larger);
	free(search->workers);
	free(search->current);
	free(search);
}

static bool
has_failed(const Search *search)
{
	for (int i = 0; i < search->threads; i++)
		if (search->workers[i].failed)
			return true;
	return false;
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
static Grown
grow(Search *search, double until)
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
	crew_run(search->crew, move_some, search);
	grown = growth_end(&search->growth, &search->table);
	if (grown == GROWN)
		search->limit = table_limit(&search->table);
	return grown;
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
	return grow(search, INFINITY) == GROWN;
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
 * Take the states that follow those of a batch into it, but for those that this worker took a short
 * while ago: they are stored already, or about to be.  Nobody can guess which these are, so that
 * there is no branch.
 */
static inline void
take_states(Worker *worker, Batch *batch, int count)
{
	const word *state = batch->states + batch->count * WORDS;
	int			taken = batch->count;

	for (int i = 0; i < count; i++, state += WORDS)
	{
		word	   *recent = worker->recent + recent_place(state) * WORDS;
		word		one[WORDS];
		word		differs = 0;

		memcpy(one, state, sizeof one);
		for (int at = 0; at < WORDS; at++)
			differs |= one[at] ^ recent[at];
		memcpy(recent, one, sizeof one);
		memcpy(batch->states + taken * WORDS, one, sizeof one);
		taken += differs != 0;
	}
	batch->count = taken;
	worker->transitions += (uint64_t) count;
}

/* Have the lines of the table fetched where the states of a batch belong. */
static void
fetch_homes(const Search *search, Batch *batch)
{
	const Table table = search->table;

	for (int i = 0; i < batch->count; i++)
	{
		batch->homes[i] = table_home(&table, batch->states + i * WORDS);
		table_prefetch(&table, batch->homes[i]);
	}
}

/* Insert what a batch holds; the new states go to the worker's frontier. */
static void
insert_batch(Worker *worker, Batch *batch)
{
	Search	   *search = worker->search;
	Table		table = search->table;
	Frontier   *found = &worker->found;
	uint64_t	before = found->count;
	uint64_t	after = before;
	bool		alone = search->alone;

	if (!frontier_reserve(search, found, (uint64_t) batch->count))
	{
		batch->count = 0;
		worker->failed = true;
		return;
	}
	/* Once more: meanwhile another thread may have taken them. */
	for (int i = 0; i < batch->count; i++)
		table_prefetch(&table, batch->homes[i]);
	for (int i = 0; i < batch->count; i++)
	{
		const word *state = batch->states + i * WORDS;
		Inserted	inserted = table_insert(&table, state, batch->homes[i], alone);

		memcpy(found->states + after * WORDS, state, WORDS * sizeof(word));
		after += inserted == TABLE_NEW;
		if (inserted == TABLE_CROWDED)
			worker->failed = true;
	}
	for (uint64_t i = before; i < after; i++)
		search->model.judge(found->states + i * WORDS, &worker->ahead);
	found->count = after;
	batch->count = 0;
	if (after != before)
	{
		uint64_t	states = __atomic_add_fetch(&search->states, after - before, __ATOMIC_RELAXED);

		if (states >= search->limit)
			__atomic_store_n(&search->stop, 2, __ATOMIC_RELAXED);
		if (states > search->max_states)
			__atomic_store_n(&search->stop, 3, __ATOMIC_RELAXED);
	}
}

/* Expand a state; while its successors' lines are fetched, the batch before is inserted. */
static inline void
expand_state(Worker *worker, const word *state)
{
	Search	   *search = worker->search;
	Batch	   *batch = &worker->batches[worker->filled];
	word	   *out = batch->states + batch->count * WORDS;
	uint32_t	degree = (uint32_t) search->model.expand(state, out, &worker->tally);

	worker->degrees.states++;
	if (degree < worker->degrees.least)
		worker->degrees.least = degree;
	if (degree > worker->degrees.most)
		worker->degrees.most = degree;
	take_states(worker, batch, (int) degree);
	if (batch->count < BATCH)
		return;
	fetch_homes(search, batch);
	worker->filled = 1 - worker->filled;
	insert_batch(worker, &worker->batches[worker->filled]);
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

static void
expand_some(void *argument, int member)
{
	Search	   *search = argument;
	Worker	   *worker = &search->workers[member];

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
				expand_state(worker, frontier->states + at * WORDS);
		}
		if (monotonic_seconds() >= search->until)
			__atomic_store_n(&search->stop, 1, __ATOMIC_RELAXED);
	}
	fetch_homes(search, &worker->batches[worker->filled]);
	insert_batch(worker, &worker->batches[1 - worker->filled]);
	insert_batch(worker, &worker->batches[worker->filled]);
}

/* Expand states of the current level until it is done or something stops it. */
static void
run_level(Search *search)
{
	uint64_t	left = search->total - search->next;

	search->stop = 0;
	search->alone = search->threads == 1 || left < ALONE;
	search->chunk = within(left / (uint64_t) (8 * search->threads), 8, search->largest_chunk);
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
		Grown		grown = grow(search, search->until);

		if (grown != GROWN)
			return grown == GROWING ? SEARCH_RUNNING : out_of_memory(search);
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

		if (search->model.expand(state, worker->batches[0].states, &steps) > 0 || steps.failing > 0)
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
	progress->bytes = search->frontier_bytes +
		(is_growing(&search->growth) ? search->growth.larger.bytes + table_kept(&search->table) :
		 search->table.bytes);
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

/* Write the states from the cursor on to as many as there is room for; how many they are. */
static uint64_t
copy_from(const Table *table, uint64_t from, uint64_t *cursor, word *states, uint64_t room)
{
	uint64_t	entries = table_entries(table);
	uint64_t	count = 0;

	for (; from + *cursor < entries && count < room; (*cursor)++)
	{
		word		state[WORDS];

		if (!table_read(table, from + *cursor, state))
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
	uint64_t	larger = is_growing(&search->growth) ? table_entries(&search->growth.larger) : 0;
	uint64_t	count = 0;
	uint64_t	rest;

	if (*cursor < larger)
		count = copy_from(&search->growth.larger, 0, cursor, states, room);
	if (count > 0)
		return count;
	rest = *cursor - larger;
	count = copy_from(&search->table, larger > 0 ? search->growth.next : 0, &rest, states, room);
	*cursor = larger + rest;
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

		if (grow(search, INFINITY) != GROWN)
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
