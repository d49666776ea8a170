/*
 * path.c
 *		The way to the first state, in breadth-first order, at which a claim is decided.
 *
 * The search keeps no predecessors; this one, run only when a trace is wanted, does.  It visits the
 * states in the order of the definition, so that its path is the same whoever asks.
 */
#include "search.h"

#include <stdlib.h>

#include "table.h"

#define STRIDE		1024		/* states between two looks at the clock */

struct Path
{
	Model		model;
	Tally		tally;			/* a claim's entry is 1 + the number of the first state that decides it */
	Table		table;
	word	   *states;			/* in the order found */
	int64_t    *parents;		/* the state from which each was found; -1 for an initial one */
	int64_t		count;
	int64_t		room;
	int64_t		next;			/* the first state that is not expanded */
	word	   *out;
};

static bool
make_room(Path *path)
{
	int64_t		room = path->room == 0 ? 4096 : path->room * 2;
	word	   *states = realloc(path->states, (size_t) room * WORDS * sizeof(word));
	int64_t    *parents;

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

/* Note a state unless it is known; false if there is no memory. */
static bool
visit(Path *path, const word *state, int64_t parent)
{
	Inserted	inserted = table_insert(&path->table, state, table_home(&path->table, state), true);

	if (inserted == TABLE_KNOWN)
		return true;
	if (inserted == TABLE_CROWDED)
		return false;
	if (path->count == path->room && !make_room(path))
		return false;
	memcpy(path->states + path->count * WORDS, state, WORDS * sizeof(word));
	path->parents[path->count++] = parent;
	if ((uint64_t) path->count < table_limit(&path->table))
		return true;
	return table_grow(&path->table, table_next(&path->table));
}

/* Begin; NULL if there is no memory. */
Path *
path_new(const Model *model, const word *initial, int64_t initials)
{
	Path	   *path = calloc(1, sizeof *path);
	bool		fits = true;

	if (path == NULL)
		return NULL;
	path->model = *model;
	path->tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	path->tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	path->out = malloc((size_t) (model->fan_out + 1) * WORDS * sizeof(word));
	fits = path->tally.taken != NULL && path->tally.found != NULL && path->out != NULL &&
		table_new(&path->table, SMALLEST);
	for (int64_t i = 0; i < initials && fits; i++)
		fits = visit(path, initial + i * WORDS, -1);
	if (fits)
		return path;
	path_free(path);
	return NULL;
}

void
path_free(Path *path)
{
	table_free(&path->table);
	free(path->tally.taken);
	free(path->tally.found);
	free(path->out);
	free(path->states);
	free(path->parents);
	free(path);
}

/* Go on until the claim is decided, or for so many seconds. */
PathStatus
path_run(Path *path, int claim, double seconds)
{
	double		until = monotonic_seconds() + seconds;

	while (path->tally.found[claim] == 0)
	{
		word		state[WORDS];
		int			count;

		if (path->next == path->count)
			return PATH_NONE;
		memcpy(state, path->states + path->next * WORDS, sizeof state);
		path->tally.level = (uint32_t) path->next;
		path->model.judge(state, &path->tally);
		count = path->model.expand(state, path->out, &path->tally);
		for (int i = 0; i < count; i++)
			if (!visit(path, path->out + i * WORDS, path->next))
				return PATH_NO_MEMORY;
		path->next++;
		if (path->next % STRIDE == 0 && monotonic_seconds() >= until)
			return PATH_RUNNING;
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
