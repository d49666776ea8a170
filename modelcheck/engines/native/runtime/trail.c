/*
 * trail.c
 *		The way to the first state, in breadth-first order, at which a claim is decided, by levels.
 *
 * No predecessors are kept.  Backwards from the level where the claim is decided, the states of each
 * level are found from which such a state is reached in as many steps as there are levels between:
 * its cone.  Forwards, from the first initial state in its cone, the first successor that is in the
 * next cone is taken.  That is the path that path.c finds: breadth first, states are found in the
 * order of their least ways, and this way is the least of all that lead to a state that decides.
 *
 * A cone that is too large for memory is gone through piece by piece, and its level as often.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "spill.h"
#include "table.h"

#define STRIDE		256			/* states between two looks at the clock */
#define TAKEN		((word) 1 << 63)

/* What it is at. */
typedef enum At
{
	BEGINNING,
	SCANNING,					/* the level, for what leads to a piece of the next cone */
	TIDYING_PIECES,
	JOINING,					/* the parts of the cone */
	WALKING
} At;

struct Trail
{
	Spill	   *spill;
	const word *initial;
	int64_t		initials;
	int			claim;
	uint32_t	last;			/* the level where the claim is decided */
	uint32_t	level;			/* the one whose cone is looked for */
	At			at;
	int			file;			/* of the cones */
	uint64_t	end;			/* of what is in it */
	Run		  **cones;			/* of each level */
	Cursor		target;			/* the cone of the next level */
	word	   *set;			/* a piece of it: open addressing, TAKEN is set in what is there */
	uint64_t	room;			/* slots of the set */
	uint64_t	slots;			/* those in use */
	Cursor		reading;		/* the level */
	Writer		writer;
	Run		   *part;			/* what leads to the piece */
	Shelf		parts;			/* what leads to those before */
	Merge	   *merge;			/* of the parts */
	uint32_t	walked;			/* states of the way that are found */
	Tally		tally;
	word	   *out;
	word	   *states;			/* the way */
};

/* A trail to that claim, which is decided at that level; NULL if there is no memory. */
Trail *
trail_new(Spill *spill, const word *initial, int64_t initials, int claim, uint32_t level)
{
	const Model *model = &spill->model;
	uint64_t	bytes = spill->memory / 2;
	Trail	   *trail = calloc(1, sizeof *trail);

	if (trail == NULL)
		return NULL;
	trail->spill = spill;
	trail->initial = initial;
	trail->initials = initials;
	trail->claim = claim;
	trail->last = trail->level = level;
	trail->parts.disk = &spill->disk;
	trail->room = 2 * LEAST;
	while (2 * trail->room * WORDS * sizeof(word) <= bytes)
		trail->room *= 2;
	trail->file = disk_file(&spill->disk);
	trail->set = pages_new(trail->room * WORDS * sizeof(word));
	trail->cones = calloc((size_t) level + 1, sizeof *trail->cones);
	trail->tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	trail->tally.found = calloc((size_t) model->claims + 1, sizeof(uint32_t));
	trail->out = malloc((size_t) (model->fan_out + 1) * WORDS * sizeof(word));
	trail->states = malloc(((size_t) level + 1) * WORDS * sizeof(word));
	if (trail->file >= 0 && trail->set != NULL && trail->cones != NULL && trail->tally.taken != NULL &&
		trail->tally.found != NULL && trail->out != NULL && trail->states != NULL)
		return trail;
	trail_free(trail);
	return NULL;
}

void
trail_free(Trail *trail)
{
	int			error = errno;

	merge_free(trail->merge);
	shelf_free(&trail->parts);
	run_free(trail->part);
	for (uint32_t level = 0; trail->cones != NULL && level <= trail->last; level++)
		run_free(trail->cones[level]);
	cursor_free(&trail->target);
	cursor_free(&trail->reading);
	writer_free(&trail->writer);
	if (trail->set != NULL)
		munmap(trail->set, trail->room * WORDS * sizeof(word));
	if (trail->file >= 0)
		close(trail->file);
	free(trail->cones);
	free(trail->tally.taken);
	free(trail->tally.found);
	free(trail->out);
	free(trail->states);
	free(trail);
	errno = error;
}

/* Where a state is in the set, or is to be. */
static word *
find_slot(const Trail *trail, const word *state)
{
	uint64_t	at = state_hash(state) & (trail->slots - 1);

	while (true)
	{
		word	   *slot = trail->set + at * WORDS;

		if (slot[0] == 0)
			return slot;
		if (slot[0] == (state[0] | TAKEN) &&
			memcmp(slot + 1, state + 1, (WORDS - 1) * sizeof(word)) == 0)
			return slot;
		at = (at + 1) & (trail->slots - 1);
	}
}

/* Put the next states of the next cone into the set, as many as there is room for. */
static bool
load_piece(Trail *trail)
{
	uint64_t	left = trail->cones[trail->level + 1]->states;
	uint64_t	count = 0;

	trail->slots = 2 * LEAST;
	while (trail->slots < trail->room && trail->slots < 2 * left)
		trail->slots *= 2;
	memset(trail->set, 0, trail->slots * WORDS * sizeof(word));
	for (; !trail->target.is_over && count < trail->slots / 2; count++)
	{
		word	   *slot = find_slot(trail, trail->target.state);

		memcpy(slot, trail->target.state, WORDS * sizeof(word));
		slot[0] |= TAKEN;
		if (!cursor_next(&trail->target))
			return false;
	}
	return true;
}

/* Begin to go through the level, for another piece of the next cone. */
static bool
begin_scan(Trail *trail)
{
	if (trail->level < trail->last && !load_piece(trail))
		return false;
	trail->at = SCANNING;
	trail->part = run_new(&trail->spill->disk, -1, 0);
	return trail->part != NULL && writer_begin(&trail->writer, trail->part) &&
		cursor_begin(&trail->reading, trail->spill->levels[trail->level]);
}

/* Whether a state decides the claim, or leads to the piece of the next cone. */
static bool
is_in_cone(Trail *trail, const word *state)
{
	const Model *model = &trail->spill->model;
	uint32_t   *found = &trail->tally.found[trail->claim];
	int			count;

	*found = 0;
	if (trail->level == trail->last)
		model->judge(state, &trail->tally);
	count = model->expand(state, trail->out, &trail->tally);
	if (trail->level == trail->last)
		return *found != 0;
	for (int i = 0; i < count; i++)
		if (find_slot(trail, trail->out + i * WORDS)[0] != 0)
			return true;
	return false;
}

/* Go on through the level; what was found is a part of the cone. */
static Merged
scan(Trail *trail, double until)
{
	Run		   *part = trail->part;

	for (uint64_t seen = 1; !trail->reading.is_over; seen++)
	{
		if (is_in_cone(trail, trail->reading.state) &&
			!writer_add(&trail->writer, trail->reading.state))
			return MERGE_FAILED;
		if (!cursor_next(&trail->reading))
			return MERGE_FAILED;
		if (seen % STRIDE == 0 && monotonic_seconds() >= until)
			return MERGING;
	}
	if (!writer_end(&trail->writer) || !shelf_add(&trail->parts, part))
		return MERGE_FAILED;
	writer_free(&trail->writer);
	cursor_free(&trail->reading);
	trail->part = NULL;
	trail->at = TIDYING_PIECES;
	return MERGED;
}

/* Make one run of the parts of a cone. */
static Merged
join(Trail *trail, double until)
{
	Shelf	   *parts = &trail->parts;
	Run		  **cone = &trail->cones[trail->level];
	Merged		merged;

	if (trail->merge == NULL)
	{
		bool		begun;

		trail->merge = merge_new(parts->count, 0);
		*cone = run_new(&trail->spill->disk, trail->file, trail->end);
		begun = trail->merge != NULL && *cone != NULL;
		for (int i = 0; i < parts->count && begun; i++)
			begun = merge_add_run(trail->merge, parts->runs[i]);
		if (!begun || !merge_begin(trail->merge, *cone))
			return MERGE_FAILED;
	}
	merged = merge_run(trail->merge, until);
	if (merged != MERGED)
		return merged;
	merge_free(trail->merge);
	trail->merge = NULL;
	shelf_clear(parts);
	trail->end += (*cone)->bytes;
	return MERGED;
}

/* Go on to the level before, if there is one. */
static bool
end_cone(Trail *trail)
{
	trail->at = trail->level == 0 ? WALKING : BEGINNING;
	if (trail->level == 0)
		return true;
	trail->level--;
	cursor_free(&trail->target);
	return cursor_begin(&trail->target, trail->cones[trail->level + 1]);
}

/* The next state of the way: the first one of those in the cone; false if that fails. */
static bool
take_first(Trail *trail, const word *states, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
	{
		int			holds = run_holds(trail->cones[trail->walked], states + i * WORDS);

		if (holds < 0)
			return false;
		if (holds == 0)
			continue;
		memcpy(trail->states + trail->walked++ * WORDS, states + i * WORDS, WORDS * sizeof(word));
		break;
	}
	return true;
}

static bool
walk(Trail *trail)
{
	int			count;

	if (trail->walked == 0)
		return take_first(trail, trail->initial, trail->initials);
	count = trail->spill->model.expand(trail->states + (trail->walked - 1) * WORDS, trail->out,
									   &trail->tally);
	return take_first(trail, trail->out, count);
}

static Merged
go_on(Trail *trail, double until)
{
	Merged		merged;

	switch (trail->at)
	{
		case BEGINNING:
			return begin_scan(trail) ? MERGED : MERGE_FAILED;
		case SCANNING:
			return scan(trail, until);
		case TIDYING_PIECES:
			merged = shelf_tidy(&trail->parts, until);
			if (merged == MERGED)
				trail->at = trail->level == trail->last || trail->target.is_over ? JOINING : BEGINNING;
			return merged;
		case JOINING:
			merged = join(trail, until);
			if (merged == MERGED && !end_cone(trail))
				merged = MERGE_FAILED;
			return merged;
		case WALKING:
			return walk(trail) ? MERGED : MERGE_FAILED;
	}
	return MERGE_FAILED;
}

/* Go on until the way is found, or for so many seconds. */
PathStatus
trail_run(Trail *trail, double seconds)
{
	double		until = monotonic_seconds() + seconds;

	while (trail->walked <= trail->last)
	{
		switch (go_on(trail, until))
		{
			case MERGE_FAILED:
				trail->spill->error = errno;
				return PATH_NO_MEMORY;
			case MERGING:
				return PATH_RUNNING;
			case MERGED:
				break;
		}
		if (trail->at == WALKING && trail->cones[0]->states == 0)
			return PATH_NONE;
		if (monotonic_seconds() >= until)
			return PATH_RUNNING;
	}
	return PATH_FOUND;
}

/* Write the states of the way, the initial one first. */
void
trail_states(const Trail *trail, word *states)
{
	memcpy(states, trail->states, ((size_t) trail->last + 1) * WORDS * sizeof(word));
}
