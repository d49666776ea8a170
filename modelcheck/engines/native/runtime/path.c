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

typedef struct Visited
{
	Table		table;
	word	   *states;			/* in the order found */
	int64_t    *parents;
	int64_t		count;
	int64_t		room;
} Visited;

/* Note a state unless it is known; false if there is no memory. */
static bool
visit(Visited *visited, const word *state, int64_t parent)
{
	Inserted	inserted = table_insert(&visited->table, state, state_hash(state));

	if (inserted == TABLE_KNOWN)
		return true;
	if (inserted == TABLE_CROWDED)
		return false;
	if (visited->count == visited->room)
	{
		int64_t		room = visited->room * 2;
		word	   *states = realloc(visited->states, (size_t) room * WORDS * sizeof(word));
		int64_t    *parents;

		if (states == NULL)
			return false;
		visited->states = states;
		parents = realloc(visited->parents, (size_t) room * sizeof(int64_t));
		if (parents == NULL)
			return false;
		visited->parents = parents;
		visited->room = room;
	}
	memcpy(visited->states + visited->count * WORDS, state, WORDS * sizeof(word));
	visited->parents[visited->count++] = parent;
	if ((uint64_t) visited->count * 4 > visited->table.capacity * 3)
		return table_grow(&visited->table, visited->table.capacity / 2 * 3);
	return true;
}

/* The number of the first state at which the claim is decided; -1: there is none, -2: no memory. */
static int64_t
find(Visited *visited, const Model *model, int claim, uint64_t max_bytes, Tally *tally, word *out)
{
	for (int64_t number = 0; number < visited->count; number++)
	{
		word		state[WORDS];
		int			count;

		memcpy(state, visited->states + number * WORDS, sizeof state);
		model->judge(state, tally);
		count = model->expand(state, out, tally);
		if (tally->found[claim] != 0)
			return number;
		for (int i = 0; i < count; i++)
			if (!visit(visited, out + i * WORDS, number))
				return -2;
		if (max_bytes != 0 && visited->table.bytes + (uint64_t) visited->room * 16 > max_bytes)
			return -2;
	}
	return -1;
}

/*
 * Write the states of the path, the initial one first; its length, or -1 if there is none, or -2 if
 * there is no memory, or -3 if there is too little room.
 */
int64_t
search_path(const Model *model, const word *initial, int64_t initials, int claim,
			uint64_t max_bytes, word *path, int64_t room)
{
	Visited		visited = {.room = 4096};
	Tally		tally = {0};
	word	   *out = malloc((size_t) (model->fan_out + 1) * WORDS * sizeof(word));
	int64_t		length = -2;

	visited.states = malloc((size_t) visited.room * WORDS * sizeof(word));
	visited.parents = malloc((size_t) visited.room * sizeof(int64_t));
	tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	if (out != NULL && visited.states != NULL && visited.parents != NULL && tally.taken != NULL &&
		tally.found != NULL && table_new(&visited.table, (uint64_t) 1 << 16))
	{
		bool		fits = true;
		int64_t		number;

		for (int64_t i = 0; i < initials && fits; i++)
			fits = visit(&visited, initial + i * WORDS, -1);
		length = number = fits ? find(&visited, model, claim, max_bytes, &tally, out) : -2;
		if (number >= 0)
		{
			length = 0;
			for (int64_t at = number; at >= 0; at = visited.parents[at])
				length++;
			if (length > room)
				length = -3;
			for (int64_t at = number, i = length - 1; i >= 0; at = visited.parents[at], i--)
				memcpy(path + i * WORDS, visited.states + at * WORDS, WORDS * sizeof(word));
		}
	}
	table_free(&visited.table);
	free(out);
	free(visited.states);
	free(visited.parents);
	free(tally.taken);
	free(tally.found);
	return length;
}
