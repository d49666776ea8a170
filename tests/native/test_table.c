/*
 * test_table.c
 *		The table of states: nothing is lost, nothing is twice, whoever inserts and however full.
 */
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#ifdef NARROW
#define ENTRY 1
#endif

#include "growth.h"

#define THREADS		4
#define STATES		60000

static Table table;
static uint64_t added;

/* The state of that number: its words tell it in full only together. */
static void
make(word *state, uint64_t number)
{
	for (int i = 0; i < WORDS; i++)
		state[i] = i == WORDS - 1 ? number : number % 7;
#ifdef NARROW
	state[0] = number / 7;
	state[1] = number % 7;
#endif
}

/* The number of a state. */
static uint64_t
number_of(const word *state)
{
#ifdef NARROW
	return state[0] * 7 + state[1];
#endif
	return state[WORDS - 1];
}

static bool
is_stored(uint64_t number)
{
	word		state[WORDS];

	make(state, number);
	return table_insert(&table, state, table_home(&table, state), true) == TABLE_KNOWN;
}

/* How many states there are; each that is read was made, and none is there twice. */
static uint64_t
stored(void)
{
	uint64_t	entries = table_entries(&table);
	bool	   *seen = calloc(entries + STATES, sizeof(bool));
	uint64_t	count = 0;

	for (uint64_t at = 0; at < entries; at++)
	{
		word		state[WORDS];
		word		again[WORDS];

		if (!table_read(&table, at, state))
			continue;
		make(again, number_of(state));
		assert(memcmp(state, again, sizeof state) == 0);
		assert(number_of(state) < entries + STATES && !seen[number_of(state)]);
		seen[number_of(state)] = true;
		count++;
	}
	free(seen);
	return count;
}

static void
grow(uint64_t capacity)
{
	Growth		growth = {0};
	Grown		grown;

	assert(growth_begin(&growth, &table, capacity));
	do
	{
		assert(is_growing(&growth));
		growth_move(&growth, &table, false);
	} while ((grown = growth_end(&growth, &table)) == GROWING);
	assert(grown == GROWN && !is_growing(&growth));
}

static void *
insert_all(void *argument)
{
	uint64_t	first = (uint64_t) (uintptr_t) argument * (STATES / THREADS);
	uint64_t	mine = 0;

	for (uint64_t i = 0; i < STATES; i++)
	{
		word		state[WORDS];

		make(state, (first + i) % STATES);
		mine += table_insert(&table, state, table_home(&table, state), false) == TABLE_NEW;
	}
	__atomic_fetch_add(&added, mine, __ATOMIC_RELAXED);
	return NULL;
}

static void
check_threads(void)
{
	pthread_t	threads[THREADS];

	assert(table_new(&table, STATES * 5 / 4));
	for (int i = 0; i < THREADS; i++)
		assert(pthread_create(&threads[i], NULL, insert_all, (void *) (uintptr_t) i) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert(added == STATES && stored() == STATES);
	grow(STATES * 2);
	assert(stored() == STATES);
	for (uint64_t i = 0; i < STATES; i++)
		assert(is_stored(i));
	table_free(&table);
}

/* A table as full as can be says so, and forgets nothing. */
static void
check_crowding(void)
{
	uint64_t	count = 0;
	word		state[WORDS];

	assert(table_new(&table, 64));
	for (;; count++)
	{
		make(state, count);
		if (table_insert(&table, state, table_home(&table, state), true) == TABLE_CROWDED)
			break;
	}
	assert(count > 64 && stored() == count);
	for (uint64_t i = 0; i < count; i++)
		assert(is_stored(i));
	grow(3 * count);
	for (uint64_t i = 0; i < count; i++)
		assert(is_stored(i));
	assert(stored() == count);
	assert(table_insert(&table, state, table_home(&table, state), true) == TABLE_NEW);
	table_free(&table);
}

int
main(void)
{
	table.rest = ENTRY < WORDS ? 3 : 0;
	check_threads();
	check_crowding();
	return 0;
}
