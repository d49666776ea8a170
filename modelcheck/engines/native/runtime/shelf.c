/*
 * shelf.c
 *		Runs in tiers: so many of one tier are merged into one of the next.
 *
 * So of n runs some log(n) are left, and each state was merged as often.  A run whose file is
 * shared belongs to somebody else, who keeps it.
 */
#include "shelf.h"

#include <stdlib.h>

#define TOGETHER	8			/* so many runs are merged into one */

static void
put_away(Run *run)
{
	if (!run->is_shared)
		run_free(run);
}

/* Take all runs off. */
void
shelf_clear(Shelf *shelf)
{
	merge_free(shelf->merge);
	run_free(shelf->merged);
	for (int i = 0; i < shelf->count; i++)
		put_away(shelf->runs[i]);
	shelf->merge = NULL;
	shelf->merged = NULL;
	shelf->count = 0;
}

void
shelf_free(Shelf *shelf)
{
	shelf_clear(shelf);
	free(shelf->runs);
	shelf->runs = NULL;
}

/* Put a run beside the others; false if there is no memory. */
bool
shelf_add(Shelf *shelf, Run *run)
{
	if (shelf->count == shelf->room)
	{
		int			room = 2 * shelf->room + TOGETHER;
		Run		  **runs = realloc(shelf->runs, (size_t) room * sizeof *runs);

		if (runs == NULL)
			return false;
		shelf->runs = runs;
		shelf->room = room;
	}
	shelf->runs[shelf->count++] = run;
	return true;
}

/* The first of the runs that are to be merged; negative if none are. */
static int
find_crowd(const Shelf *shelf)
{
	for (int first = 0; first + TOGETHER <= shelf->count; first++)
		if (shelf->runs[first]->tier == shelf->runs[first + TOGETHER - 1]->tier)
			return first;
	return -1;
}

/* Begin to merge runs from the first one on. */
static bool
begin(Shelf *shelf, int first)
{
	bool		begun;

	shelf->first = first;
	shelf->merge = merge_new(TOGETHER, 0);
	shelf->merged = run_new(shelf->disk, -1, 0);
	begun = shelf->merge != NULL && shelf->merged != NULL;
	for (int i = 0; i < TOGETHER && begun; i++)
		begun = merge_add_run(shelf->merge, shelf->runs[first + i]);
	return begun && merge_begin(shelf->merge, shelf->merged);
}

/* Go on to merge; what was merged takes the place of what it was made of. */
static Merged
go_on(Shelf *shelf, double until)
{
	Run		  **runs = &shelf->runs[shelf->first];
	int			behind = shelf->count - shelf->first - TOGETHER;
	Merged		merged = merge_run(shelf->merge, until);

	if (merged != MERGED)
		return merged;
	shelf->merged->tier = runs[0]->tier + 1;
	for (int i = 0; i < TOGETHER; i++)
		put_away(runs[i]);
	runs[0] = shelf->merged;
	memmove(runs + 1, runs + TOGETHER, (size_t) behind * sizeof *runs);
	shelf->count -= TOGETHER - 1;
	merge_free(shelf->merge);
	shelf->merge = NULL;
	shelf->merged = NULL;
	return MERGED;
}

/* Merge until there are few runs, or the time is over. */
Merged
shelf_tidy(Shelf *shelf, double until)
{
	Merged		merged = MERGED;

	while (merged == MERGED)
	{
		int			first = find_crowd(shelf);

		if (shelf->merge == NULL && first < 0)
			return MERGED;
		if (shelf->merge == NULL && !begin(shelf, first))
			return MERGE_FAILED;
		merged = go_on(shelf, until);
	}
	return merged;
}
