/*
 * spill.c
 *		Breadth-first search beyond memory: levels are sorted runs on disk.
 *
 * The table holds what was found lately.  What is not in it may be known nevertheless: that is seen
 * when the level is done (delayed duplicate detection: Stern and Dill 1998, Korf 2003), where what
 * was found is sorted, and merged into the next level without the states of all levels before.
 * Where the table or the frontier is full before that, what was found is written down as a part of
 * the level, and the table begins anew.  Stern and Dill read all that is known at each level; here
 * only the blocks that may hold what was found are (TLC's index of its file, in DiskFPSet).
 *
 * As levels are the same as without all this, so are counts, claims and traces.  A state that was
 * found once more is judged once more, which tells nothing new: its claims were noted at its level.
 */
#include "inside.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "spill.h"

#define CHUNK		((uint64_t) 1 << 18)	/* states that are read to be expanded together */

static uint64_t
smaller(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

/* How many states are read at a time. */
static uint64_t
chunk_states(uint64_t kept)
{
	return smaller(kept / 8 + 8, CHUNK);
}

/* How many bytes a table takes that so many states may be in. */
static uint64_t
table_bytes(uint64_t kept)
{
	return table_size(kept / 3 * 4);
}

/* How many bytes are in use where so many states are kept, and all of them are of one level. */
static uint64_t
bytes_with(uint64_t kept)
{
	uint64_t	found = kept + kept / 8 + kept / PIECES + chunk_states(kept);

	return table_bytes(kept) + found * WORDS * sizeof(word);
}

static uint64_t
states_kept(uint64_t memory)
{
	uint64_t	kept = LEAST;

	while (bytes_with(kept + kept / 16) <= memory)
		kept += kept / 16;
	return kept;
}

/* A search that goes on in a folder where it would take more memory; NULL if there is none. */
Spill *
spill_new(Search *search, const char *folder, uint64_t memory)
{
	Spill	   *spill = calloc(1, sizeof *spill);

	if (spill == NULL)
		return NULL;
	spill->file = -1;
	spill->model = search->model;
	spill->search = search;
	spill->memory = memory;
	spill->kept = states_kept(memory);
	spill->has_all = true;
	spill->known.disk = spill->parts.disk = &spill->disk;
	spill->pieces = calloc((size_t) (PIECES + 1) * (size_t) search->threads, sizeof *spill->pieces);
	spill->disk.folder = strdup(folder);
	if (spill->pieces != NULL && spill->disk.folder != NULL)
		return spill;
	spill_free(spill);
	return NULL;
}

/* The search is given back; what it found can still be read. */
void
spill_release(Spill *spill)
{
	spill->search = NULL;
}

void
spill_free(Spill *spill)
{
	int			error = errno;

	merge_free(spill->merge);
	run_free(spill->merged);
	shelf_free(&spill->known);
	shelf_free(&spill->parts);
	for (uint32_t level = 0; level < spill->count; level++)
		run_free(spill->levels[level]);
	cursor_free(&spill->reading);
	cursor_free(&spill->copying);
	if (spill->file >= 0)
		close(spill->file);
	free(spill->levels);
	free(spill->pieces);
	free(spill->disk.folder);
	free(spill);
	errno = error;
}

static void
set_limit(Spill *spill)
{
	spill->search->limit = smaller(table_limit(&spill->search->table), spill->kept);
}

/* What was found is on disk: forget the table. */
static bool
empty(Spill *spill)
{
	Search	   *search = spill->search;
	uint64_t	capacity = search->table.capacity;

	table_free(&search->table);
	search->states = 0;
	spill->has_all = false;
	if (!table_new(&search->table, capacity))
		return false;
	set_limit(spill);
	return true;
}

/* Write the initial states down, which the search has; false if that fails. */
bool
spill_begin(Spill *spill)
{
	Search	   *search = spill->search;
	bool		begun;

	search->max_states = UINT64_MAX;
	search->max_bytes = UINT64_MAX;
	search->until = INFINITY;
	set_limit(spill);
	cut_pieces(spill, search->current[0].states, search->total);
	begun = sort_pieces(spill) == DONE;
	spill->phase = MERGING_LEVEL;
	spill->file = begun ? disk_file(&spill->disk) : -1;
	begun = spill->file >= 0 && merge_pieces(spill) == DONE && add_level(spill);
	spill->error = begun ? 0 : errno;
	search->current[0].count = 0;
	search->total = 0;
	return begun;
}

/* Read states that are to be expanded next: none at the end of the level. */
static bool
feed(Spill *spill)
{
	Search	   *search = spill->search;
	Frontier   *frontier = &search->current[0];
	uint64_t	most = chunk_states(spill->kept);

	frontier_empty(search, frontier);
	if (!frontier_reserve(search, frontier, most))
		return false;
	for (; frontier->count < most && !spill->reading.is_over; frontier->count++)
	{
		word	   *state = frontier->states + frontier->count * WORDS;

		memcpy(state, spill->reading.state, WORDS * sizeof(word));
		if (!cursor_next(&spill->reading))
			return false;
	}
	search->total = frontier->count;
	search->next = 0;
	search->looked = 0;
	spill->fed += frontier->count;
	return true;
}

/* Give the table room, as long as it may grow; false where that fails. */
static bool
make_room(Spill *spill, double until, bool *is_later)
{
	Search	   *search = spill->search;
	uint64_t	others = 2 * search->frontier_bytes + table_kept(&search->table);
	Grown		grown;

	*is_later = false;
	if (!is_growing(&search->growth) &&
		(search->states < search->limit || search->states >= spill->kept))
		return true;
	search->max_bytes = others + table_bytes(spill->kept);
	grown = search_grow(search, until);
	search->max_bytes = UINT64_MAX;
	search->is_bound = false;
	if (grown == GROWN)
		set_limit(spill);
	*is_later = grown == GROWING;
	return !search->growth.crowded;
}

/* Expand the level until that is done, the time is over or the memory used up. */
static Done
expand(Spill *spill, double until)
{
	Search	   *search = spill->search;

	while (true)
	{
		bool		is_later;

		if (!make_room(spill, until, &is_later))
			return FAILED;
		if (is_later)
			return LATER;
		if (search->next >= search->total && !feed(spill))
			return FAILED;
		if (search->total == 0 || search->states >= search->limit)
		{
			begin_sorting(spill, search->total > 0);
			return DONE;
		}
		run_level(search);
		if (has_failed(search))
		{
			errno = ENOMEM;
			return FAILED;
		}
		if (monotonic_seconds() >= until)
			return LATER;
	}
}

static Done
done(Merged merged)
{
	switch (merged)
	{
		case MERGED:
			return DONE;
		case MERGING:
			return LATER;
		case MERGE_FAILED:
			break;
	}
	return FAILED;
}

/* Do the next thing within a level. */
static Done
go_on(Spill *spill, double until)
{
	Done		outcome = DONE;

	switch (spill->phase)
	{
		case AT_BOUNDARY:
			spill->phase = EXPANDING;
			break;
		case EXPANDING:
			outcome = expand(spill, until);
			break;
		case SORTING:
			outcome = sort_pieces(spill);
			break;
		case TIDYING:
			outcome = spill->has_all ? DONE : done(shelf_tidy(&spill->known, until));
			if (outcome == DONE)
				spill->phase = MERGING_LEVEL;
			break;
		case MERGING_LEVEL:
			outcome = merge_pieces(spill);
			if (outcome == DONE && !begin_level(spill))
				outcome = FAILED;
			break;
		case MERGING_PART:
			outcome = merge_pieces(spill);
			if (outcome == DONE && !(add_part(spill) && empty(spill)))
				outcome = FAILED;
			break;
		case TIDYING_PARTS:
			outcome = done(shelf_tidy(&spill->parts, until));
			if (outcome == DONE)
				spill->phase = EXPANDING;
			break;
	}
	return outcome;
}

/* Whether the search ends at the beginning of a level, and why. */
static bool
is_over(const Spill *spill, uint64_t max_states, uint32_t max_depth, const uint8_t *wanted,
		Status *status)
{
	const Search *search = spill->search;

	if (spill->levels[search->level]->states == 0)
		*status = SEARCH_COMPLETE;
	else if (is_found(search, wanted))
		*status = SEARCH_LEVEL;
	else if (max_depth != 0 && search->level + 1 >= max_depth)
		*status = SEARCH_DEPTH;
	else if (max_states != 0 && spill->states > max_states)
		*status = SEARCH_FULL;
	else
		return false;
	return true;
}

/* As search_run; whether there are too many states is seen at the end of a level. */
Status
spill_run(Spill *spill, double seconds, uint64_t max_states, uint32_t max_depth,
		  const uint8_t *wanted)
{
	double		until = monotonic_seconds() + seconds;
	Status		status;

	spill->search->until = until;
	while (spill->phase != AT_BOUNDARY || !is_over(spill, max_states, max_depth, wanted, &status))
	{
		switch (go_on(spill, until))
		{
			case DONE:
				if (monotonic_seconds() < until)
					break;
				return SEARCH_RUNNING;
			case LATER:
				return SEARCH_RUNNING;
			case FAILED:
				spill->error = errno;
				return errno == ENOMEM ? SEARCH_NO_MEMORY : SEARCH_NO_DISK;
		}
	}
	return status;
}

/* As search_look_ahead, of the level that would be expanded next. */
bool
spill_look_ahead(Spill *spill, double seconds, bool *ahead, uint32_t *found)
{
	Search	   *search = spill->search;
	double		until = monotonic_seconds() + seconds;

	while (true)
	{
		if (search->looked == search->total && !feed(spill))
		{
			spill->error = errno;
			return true;
		}
		if (search->total == 0)
			return true;
		if (!search_look_ahead(search, until - monotonic_seconds(), ahead, found))
			return false;
	}
}
