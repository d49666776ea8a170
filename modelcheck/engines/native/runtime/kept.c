/*
 * kept.c
 *		The levels of a small search, as they were found: ways are read off from them.
 *
 * While one thread works on each level, states are found in the order of the definition, so that
 * the first of a level that decides a claim is the one to which path.c leads, and the first from
 * which a state was found is its parent there.  No parents are stored: of each batch it is noted
 * how many states were expanded before it was closed, and few can have led to what was new in it.
 * A search that turns out to be large keeps nothing.
 */
#include "inside.h"

#include <stdlib.h>

#define KEPT_BYTES	((uint64_t) 1 << 23)	/* of states, at most */
#define TIMES		16			/* so many times that must be allowed in all, or nothing is kept */

/* Where the states of a batch end among all that were found, and those among which their parents are. */
typedef struct Mark
{
	uint64_t	found;
	uint64_t	expanded;
} Mark;

struct Kept
{
	word	   *states;			/* level by level */
	uint64_t	count;
	uint64_t	room;
	uint64_t   *ends;			/* by level: how many states it has, and all before it */
	uint64_t	levels;
	uint64_t	level_room;
	Mark	   *marks;
	uint64_t	marked;
	uint64_t	mark_room;
};

void
kept_free(Kept *kept)
{
	if (kept == NULL)
		return;
	free(kept->states);
	free(kept->ends);
	free(kept->marks);
	free(kept);
}

void
keep_nothing(Search *search)
{
	kept_free(search->kept);
	search->kept = NULL;
}

/* How many bytes are kept. */
uint64_t
kept_bytes(const Search *search)
{
	const Kept *kept = search->kept;

	return kept == NULL ? 0 : kept->room * WORDS * sizeof(word) +
		kept->level_room * sizeof *kept->ends + kept->mark_room * sizeof *kept->marks;
}

/* Room for so many items of a size; false if there is no memory. */
static bool
reserve(void **items, uint64_t *room, uint64_t needed, size_t size)
{
	uint64_t	more = *room == 0 ? 512 : *room;
	void	   *larger;

	if (needed <= *room)
		return true;
	while (more < needed)
		more *= 2;
	larger = realloc(*items, more * size);
	if (larger == NULL)
		return false;
	*items = larger;
	*room = more;
	return true;
}

static bool
add_level(Kept *kept, const Frontier *level)
{
	uint64_t	end = kept->count + level->count;

	if (end * WORDS * sizeof(word) > KEPT_BYTES ||
		!reserve((void **) &kept->states, &kept->room, end, WORDS * sizeof(word)) ||
		!reserve((void **) &kept->ends, &kept->level_room, kept->levels + 1, sizeof *kept->ends))
		return false;
	memcpy(kept->states + kept->count * WORDS, level->states, level->count * WORDS * sizeof(word));
	kept->ends[kept->levels++] = kept->count = end;
	return true;
}

/* Keep the current level before any of it is expanded; doing so once more changes nothing. */
void
keep_level(Search *search)
{
	if (search->level == 0 && search->kept == NULL && search->max_bytes / TIMES >= KEPT_BYTES)
		search->kept = calloc(1, sizeof *search->kept);
	if (search->kept == NULL || search->kept->levels == (uint64_t) search->level + 1)
		return;
	if (search->kept->levels != search->level || search->total != search->current[0].count ||
		!add_level(search->kept, &search->current[0]))
		keep_nothing(search);
}

/* Note that the states found up to now, in the next level, follow from so many that are expanded. */
void
keep_batch(Search *search, uint64_t found, uint64_t expanded)
{
	Kept	   *kept = search->kept;

	if (!reserve((void **) &kept->marks, &kept->mark_room, kept->marked + 1, sizeof *kept->marks))
	{
		keep_nothing(search);
		return;
	}
	kept->marks[kept->marked++] = (Mark) {kept->count + found, expanded};
}

/* Hand over what is kept; NULL if that is not all that was expanded. */
Kept *
search_kept(Search *search)
{
	Kept	   *kept = search->kept;

	search->kept = NULL;
	return kept;
}

/* How many states the first levels have, and where they are; zero where not all of them are kept. */
uint64_t
kept_states(const Kept *kept, uint64_t levels, const word **states)
{
	*states = kept->states;
	return levels == 0 || levels > kept->levels ? 0 : kept->ends[levels - 1];
}

/* How many levels are kept. */
uint64_t
kept_levels(const Kept *kept)
{
	return kept->levels;
}

/* What looking around a state takes. */
typedef struct Look
{
	const Model *model;
	Tally		tally;
	word	   *out;
} Look;

/* The first state of a level that decides a claim; that level's end if there is none. */
static uint64_t
first_deciding(const Kept *kept, Look *look, int claim, uint64_t level)
{
	uint64_t	first = level == 0 ? 0 : kept->ends[level - 1];
	uint64_t	end = kept->ends[level];

	for (uint64_t at = first; at < end; at++)
	{
		look->model->judge(kept->states + at * WORDS, &look->tally);
		if (look->tally.found[claim] != 0)
			return at;
	}
	for (uint64_t at = first; at < end; at++)
	{
		look->model->expand(kept->states + at * WORDS, look->out, &look->tally);
		if (look->tally.found[claim] != 0)
			return at;
	}
	return end;
}

/* The first state from which another one, of a level after the first, was found. */
static uint64_t
parent_of(const Kept *kept, Look *look, uint64_t state)
{
	const word *wanted = kept->states + state * WORDS;
	uint64_t	least = 0;
	uint64_t	most = kept->marked;

	while (least < most)
	{
		uint64_t	middle = least + (most - least) / 2;

		if (kept->marks[middle].found <= state)
			least = middle + 1;
		else
			most = middle;
	}
	for (uint64_t at = least == 0 ? 0 : kept->marks[least - 1].expanded; at < state; at++)
	{
		int			count = look->model->expand(kept->states + at * WORDS, look->out, &look->tally);

		for (int i = 0; i < count; i++)
			if (memcmp(look->out + (size_t) i * WORDS, wanted, WORDS * sizeof(word)) == 0)
				return at;
	}
	return state;
}

/*
 * Write the states on the way to the first one of a level that decides a claim, the initial one
 * first.  False if the level is not kept, or there is no memory.
 */
bool
kept_path(const Kept *kept, const Model *model, int claim, uint64_t level, word *states)
{
	Look		look = {model, {NULL, NULL, 0, 0, NULL}, NULL};
	bool		is_found = level < kept->levels;

	look.tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	look.tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	look.out = malloc(((size_t) model->fan_out + 1) * WORDS * sizeof(word));
	is_found = is_found && look.tally.taken != NULL && look.tally.found != NULL && look.out != NULL;
	if (is_found)
	{
		uint64_t	at = first_deciding(kept, &look, claim, level);

		is_found = at < kept->ends[level];
		for (uint64_t on = level; is_found; on--)
		{
			memcpy(states + on * WORDS, kept->states + at * WORDS, WORDS * sizeof(word));
			if (on == 0)
				break;
			at = parent_of(kept, &look, at);
			is_found = at < kept->ends[on - 1];
		}
	}
	free(look.tally.taken);
	free(look.tally.found);
	free(look.out);
	return is_found;
}
