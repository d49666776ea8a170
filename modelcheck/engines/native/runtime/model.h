/*
 * model.h
 *		What a generated model and the search agree on, and the operations on packed values.
 *
 * A state is a fixed number of 64-bit words.  A packed value has its most significant part first;
 * a queue or a bag is its length followed by its items, the oldest first, and zeros.
 */
#ifndef MODELCHECK_MODEL_H
#define MODELCHECK_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifndef WORDS
#define WORDS 1					/* in a state */
#endif

typedef uint64_t word;

typedef struct Local Local;

/* What one thread has seen; the search adds the tallies of its threads up. */
typedef struct Tally
{
	uint64_t   *taken;			/* by step: how often it was taken, violations included */
	uint32_t   *found;			/* by claim: 1 + the level where it was decided, or 0 */
	uint32_t	level;			/* steps from an initial state to the one that is expanded */
	uint32_t	failing;		/* transitions of this state that violate a check */
	Local	   *local;			/* what is remembered of local steps; NULL: nothing */
#ifdef MARKS
	int32_t    *ends;			/* by instance: successors of the state up to its last */
	uint32_t   *fails;			/* by instance: "failing" after it */
#endif
} Tally;

/* Where the transitions of an instance end; a model that is to give a graph is compiled with it. */
#ifdef MARKS
#define MARK(instance) \
	(tally->ends[instance] = count, tally->fails[instance] = tally->failing)
#else
#define MARK(instance) ((void) 0)
#endif

static inline void
tally_claim(Tally *tally, int claim)
{
	if (tally->found[claim] == 0)
		tally->found[claim] = tally->level + 1;
}

/* A transition violates a check of its step. */
static inline void
tally_violation(Tally *tally, int step, int claim)
{
	tally->taken[step]++;
	tally->failing++;
	tally_claim(tally, claim);
}

/* Offer a value unless it is on offer already; how many there are now. */
static inline int
add_option(int64_t *options, int count, int64_t value)
{
	for (int i = 0; i < count; i++)
		if (options[i] == value)
			return count;
	options[count] = value;
	return count + 1;
}

static inline word
low_bits(int count)
{
	return count >= 64 ? ~(word) 0 : ((word) 1 << count) - 1;
}

static inline word
get_bits(word from, int shift, int count)
{
	return count == 0 ? 0 : (from >> shift) & low_bits(count);
}

static inline word
put_bits(word into, int shift, int count, word value)
{
	return count == 0 ? into : (into & ~(low_bits(count) << shift)) | (value << shift);
}

/* Division and remainder that round down, as Python's do; the divisor is not zero. */
static inline int64_t
floor_divide(int64_t a, int64_t b)
{
	int64_t		quotient = a / b;

	return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

static inline int64_t
floor_modulo(int64_t a, int64_t b)
{
	int64_t		rest = a % b;

	return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/*
 * Queues and bags of up to "capacity" items of "item" bits each.
 */
static inline int64_t
pool_length(word pool, int capacity, int item)
{
	int			rest = capacity * item;

	return rest >= 64 ? 0 : (int64_t) (pool >> rest);
}

static inline word
pool_item(word pool, int capacity, int item, int position)
{
	return get_bits(pool, (capacity - 1 - position) * item, item);
}

static inline word
pool_resized(word pool, int capacity, int item, int64_t length)
{
	return (pool & low_bits(capacity * item)) | ((word) length << (capacity * item));
}

static inline bool
pool_holds(word pool, int capacity, int item, word value)
{
	int64_t		length = pool_length(pool, capacity, item);

	for (int position = 0; position < length; position++)
		if (pool_item(pool, capacity, item, position) == value)
			return true;
	return false;
}

static inline word
queue_push(word queue, int capacity, int item, word value)
{
	int64_t		length = pool_length(queue, capacity, item);

	queue = put_bits(queue, (int) (capacity - 1 - length) * item, item, value);
	return pool_resized(queue, capacity, item, length + 1);
}

static inline word
queue_pop(word queue, int capacity, int item)
{
	int64_t		length = pool_length(queue, capacity, item);

	queue = item == 0 ? queue : (queue << item) & low_bits(capacity * item);
	return pool_resized(queue, capacity, item, length - 1);
}

/* The items of a bag are in ascending order. */
static inline word
bag_insert(word bag, int capacity, int item, word value)
{
	int			length = (int) pool_length(bag, capacity, item);
	int			position = length;

	while (position > 0 && pool_item(bag, capacity, item, position - 1) > value)
	{
		word		moved = pool_item(bag, capacity, item, position - 1);

		bag = put_bits(bag, (capacity - 1 - position) * item, item, moved);
		position--;
	}
	bag = put_bits(bag, (capacity - 1 - position) * item, item, value);
	return pool_resized(bag, capacity, item, length + 1);
}

/* Takes one such item out; the bag holds it. */
static inline word
bag_remove(word bag, int capacity, int item, word value)
{
	int			length = (int) pool_length(bag, capacity, item);
	int			position = 0;

	while (position < length && pool_item(bag, capacity, item, position) != value)
		position++;
	for (; position + 1 < length; position++)
		bag = put_bits(bag, (capacity - 1 - position) * item, item,
					   pool_item(bag, capacity, item, position + 1));
	bag = put_bits(bag, (capacity - length) * item, item, 0);
	return pool_resized(bag, capacity, item, length - 1);
}

#endif							/* MODELCHECK_MODEL_H */
