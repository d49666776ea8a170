/*
 * lines.h
 *		Lines of the cache that hold slots of any width, as many as fit.
 *
 * A line is eight words: its lock, how many slots are filled, and the slots, in the order in which
 * they were filled.  Included by compact.h.
 */
#ifndef MODELCHECK_LINES_H
#define MODELCHECK_LINES_H

#include <sched.h>

#include "model.h"

#define LINE_WORDS	8
#define LINE_BYTES	((int) (LINE_WORDS * sizeof(word)))
#define LOCKED		((word) 1 << 7)	/* in the first word, below the slots */
#define HEAD_BITS	8

static inline int
slots_in_line(int width)
{
	return (8 * LINE_BYTES - HEAD_BITS) / width;
}

/* A slot is read eight bytes at once, some of which may be behind the line. */
static inline word
slot_read(const word *line, int width, int number)
{
	unsigned	at = HEAD_BITS + (unsigned) number * (unsigned) width;
	word		held;

	memcpy(&held, (const char *) line + at / 8, sizeof held);
	return held >> at % 8 & low_bits(width);
}

/* Write a slot that is clear. */
static inline void
slot_write(word *line, int width, int number, word slot)
{
	int			at = HEAD_BITS + number * width;
	int			shift = at % 64;

	line[at / 64] |= slot << shift;
	if (shift + width > 64)
		line[at / 64 + 1] |= slot >> (64 - shift);
}

/* A line as somebody reads it and may add to it, while others may not. */
typedef struct Line
{
	word	   *place;
	word		words[LINE_WORDS + 1];	/* the last one is never looked at */
	bool		is_changed;
} Line;

static inline int
line_filled(const Line *line)
{
	return (int) (line->words[0] & (LOCKED - 1));
}

/* Lock a line and read it.  Whoever waits for it does nothing to its first word but set LOCKED. */
static inline void
line_open(Line *line, word *place, bool alone)
{
	line->place = place;
	line->is_changed = false;
	line->words[LINE_WORDS] = 0;
	line->words[0] = alone ? *place : __atomic_fetch_or(place, LOCKED, __ATOMIC_ACQUIRE);
	while ((line->words[0] & LOCKED) != 0)
	{
		sched_yield();
		line->words[0] = __atomic_fetch_or(place, LOCKED, __ATOMIC_ACQUIRE);
	}
	memcpy(line->words + 1, place + 1, (LINE_WORDS - 1) * sizeof(word));
}

/* Write what was added, and unlock the line. */
static inline void
line_close(const Line *line, bool alone)
{
	if (line->is_changed)
		memcpy(line->place + 1, line->words + 1, (LINE_WORDS - 1) * sizeof(word));
	if (line->is_changed || !alone)
		__atomic_store_n(line->place, line->words[0], __ATOMIC_RELEASE);
}

static inline bool
line_holds(const Line *line, int width, word slot)
{
	int			filled = line_filled(line);

	for (int at = 0; at < filled; at++)
		if (slot_read(line->words, width, at) == slot)
			return true;
	return false;
}

/* Add a slot to a line that has room. */
static inline void
line_add(Line *line, int width, word slot)
{
	slot_write(line->words, width, line_filled(line), slot);
	line->words[0]++;
	line->is_changed = true;
}

#endif							/* MODELCHECK_LINES_H */
