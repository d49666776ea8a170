/*
 * spread.c
 *		By how much each part of the state multiplies the number of states.
 *
 * States that differ in a part alone are one state without it.  To count these among many states, a
 * share of them is looked at that is complete in this sense: whether a state belongs to it follows
 * from everything but the part.  The share is halved whenever it becomes large.  States are told
 * apart by hashes of 64 bits; nothing but this diagnosis depends on them.
 */
#include "spread.h"

#include <stdlib.h>

#include "table.h"

#define ENOUGH	16384			/* different values, or states without the part, are kept */

/* How often each of some numbers was seen: open addressing, 0 for a free entry. */
typedef struct Counter
{
	uint64_t   *numbers;
	uint64_t   *times;
	uint64_t	capacity;
	uint64_t	count;			/* of different numbers */
	uint64_t	share;			/* the bits that are clear in every number kept */
} Counter;

typedef struct Part
{
	word		mask[WORDS];
	Counter		values;			/* of the part */
	Counter		rests;			/* of everything else */
} Part;

struct Spread
{
	Part	   *parts;
	int			count;
};

static void
counter_free(Counter *counter)
{
	free(counter->numbers);
	free(counter->times);
}

static void
count_more(Counter *counter, uint64_t number, uint64_t times)
{
	uint64_t	at = number / (counter->share + 1) % counter->capacity;

	if ((number & counter->share) != 0)
		return;
	while (counter->numbers[at] != 0 && counter->numbers[at] != number)
		at = (at + 1) % counter->capacity;
	counter->count += counter->numbers[at] == 0;
	counter->numbers[at] = number;
	counter->times[at] += times;
}

/* Make the counter larger, or where it is large enough its share smaller; false without memory. */
static bool
make_room(Counter *counter)
{
	Counter		next = {.capacity = counter->capacity, .share = counter->share};

	if (counter->count >= ENOUGH)
		next.share = 2 * next.share + 1;
	else
		next.capacity = next.capacity == 0 ? 64 : 2 * next.capacity;
	next.numbers = calloc(next.capacity, sizeof(uint64_t));
	next.times = calloc(next.capacity, sizeof(uint64_t));
	if (next.numbers == NULL || next.times == NULL)
	{
		counter_free(&next);
		return false;
	}
	for (uint64_t i = 0; i < counter->capacity; i++)
		if (counter->numbers[i] != 0)
			count_more(&next, counter->numbers[i], counter->times[i]);
	counter_free(counter);
	*counter = next;
	return true;
}

/* Note a hash; zero, which stands for a free entry, as another number.  False without memory. */
static bool
note(Counter *counter, uint64_t hash)
{
	while (2 * (counter->count + 1) > counter->capacity || counter->count >= ENOUGH)
		if (!make_room(counter))
			return false;
	count_more(counter, hash == 0 ? (uint64_t) 1 << 63 : hash, 1);
	return true;
}

/* A mask for each part; NULL if there is no memory. */
Spread *
spread_new(const word *masks, int parts)
{
	Spread	   *spread = calloc(1, sizeof *spread);

	if (spread == NULL)
		return NULL;
	spread->parts = calloc((size_t) parts + 1, sizeof *spread->parts);
	if (spread->parts == NULL)
	{
		free(spread);
		return NULL;
	}
	spread->count = parts;
	for (int i = 0; i < parts; i++)
		memcpy(spread->parts[i].mask, masks + i * WORDS, WORDS * sizeof(word));
	return spread;
}

void
spread_free(Spread *spread)
{
	for (int i = 0; i < spread->count; i++)
	{
		counter_free(&spread->parts[i].values);
		counter_free(&spread->parts[i].rests);
	}
	free(spread->parts);
	free(spread);
}

static bool
add_to_part(Part *part, const word *state)
{
	word		value[WORDS];
	word		rest[WORDS];

	for (int i = 0; i < WORDS; i++)
	{
		value[i] = state[i] & part->mask[i];
		rest[i] = state[i] & ~part->mask[i];
	}
	return note(&part->rests, state_hash(rest)) && note(&part->values, state_hash(value));
}

/* Look at some more states; false if there is no memory. */
bool
spread_add(Spread *spread, const word *states, uint64_t count)
{
	for (int i = 0; i < spread->count; i++)
		for (uint64_t at = 0; at < count; at++)
			if (!add_to_part(&spread->parts[i], states + at * WORDS))
				return false;
	return true;
}

/*
 * Of a part: about how many values it has, how many states were looked at, and how many there are
 * of these without it.
 */
void
spread_counts(const Spread *spread, int part, uint64_t *counts)
{
	const Counter *values = &spread->parts[part].values;
	const Counter *rests = &spread->parts[part].rests;

	counts[0] = values->count * (values->share + 1);
	counts[1] = 0;
	for (uint64_t i = 0; i < rests->capacity; i++)
		counts[1] += rests->times[i];
	counts[2] = rests->count;
}
