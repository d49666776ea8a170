/*
 * test_model.c
 *		The operations on packed values against naive ones on arrays.
 */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

#include "model.h"

#define MOST	8

typedef struct Naive
{
	int			length;
	word		items[MOST];
} Naive;

static word
packed(const Naive *naive, int capacity, int item)
{
	word		bits = (word) naive->length;

	for (int i = 0; i < capacity; i++)
		bits = item == 0 ? bits : (bits << item) | (i < naive->length ? naive->items[i] : 0);
	return bits;
}

static bool
holds(const Naive *naive, word value)
{
	for (int i = 0; i < naive->length; i++)
		if (naive->items[i] == value)
			return true;
	return false;
}

static void
insert(Naive *naive, int position, word value)
{
	for (int i = naive->length; i > position; i--)
		naive->items[i] = naive->items[i - 1];
	naive->items[position] = value;
	naive->length++;
}

static void
take(Naive *naive, int position)
{
	for (int i = position; i + 1 < naive->length; i++)
		naive->items[i] = naive->items[i + 1];
	naive->length--;
}

static void
check_same(const Naive *naive, word pool, int capacity, int item)
{
	assert(pool == packed(naive, capacity, item));
	assert(pool_length(pool, capacity, item) == naive->length);
	for (int i = 0; i < naive->length; i++)
		assert(pool_item(pool, capacity, item, i) == naive->items[i]);
}

static void
check_queue(int capacity, int item)
{
	Naive		naive = {0};
	word		queue = 0;

	for (int turn = 0; turn < 2000; turn++)
	{
		word		value = (word) rand() & low_bits(item);

		if (naive.length < capacity && (naive.length == 0 || rand() % 2))
		{
			insert(&naive, naive.length, value);
			queue = queue_push(queue, capacity, item, value);
		}
		else
		{
			take(&naive, 0);
			queue = queue_pop(queue, capacity, item);
		}
		check_same(&naive, queue, capacity, item);
		assert(pool_holds(queue, capacity, item, value) == holds(&naive, value));
	}
}

static void
check_bag(int capacity, int item)
{
	Naive		naive = {0};
	word		bag = 0;

	for (int turn = 0; turn < 2000; turn++)
	{
		word		value = (word) rand() & low_bits(item);
		int			position = 0;

		while (position < naive.length && naive.items[position] < value)
			position++;
		if (naive.length == capacity || (naive.length > 0 && rand() % 3 == 0))
		{
			value = naive.items[rand() % naive.length];
			for (position = 0; naive.items[position] != value; position++)
				;
			take(&naive, position);
			bag = bag_remove(bag, capacity, item, value);
		}
		else
		{
			insert(&naive, position, value);
			bag = bag_insert(bag, capacity, item, value);
		}
		check_same(&naive, bag, capacity, item);
		assert(pool_holds(bag, capacity, item, value) == holds(&naive, value));
	}
}

static void
check_division(void)
{
	for (int64_t a = -9; a <= 9; a++)
		for (int64_t b = -9; b <= 9; b++)
			if (b != 0)
			{
				int64_t		quotient = floor_divide(a, b);
				int64_t		rest = floor_modulo(a, b);

				assert(quotient * b + rest == a);
				assert(rest == 0 || (rest < 0) == (b < 0));
				assert(llabs(rest) < llabs(b));
			}
}

static void
check_bits(void)
{
	for (int shift = 0; shift < 64; shift++)
		for (int count = 0; shift + count <= 64; count++)
		{
			word		value = UINT64_C(0xa5c3f00f96695a3c) & low_bits(count);

			assert(get_bits(put_bits(~(word) 0, shift, count, value), shift, count) == value);
			assert(put_bits(put_bits(0, shift, count, value), shift, count, 0) == 0);
		}
	assert(get_bits(~(word) 0, 64, 0) == 0 && put_bits(5, 64, 0, 0) == 5);
}

int
main(void)
{
	int64_t		options[3];

	for (int capacity = 1; capacity <= MOST; capacity++)
		for (int item = 0; capacity * item + 4 <= 64; item++)
		{
			check_queue(capacity, item);
			check_bag(capacity, item);
		}
	check_division();
	check_bits();
	assert(add_option(options, 0, 7) == 1 && add_option(options, 1, 7) == 1);
	assert(add_option(options, 1, -2) == 2 && options[1] == -2);
	return 0;
}
