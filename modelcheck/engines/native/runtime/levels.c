/*
 * levels.c
 *		What was found in a level of a spilled search: sorted, merged, and made the next level.
 */
#include "inside.h"

#include <errno.h>
#include <stdlib.h>

#include "spill.h"

#define PIECE_STATES ((uint64_t) 1 << 17)

/* The states that one worker found, as pieces to be sorted. */
void
cut_pieces(Spill *spill, word *states, uint64_t count)
{
	uint64_t	size = count / PIECES + 1;

	size = size < PIECE_STATES ? PIECE_STATES : size;
	for (uint64_t at = 0; at < count; at += size)
	{
		Piece	   *piece = &spill->pieces[spill->count_pieces++];

		piece->states = states + at * WORDS;
		piece->count = count - at < size ? count - at : size;
	}
}

/* Go on to sort what was found: all of a level, or a part of it. */
void
begin_sorting(Spill *spill, bool is_part)
{
	spill->is_part = is_part;
	spill->count_pieces = 0;
	spill->next_piece = 0;
	for (int i = 0; i < spill->search->threads; i++)
	{
		Frontier   *found = &spill->search->workers[i].found;

		cut_pieces(spill, found->states, found->count);
	}
	spill->phase = SORTING;
}

static void
sort_some(void *argument, int member)
{
	Spill	   *spill = argument;
	int			piece;

	(void) member;
	do
	{
		piece = __atomic_fetch_add(&spill->next_piece, 1, __ATOMIC_RELAXED);
		if (piece >= spill->count_pieces)
			return;
		if (!states_sort(spill->pieces[piece].states, spill->pieces[piece].count))
			__atomic_store_n(&spill->failed, true, __ATOMIC_RELAXED);
	} while (monotonic_seconds() < spill->search->until);
}

/* Sort the pieces, each thread one after the other. */
Done
sort_pieces(Spill *spill)
{
	crew_run(spill->search->crew, sort_some, spill);
	if (spill->failed)
	{
		errno = ENOMEM;
		return FAILED;
	}
	if (spill->next_piece < spill->count_pieces)
		return LATER;
	spill->phase = spill->is_part ? MERGING_PART : TIDYING;
	return DONE;
}

/* Begin to merge what was found into a run, without known states where that is a whole level. */
static bool
begin_merging(Spill *spill)
{
	bool		is_level = spill->phase == MERGING_LEVEL;
	int			parts = is_level ? spill->parts.count : 0;
	int			knowns = is_level && !spill->has_all ? spill->known.count : 0;
	bool		begun;

	spill->merged = run_new(&spill->disk, is_level ? spill->file : -1, spill->end);
	spill->merge = merge_new(spill->count_pieces + parts, knowns);
	begun = spill->merge != NULL && spill->merged != NULL;
	for (int i = 0; i < spill->count_pieces && begun; i++)
		begun = merge_add_states(spill->merge, spill->pieces[i].states, spill->pieces[i].count);
	for (int i = 0; i < parts && begun; i++)
		begun = merge_add_run(spill->merge, spill->parts.runs[i]);
	for (int i = 0; i < knowns && begun; i++)
		begun = merge_leave_out(spill->merge, spill->known.runs[i]);
	return begun && merge_begin(spill->merge, spill->merged);
}

Done
merge_pieces(Spill *spill)
{
	Merged		merged;

	if (spill->merge == NULL && !begin_merging(spill))
		return FAILED;
	merged = merge_run(spill->merge, spill->search->until);
	if (merged != MERGED)
		return merged == MERGING ? LATER : FAILED;
	merge_free(spill->merge);
	spill->merge = NULL;
	for (int i = 0; i < spill->search->threads; i++)
		spill->search->workers[i].found.count = 0;
	spill->count_pieces = 0;
	return DONE;
}

/* What was merged is the next level, or the first one. */
bool
add_level(Spill *spill)
{
	Run		   *run = spill->merged;

	if (spill->count == spill->room)
	{
		uint32_t	room = 2 * spill->room + 64;
		Run		  **levels = realloc(spill->levels, room * sizeof *levels);

		if (levels == NULL)
			return false;
		spill->levels = levels;
		spill->room = room;
	}
	spill->merged = NULL;
	spill->levels[spill->count++] = run;
	spill->end += run->bytes;
	spill->states += run->states;
	spill->fed = 0;
	shelf_clear(&spill->parts);
	cursor_free(&spill->reading);
	spill->phase = AT_BOUNDARY;
	return shelf_add(&spill->known, run) && cursor_begin(&spill->reading, run);
}

/* What was merged is expanded next. */
bool
begin_level(Spill *spill)
{
	Search	   *search = spill->search;

	if (!add_level(spill))
		return false;
	search->recent[0] = search->recent[1];
	search->recent[1] = spill->levels[search->level]->states;
	search->level++;
	if (spill->levels[search->level]->states > 0)
		search->depth = search->level;
	return true;
}

/* What was merged is a part of the level that is found. */
bool
add_part(Spill *spill)
{
	Run		   *run = spill->merged;
	bool		is_empty;

	spill->merged = NULL;
	spill->phase = TIDYING_PARTS;
	if (run->states > 0 && shelf_add(&spill->parts, run))
		return true;
	is_empty = run->states == 0;
	run_free(run);
	return is_empty;
}
