/*
 * runs.h
 *		Sorted states in files: each a few bytes, the difference from the one before.
 *
 * A run is written once, in ascending order, and read from the beginning to the end or from any
 * block on.  Where its blocks begin is kept in memory, so that those without a state that is looked
 * for need not be read.  Files have no name: whatever ends the process, nothing is left of them.
 *
 * Whatever fails leaves its reason in errno.
 */
#ifndef MODELCHECK_RUNS_H
#define MODELCHECK_RUNS_H

#include <stddef.h>

#include "model.h"

/* Where the files are, and how much is in them. */
typedef struct Disk
{
	char	   *folder;
	uint64_t	bytes;
} Disk;

typedef struct Block
{
	word		first[WORDS];	/* its first state; the others follow in the file */
	uint64_t	offset;
	uint32_t	bytes;
	uint32_t	states;
} Block;

typedef struct Run
{
	Disk	   *disk;
	int			file;
	bool		is_shared;		/* the file is that of many runs */
	Block	   *blocks;
	uint64_t	count;			/* of blocks */
	uint64_t	room;
	uint64_t	states;
	uint64_t	bytes;
	int			tier;			/* how often its states were merged; see shelf.c */
} Run;

/* What writes a run. */
typedef struct Writer
{
	Run		   *run;
	unsigned char *bytes;		/* of the last block */
	uint32_t	used;
	word		last[WORDS];
} Writer;

/* Where somebody reads a run, or sorted states in memory. */
typedef struct Cursor
{
	word		state[WORDS];	/* the one it stands at */
	bool		is_over;		/* it stands behind the last one */
	const Run  *run;			/* NULL: in memory */
	const word *next;			/* there: what is not read */
	const word *end;
	uint64_t	block;			/* in a run: the next one to be read */
	uint32_t	left;			/* states of the block that are not read */
	unsigned char *bytes;
	const unsigned char *at;
} Cursor;

extern int	disk_file(const Disk *disk);

extern Run *run_new(Disk *disk, int file, uint64_t offset);
extern void run_free(Run *run);
extern int	run_holds(const Run *run, const word *state);

extern bool writer_begin(Writer *writer, Run *run);
extern bool writer_add(Writer *writer, const word *state);
extern bool writer_end(Writer *writer);
extern void writer_free(Writer *writer);

extern bool cursor_begin(Cursor *cursor, const Run *run);
extern void cursor_free(Cursor *cursor);
extern bool cursor_refill(Cursor *cursor);
extern bool cursor_skip(Cursor *cursor, const word *state);

/* Negative, zero or positive: the order of states in a run. */
static inline int
state_compare(const word *one, const word *other)
{
	for (int i = 0; i < WORDS; i++)
		if (one[i] != other[i])
			return one[i] < other[i] ? -1 : 1;
	return 0;
}

static inline word
number_read(const unsigned char **at)
{
	word		number = 0;
	int			shift = 0;

	for (; **at >= 0x80; (*at)++, shift += 7)
		number |= (word) (**at & 0x7f) << shift;
	return number | (word) *(*at)++ << shift;
}

/* Go one state further; false where that fails, which the end is not. */
static inline bool
cursor_next(Cursor *cursor)
{
	int			first = 0;

	if (cursor->run == NULL)
	{
		cursor->is_over = cursor->next == cursor->end;
		if (!cursor->is_over)
			memcpy(cursor->state, cursor->next, sizeof cursor->state);
		cursor->next += cursor->is_over ? 0 : WORDS;
		return true;
	}
	if (cursor->left == 0)
		return cursor_refill(cursor);
	cursor->left--;
	if (WORDS > 1)
		first = *cursor->at++;
	cursor->state[first] += number_read(&cursor->at);
	for (int i = first + 1; i < WORDS; i++)
		cursor->state[i] = number_read(&cursor->at);
	return true;
}

#endif							/* MODELCHECK_RUNS_H */
