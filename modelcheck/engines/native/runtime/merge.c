/*
 * merge.c
 *		Sorting states in memory, and merging sorted ones.
 *
 * The runs whose states are left out are not merged: each is read as far as it may hold the state
 * that is looked for.  So where few states are merged, few blocks of the runs are read.
 */
#include "merge.h"

#include <stdlib.h>

#include "search.h"

#define STRIDE		4096		/* states between two looks at the clock */

/* Put the states in the order of one byte of one of their words; false if they are in it. */
static bool
sort_by(const word *states, word *into, uint64_t count, int at, int shift)
{
	uint64_t	ends[256] = {0};

	for (uint64_t i = 0; i < count; i++)
		ends[states[i * WORDS + at] >> shift & 0xff]++;
	if (ends[states[at] >> shift & 0xff] == count)
		return false;
	for (int i = 1; i < 256; i++)
		ends[i] += ends[i - 1];
	for (uint64_t i = count; i-- > 0;)
	{
		const word *state = states + i * WORDS;

		memcpy(into + --ends[state[at] >> shift & 0xff] * WORDS, state, WORDS * sizeof(word));
	}
	return true;
}

/* Sort states, from the last byte to the first; false if there is no memory. */
bool
states_sort(word *states, uint64_t count)
{
	word	   *from = states;
	word	   *into = malloc((count + 1) * WORDS * sizeof(word));
	word	   *spare = into;

	if (into == NULL)
		return false;
	for (int at = WORDS - 1; at >= 0 && count > 0; at--)
		for (int shift = 0; shift < 64; shift += 8)
			if (sort_by(from, into, count, at, shift))
			{
				word	   *sorted = into;

				into = from;
				from = sorted;
			}
	if (from != states)
		memcpy(states, from, count * WORDS * sizeof(word));
	free(spare);
	return true;
}

/* A merge of at most so many sources, without the states of at most so many runs. */
Merge *
merge_new(int sources, int knowns)
{
	Merge	   *merge = calloc(1, sizeof *merge);

	if (merge == NULL)
		return NULL;
	merge->sources = calloc((size_t) sources + 1, sizeof *merge->sources);
	merge->heap = calloc((size_t) sources + 1, sizeof *merge->heap);
	merge->known = calloc((size_t) knowns + 1, sizeof *merge->known);
	if (merge->sources == NULL || merge->heap == NULL || merge->known == NULL)
	{
		merge_free(merge);
		return NULL;
	}
	return merge;
}

void
merge_free(Merge *merge)
{
	if (merge == NULL)
		return;
	for (int i = 0; i < merge->count; i++)
		cursor_free(&merge->sources[i]);
	for (int i = 0; i < merge->knowns; i++)
		cursor_free(&merge->known[i]);
	writer_free(&merge->writer);
	free(merge->sources);
	free(merge->heap);
	free(merge->known);
	free(merge);
}

bool
merge_add_run(Merge *merge, const Run *run)
{
	return cursor_begin(&merge->sources[merge->count++], run);
}

/* The states are sorted. */
bool
merge_add_states(Merge *merge, const word *states, uint64_t count)
{
	Cursor	   *cursor = &merge->sources[merge->count++];

	cursor->next = states;
	cursor->end = states + count * WORDS;
	return cursor_next(cursor);
}

bool
merge_leave_out(Merge *merge, const Run *run)
{
	return cursor_begin(&merge->known[merge->knowns++], run);
}

/* Let the source at a place of the heap sink to where it belongs. */
static void
sink(Merge *merge, int place)
{
	int			source = merge->heap[place];
	const word *state = merge->sources[source].state;

	for (int child = 2 * place + 1; child < merge->left; child = 2 * place + 1)
	{
		const word *least = merge->sources[merge->heap[child]].state;

		if (child + 1 < merge->left &&
			state_compare(merge->sources[merge->heap[child + 1]].state, least) < 0)
			least = merge->sources[merge->heap[++child]].state;
		if (state_compare(state, least) <= 0)
			break;
		merge->heap[place] = merge->heap[child];
		place = child;
	}
	merge->heap[place] = source;
}

/* All sources are there: what is merged goes to that run. */
bool
merge_begin(Merge *merge, Run *into)
{
	for (int i = 0; i < merge->count; i++)
		if (!merge->sources[i].is_over)
			merge->heap[merge->left++] = i;
	for (int place = merge->left / 2 - 1; place >= 0; place--)
		sink(merge, place);
	return writer_begin(&merge->writer, into);
}

/* Whether a state is in a run that is left out; negative if that cannot be read. */
static int
is_known(Merge *merge, const word *state)
{
	for (int i = 0; i < merge->knowns; i++)
	{
		Cursor	   *known = &merge->known[i];

		if (known->is_over)
			continue;
		if (state_compare(known->state, state) < 0 && !cursor_skip(known, state))
			return -1;
		if (!known->is_over && state_compare(known->state, state) == 0)
			return 1;
	}
	return 0;
}

/* Take the smallest state; false if something cannot be read or written. */
static bool
take_least(Merge *merge)
{
	Cursor	   *least = &merge->sources[merge->heap[0]];
	int			known = merge->has_last && state_compare(least->state, merge->last) == 0;

	if (!known)
	{
		memcpy(merge->last, least->state, sizeof merge->last);
		merge->has_last = true;
		known = is_known(merge, merge->last);
	}
	if (known < 0 || (known == 0 && !writer_add(&merge->writer, merge->last)))
		return false;
	if (!cursor_next(least))
		return false;
	if (least->is_over)
		merge->heap[0] = merge->heap[--merge->left];
	if (merge->left > 0)
		sink(merge, 0);
	return true;
}

/* Go on until everything is merged, or the time is over. */
Merged
merge_run(Merge *merge, double until)
{
	for (uint64_t taken = 1; merge->left > 0; taken++)
	{
		if (!take_least(merge))
			return MERGE_FAILED;
		if (taken % STRIDE == 0 && monotonic_seconds() >= until)
			return MERGING;
	}
	return writer_end(&merge->writer) ? MERGED : MERGE_FAILED;
}
