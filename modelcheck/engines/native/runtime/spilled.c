/*
 * spilled.c
 *		What a spilled search has seen: how far it is, and the states themselves.
 */
#include "inside.h"

#include <errno.h>

#include "spill.h"

/*
 * As search_progress.  States are those of levels that are complete; what was found since is as many
 * as they are at most, as some of them may be known.
 */
void
spill_progress(const Spill *spill, Progress *progress)
{
	const Search *search = spill->search;
	uint64_t	level = spill->levels[search->level]->states;

	search_progress(search, progress);
	for (int i = 0; i < spill->parts.count; i++)
		progress->found += spill->parts.runs[i]->states;
	progress->states = spill->states;
	progress->recent[2] = level;
	progress->frontier = progress->found + level - spill->fed +
		(search->next < search->total ? search->total - search->next : 0);
}

/* How many bytes are in files. */
uint64_t
spill_bytes(const Spill *spill)
{
	return spill->disk.bytes;
}

/* Why something failed since this was asked, as errno has it; zero if nothing did. */
int
spill_error(Spill *spill)
{
	int			error = spill->error;

	spill->error = 0;
	return error;
}

/*
 * Write the states of all complete levels, at most as many as there is room for at a time.  How
 * many they are; zero when all were written, whereupon it begins anew, or where they cannot be read.
 */
uint64_t
spill_copy(Spill *spill, word *states, uint64_t room)
{
	uint64_t	count = 0;

	while (count < room)
	{
		Cursor	   *cursor = &spill->copying;
		bool		goes_on = true;

		if (cursor->bytes != NULL && !cursor->is_over)
		{
			memcpy(states + count++ * WORDS, cursor->state, WORDS * sizeof(word));
			goes_on = cursor_next(cursor);
		}
		else
		{
			cursor_free(cursor);
			if (spill->copied == spill->count)
				break;
			goes_on = cursor_begin(cursor, spill->levels[spill->copied++]);
		}
		if (!goes_on)
		{
			spill->error = errno;
			return 0;
		}
	}
	if (count == 0)
		spill->copied = 0;
	return count;
}
