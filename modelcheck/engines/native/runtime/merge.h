/*
 * merge.h
 *		Sorted states from many places made one run, each state once, without those that are known.
 */
#ifndef MODELCHECK_MERGE_H
#define MODELCHECK_MERGE_H

#include "runs.h"

typedef struct Merge
{
	Cursor	   *sources;
	int			count;			/* of them */
	int		   *heap;			/* of those that are not over; the one with the smallest state first */
	int			left;			/* in the heap */
	Cursor	   *known;			/* runs whose states are left out */
	int			knowns;
	Writer		writer;
	word		last[WORDS];	/* the state that was taken last */
	bool		has_last;
} Merge;

typedef enum Merged
{
	MERGED,
	MERGING,					/* the time given is over */
	MERGE_FAILED				/* errno tells why */
} Merged;

extern Merge *merge_new(int sources, int knowns);
extern void merge_free(Merge *merge);
extern bool merge_add_run(Merge *merge, const Run *run);
extern bool merge_add_states(Merge *merge, const word *states, uint64_t count);
extern bool merge_leave_out(Merge *merge, const Run *run);
extern bool merge_begin(Merge *merge, Run *into);
extern Merged merge_run(Merge *merge, double until);

extern bool states_sort(word *states, uint64_t count);

#endif							/* MODELCHECK_MERGE_H */
