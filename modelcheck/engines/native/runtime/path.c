/*
 * path.c
 *		The way to the first state, in breadth-first order, at which a claim is decided.
 *
 * The search keeps no predecessors; this one, run only when a trace is wanted, does.  It visits the
 * states in the order of the definition, so that its path is the same whoever asks.
 */
#include "search.h"

#include <math.h>
#include <stdlib.h>

#include "growth.h"
#include "local.h"

#define STRIDE		1024		/* states between two looks at the clock */
#define BATCH		64			/* successors, whose places in the table are fetched together */

struct Path
{
	Model		model;
	Tally		tally;			/* a claim's entry is 1 + the number of the first state that decides it */
	Table		table;
	Growth		growth;
	uint64_t	max_bytes;		/* that may be in use */
	word	   *states;			/* in the order found */
	int64_t    *parents;		/* the state from which each was found; -1 for an initial one */
	int64_t		count;
	int64_t		room;
	int64_t		next;			/* the first state that is not expanded */
	word	   *successors;		/* of those that were expanded last, not yet visited */
	int64_t    *from;			/* the state that each of them follows */
	uint64_t   *homes;
	int			waiting;		/* how many they are */
};

/* How many bytes are in use with room for so many states and a table of that size. */
static uint64_t
bytes_with(int64_t room, size_t table)
{
	return (uint64_t) room * (WORDS * sizeof(word) + sizeof(int64_t)) + table;
}

static bool
make_room(Path *path)
{
	int64_t		room = path->room == 0 ? 4096 : path->room / 2 * 3;
	word	   *states;
	int64_t    *parents;

	if (bytes_with(room, path->table.bytes) > path->max_bytes)
		return false;
	states = realloc(path->states, (size_t) room * WORDS * sizeof(word));
	if (states == NULL)
		return false;
	path->states = states;
	parents = realloc(path->parents, (size_t) room * sizeof(int64_t));
	if (parents == NULL)
		return false;
	path->parents = parents;
	path->room = room;
	return true;
}

/* Give the table room; false if there is none, or the time is over and something still grows. */
static bool
grow(Path *path, double until, PathStatus *status)
{
	uint64_t	capacity = table_next(&path->table);

	*status = PATH_NO_MEMORY;
	if (!is_growing(&path->growth))
	{
		if ((uint64_t) path->count < table_limit(&path->table))
			return true;
		if (bytes_with(path->room, table_size(capacity) + table_kept(&path->table)) > path->max_bytes ||
			!growth_begin(&path->growth, &path->table, capacity))
			return false;
	}
	switch (growth_alone(&path->growth, &path->table, until))
	{
		case GROWN:
			return true;
		case GROWING:
			*status = PATH_RUNNING;
			return false;
		case GROWTH_FAILED:
			break;
	}
	return false;
}

/* Note a state unless it is known; false if there is no memory. */
static bool
visit(Path *path, const word *state, uint64_t home, int64_t parent)
{
	Inserted	inserted = table_insert(&path->table, state, home, true);

	if (inserted == TABLE_KNOWN)
		return true;
	if (inserted == TABLE_CROWDED)
		return false;
	if (path->count == path->room && !make_room(path))
		return false;
	memcpy(path->states + path->count * WORDS, state, WORDS * sizeof(word));
	path->parents[path->count++] = parent;
	return true;
}

/* Begin; NULL if there is no memory.  At most so many bytes are used; zero is no limit. */
Path *
path_new(const Model *model, const word *initial, int64_t initials, uint64_t max_bytes)
{
	Path	   *path = calloc(1, sizeof *path);
	size_t		most = (size_t) (BATCH + model->fan_out);
	PathStatus	status;
	bool		fits = true;

	if (path == NULL)
		return NULL;
	path->model = *model;
	path->max_bytes = max_bytes == 0 ? UINT64_MAX : max_bytes;
	path->tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	path->tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	path->tally.local = local_new(model->index, model->answers, model->steps, model->claims,
								  model->fan_out);
	path->successors = malloc(most * WORDS * sizeof(word));
	path->from = malloc(most * sizeof(int64_t));
	path->homes = malloc(most * sizeof(uint64_t));
	fits = path->tally.taken != NULL && path->tally.found != NULL && path->tally.local != NULL &&
		path->successors != NULL && path->from != NULL && path->homes != NULL &&
		table_new(&path->table, SMALLEST + 8 * (uint64_t) model->fan_out);
	for (int64_t i = 0; i < initials && fits; i++)
	{
		const word *state = initial + i * WORDS;

		fits = grow(path, INFINITY, &status) &&
			visit(path, state, table_home(&path->table, state), -1);
	}
	if (fits)
		return path;
	path_free(path);
	return NULL;
}

void
path_free(Path *path)
{
	table_free(&path->table);
	growth_free(&path->growth);
	free(path->tally.taken);
	free(path->tally.found);
	local_free(path->tally.local);
	free(path->successors);
	free(path->from);
	free(path->homes);
	free(path->states);
	free(path->parents);
	free(path);
}

/* Expand the next state; its successors wait. */
static void
expand_next(Path *path)
{
	const word *state = path->states + path->next * WORDS;
	int			count;

	path->tally.level = (uint32_t) path->next;
	path->model.judge(state, &path->tally);
	count = path->model.expand(state, path->successors + path->waiting * WORDS, &path->tally);
	for (int i = path->waiting; i < path->waiting + count; i++)
	{
		path->from[i] = path->next;
		path->homes[i] = table_home(&path->table, path->successors + i * WORDS);
		table_prefetch(&path->table, path->homes[i]);
	}
	path->waiting += count;
	path->next++;
}

/* Visit the successors that wait, in order; false if there is no memory. */
static bool
visit_waiting(Path *path)
{
	for (int i = 0; i < path->waiting; i++)
		if (!visit(path, path->successors + i * WORDS, path->homes[i], path->from[i]))
			return false;
	path->waiting = 0;
	return true;
}

/* Go on until the claim is decided, or for so many seconds. */
PathStatus
path_run(Path *path, int claim, double seconds)
{
	double		until = monotonic_seconds() + seconds;
	int64_t		looked = path->next;
	PathStatus	status;

	while (path->tally.found[claim] == 0)
	{
		if (!grow(path, until, &status))
			return status;
		if (path->next == path->count)
			return PATH_NONE;
		while (path->waiting < BATCH && path->next < path->count && path->tally.found[claim] == 0)
			expand_next(path);
		if (!visit_waiting(path))
			return PATH_NO_MEMORY;
		if (path->next >= looked + STRIDE)
		{
			looked = path->next;
			if (monotonic_seconds() >= until)
				return PATH_RUNNING;
		}
	}
	return PATH_FOUND;
}

/* How many states lead to the first one that decides the claim, that one included. */
int64_t
path_length(const Path *path, int claim)
{
	int64_t		length = 0;

	for (int64_t at = (int64_t) path->tally.found[claim] - 1; at >= 0; at = path->parents[at])
		length++;
	return length;
}

/* Write these states, the initial one first. */
void
path_states(const Path *path, int claim, word *states)
{
	int64_t		at = (int64_t) path->tally.found[claim] - 1;

	for (int64_t i = path_length(path, claim) - 1; i >= 0; i--)
	{
		memcpy(states + i * WORDS, path->states + at * WORDS, WORDS * sizeof(word));
		at = path->parents[at];
	}
}

/* The first state that was found from that one, or from one after it. */
static int64_t
first_from(const Path *path, int64_t state)
{
	int64_t		least = state + 1;
	int64_t		most = path->count;

	while (least < most)
	{
		int64_t		middle = least + (most - least) / 2;

		if (path->parents[middle] < state)
			least = middle + 1;
		else
			most = middle;
	}
	return least;
}

/* How many states are no deeper than the first one that decides the claim, and where they are. */
int64_t
path_reach(const Path *path, int claim, const word **states)
{
	int64_t		at = (int64_t) path->tally.found[claim] - 1;
	int64_t		end = 0;

	while (end <= at)
		end = first_from(path, end);
	*states = path->states;
	return end;
}
