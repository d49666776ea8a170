/*
 * local.h
 *		What the steps at one place do, remembered by the few bits of the state that decide it.
 *
 * Bits that a step does not read can change nothing about it: each is kept, or becomes what it
 * becomes whatever it was.  So the code of the step is run on two states that differ in all of
 * them, when the bits that it reads are seen for the first time: where its successors differ, a bit
 * is kept.  From then on a look-up gives them without a branch.  Violations are never remembered.
 */
#ifndef MODELCHECK_LOCAL_H
#define MODELCHECK_LOCAL_H

#include <stdlib.h>

#include "model.h"

#define STATE_BITS	(~(word) 0 >> 2)	/* of the first word: the search marks the others */

#define UNIT		4			/* words; entries begin at multiples of it */
#define UNITS		65536
#define COMPARED	4096		/* units in which an entry is looked for before it is made */
#define UNROLLED	4			/* so many successors are written without asking */
#define MOST		64			/* successors that are remembered */

#define UNKNOWN		0			/* the unit that is found where nothing is remembered yet */
#define FORGOTTEN	1			/* the one where the code is to be run each time */
#define RUN_CODE	((word) 1 << 63)	/* in place of a number of successors: run the code */

typedef int (*Steps) (const word *state, word *out, int count, Tally *tally);

/* The bits of a state that something reads. */
typedef struct Reads
{
	word		bits[WORDS];
	uint8_t		width[WORDS];	/* how many they are */
	uint32_t	first;			/* where, in memory, their values begin */
} Reads;

typedef struct Site
{
	Steps		steps;			/* NULL if nothing can be done here */
	Reads		reads;
	bool		is_remembered;
	int32_t		number;			/* of the step, in the tally */
	int32_t		most;			/* successors */
} Site;

/* What a look-up needs, read once for all sites of a state: writing successors might change it. */
typedef struct Hand
{
	const uint16_t *index;		/* NULL: nothing is remembered */
	const word *pool;
	uint64_t   *taken;
} Hand;

/* A part of a property. */
typedef struct Question
{
	int			(*holds) (const word *state);
	Reads		reads;
} Question;

/* An entry of the pool: the number of successors, and for each what is kept and what is set. */
struct Local
{
	uint16_t   *index;			/* by site and by the bits that it reads: a unit of the pool */
	word	   *pool;
	uint32_t	used;			/* units */
	uint8_t    *answers;		/* by question: two bits, the higher if the lower is known */
	word	   *out;
	Tally		tally;			/* of steps that are not taken */
};

static inline void
local_free(Local *local)
{
	if (local == NULL)
		return;
	free(local->index);
	free(local->pool);
	free(local->answers);
	free(local->out);
	free(local->tally.taken);
	free(local->tally.found);
	free(local);
}

/* A memory with such an index and so many answers; NULL if there is no room. */
static inline Local *
local_new(uint32_t index, uint32_t answers, int32_t steps, int32_t claims, int32_t fan_out)
{
	Local	   *local = calloc(1, sizeof *local);

	if (local == NULL)
		return NULL;
	local->index = calloc((size_t) index + 1, sizeof(uint16_t));
	local->pool = calloc((size_t) UNITS * UNIT, sizeof(word));
	local->answers = calloc((size_t) answers / 4 + 1, 1);
	local->out = malloc(((size_t) fan_out + 1) * 3 * WORDS * sizeof(word));
	local->tally.taken = calloc((size_t) steps + 1, sizeof(uint64_t));
	local->tally.found = calloc((size_t) claims + 1, sizeof(uint32_t));
	if (local->index == NULL || local->pool == NULL || local->answers == NULL ||
		local->out == NULL || local->tally.taken == NULL || local->tally.found == NULL)
	{
		local_free(local);
		return NULL;
	}
	local->used = FORGOTTEN + 1;
	local->pool[UNKNOWN * UNIT] = local->pool[FORGOTTEN * UNIT] = RUN_CODE;
	return local;
}

static inline Hand
local_hand(const Tally *tally)
{
	const Local *local = tally->local;

	return (Hand) {local == NULL ? NULL : local->index, local == NULL ? NULL : local->pool, tally->taken};
}

/* The bits of a word at the places of a mask, moved together. */
static inline word
gather_bits(word from, word mask)
{
#ifdef __BMI2__
	return __builtin_ia32_pext_di(from, mask);
#else
	word		gathered = 0;

	for (int at = 0; mask != 0; at++, mask &= mask - 1)
		gathered |= (word) ((from & mask & (0 - mask)) != 0) << at;
	return gathered;
#endif
}

static inline size_t
local_place(const Reads *reads, const word *s)
{
	word		place = gather_bits(s[0], reads->bits[0]);

	for (int i = 1; i < WORDS; i++)
		place = place << reads->width[i] | gather_bits(s[i], reads->bits[i]);
	return reads->first + place;
}

/* Two states that have of this one what is read, and nothing else in common. */
static inline void
local_extremes(const Reads *reads, const word *s, word *clear, word *full)
{
	for (int i = 0; i < WORDS; i++)
	{
		clear[i] = s[i] & reads->bits[i];
		full[i] = clear[i] | (~reads->bits[i] & (i == 0 ? STATE_BITS : ~(word) 0));
	}
}

/* The unit of an entry that is made of some words; FORGOTTEN if there is no room. */
static inline uint32_t
local_unit(Local *local, const word *entry, uint32_t words)
{
	uint32_t	units = (words + UNIT - 1) / UNIT;
	uint32_t	last = local->used < COMPARED ? local->used : COMPARED;

	for (uint32_t unit = FORGOTTEN + 1; unit + units <= last; unit++)
		if (memcmp(local->pool + unit * UNIT, entry, words * sizeof(word)) == 0)
			return unit;
	if (local->used + units > UNITS)
		return FORGOTTEN;
	memcpy(local->pool + local->used * UNIT, entry, words * sizeof(word));
	local->used += units;
	return local->used - units;
}

/* Run the code of a site on a state, and tell nobody; -1 if that violates a check. */
static inline int
local_try(const Site *site, Local *local, const word *s, word *out)
{
	int			count;

	local->tally.failing = 0;
	count = site->steps == NULL ? 0 : site->steps(s, out, 0, &local->tally);
	return local->tally.failing > 0 ? -1 : count;
}

/* What the steps of a site do in states like this one, as an entry; its unit. */
static inline uint32_t
local_entry(const Site *site, Local *local, const word *s)
{
	word		clear[WORDS];
	word		full[WORDS];
	word	   *zeros = local->out;
	word	   *ones = zeros + site->most * WORDS;
	word	   *real = ones + site->most * WORDS;
	int			rows = site->most;
	word		entry[1 + 2 * WORDS * MOST];
	int			count;

	local_extremes(&site->reads, s, clear, full);
	count = local_try(site, local, s, real);
	if (count < 0 || local_try(site, local, clear, zeros) != count ||
		local_try(site, local, full, ones) != count)
		return FORGOTTEN;
	memset(entry, 0, sizeof entry);
	entry[0] = (word) count;
	for (int at = 0; at < count * WORDS; at++)
	{
		int			i = at % WORDS;
		word		keep = zeros[at] ^ ones[at];
		word		set = zeros[at] & ones[at];

		/* What the code does in this very state decides, whatever was thought of its reads. */
		if (((s[i] & keep) | set) != real[at])
			return FORGOTTEN;
		entry[1 + at / WORDS * 2 * WORDS + i] = keep;
		entry[1 + at / WORDS * 2 * WORDS + WORDS + i] = set;
	}
	return local_unit(local, entry, (uint32_t) (1 + 2 * WORDS * rows));
}

/* Run the code, and remember what it does if that is not known. */
static __attribute__((noinline, unused)) int64_t
local_run(const Site *site, const word *s, word *out, int64_t count, Tally *tally)
{
	Local	   *local = tally->local;
	size_t		place = local_place(&site->reads, s);

	if (local != NULL && local->index[place] == UNKNOWN)
		local->index[place] = (uint16_t) (site->is_remembered ? local_entry(site, local, s) : FORGOTTEN);
	return site->steps == NULL ? count : site->steps(s, out, (int) count, tally);
}

/* Add the successors by the steps of a site, of which there are at most so many. */
static inline __attribute__((always_inline)) int64_t
local_steps(const Site *site, int most, Hand hand, const word *s, word *out, int64_t count, Tally *tally)
{
	const word *entry;
	word		more;

	if (hand.index == NULL)
		return local_run(site, s, out, count, tally);
	entry = hand.pool + (size_t) hand.index[local_place(&site->reads, s)] * UNIT;
	more = *entry++;
	if (__builtin_expect((more & RUN_CODE) != 0, 0))
		return local_run(site, s, out, count, tally);
	out += count * WORDS;
	for (word row = 0; row < (most <= UNROLLED ? (word) most : more); row++)
		for (int i = 0; i < WORDS; i++)
			out[row * WORDS + (word) i] = (s[i] & entry[row * 2 * WORDS + (word) i]) |
				entry[row * 2 * WORDS + WORDS + (word) i];
	hand.taken[site->number] += more;
	return count + (int64_t) more;
}

/* Ask a question that was not asked yet about the bits that it reads. */
static __attribute__((noinline, unused)) bool
local_ask(const Question *question, size_t place, const word *s, Local *local)
{
	word		clear[WORDS];
	word		full[WORDS];
	bool		answer = question->holds(s);

	if (local == NULL)
		return answer;
	local_extremes(&question->reads, s, clear, full);
	if (question->holds(clear) == answer && question->holds(full) == answer)
		local->answers[place / 4] |= (uint8_t) ((2 | answer) << place % 4 * 2);
	return answer;
}

/* Whether a part of a property holds. */
static inline bool
local_holds(const Question *question, const word *s, Tally *tally)
{
	Local	   *local = tally->local;
	size_t		place = local_place(&question->reads, s);
	unsigned	known = local == NULL ? 0 : local->answers[place / 4] >> place % 4 * 2;

	return (known & 2) != 0 ? known & 1 : local_ask(question, place, s, local);
}

#endif							/* MODELCHECK_LOCAL_H */
