/*
 * test_compact.c
 *		The compact table: every state is in it once, whoever inserts, and comes out as it went in.
 */
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "growth.h"

#define THREADS		4
#define STATES		60000
#define MASK		(~(word) 0 >> (64 - BITS))

static Table table;
static uint64_t added;

/* Different numbers make different states, as alike as those of a search. */
static word
make(uint64_t number)
{
	return number << (BITS - 20);
}

static Inserted
insert(word state, bool alone)
{
	return table_insert(&table, &state, table_home(&table, &state), alone);
}

static int
compare(const void *a, const void *b)
{
	word		one = *(const word *) a;
	word		other = *(const word *) b;

	return one < other ? -1 : one > other;
}

/* What is read is what was put in, each once. */
static void
check_stored(uint64_t states)
{
	word	   *put = malloc(states * sizeof(word));
	word	   *read = malloc(states * sizeof(word));
	uint64_t	count = 0;

	assert(put != NULL && read != NULL);
	for (uint64_t i = 0; i < states; i++)
		put[i] = make(i);
	for (uint64_t at = 0; at < table_entries(&table); at++)
	{
		word		state;

		if (!table_read(&table, at, &state))
			continue;
		assert(count < states);
		read[count++] = state;
	}
	assert(count == states);
	qsort(put, states, sizeof(word), compare);
	qsort(read, states, sizeof(word), compare);
	assert(memcmp(put, read, states * sizeof(word)) == 0);
	for (uint64_t i = 0; i < states; i++)
		assert(insert(make(i), true) == TABLE_KNOWN);
	free(put);
	free(read);
}

static void
grow(uint64_t capacity)
{
	Growth		growth = {0};
	Grown		grown;

	assert(growth_begin(&growth, &table, capacity));
	do
		growth_move(&growth, &table, false);
	while ((grown = growth_end(&growth, &table)) == GROWING);
	assert(grown == GROWN);
}

static void *
insert_all(void *argument)
{
	uint64_t	first = (uint64_t) (uintptr_t) argument * (STATES / THREADS);
	uint64_t	mine = 0;

	for (uint64_t i = 0; i < STATES; i++)
		mine += insert(make((first + i) % STATES), false) == TABLE_NEW;
	__atomic_fetch_add(&added, mine, __ATOMIC_RELAXED);
	return NULL;
}

static void
check_threads(void)
{
	pthread_t	threads[THREADS];

	assert(table_new(&table, STATES / 9 * 10 + 1000));
	assert(table_limit(&table) >= STATES);
	for (int i = 0; i < THREADS; i++)
		assert(pthread_create(&threads[i], NULL, insert_all, (void *) (uintptr_t) i) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert(added == STATES);
	check_stored(STATES);
	grow(STATES * 4);
	check_stored(STATES);
	table_free(&table);
}

/* A table as full as can be says so, and forgets nothing. */
static void
check_crowding(void)
{
	uint64_t	count = 0;

	assert(table_new(&table, 1));
	while (insert(make(count), true) == TABLE_NEW)
		count++;
	assert(insert(make(count), true) == TABLE_CROWDED);
	assert(count > table.capacity / 100 * 95);
	check_stored(count);
	grow(2 * count);
	check_stored(count);
	assert(insert(make(count), true) == TABLE_NEW);
	table_free(&table);
}

static void
check_scattering(void)
{
	for (int bit = 0; bit < BITS; bit++)
		assert(gathered(scattered((word) 1 << bit)) == (word) 1 << bit);
	for (uint64_t i = 0; i < 1000; i++)
		assert(gathered(scattered(make(i))) == make(i) && scattered(make(i)) <= MASK);
}

/* However many slots are asked for, there are so many, in the memory that was promised. */
static void
check_sizes(void)
{
	for (uint64_t capacity = 1; capacity < (uint64_t) 1 << 32; capacity += 1 + capacity / 7)
	{
		uint64_t	lines = lines_for(capacity);

		assert(lines * (uint64_t) slots_in_line(slot_width(lines)) >= capacity);
		assert(table_size(capacity) == lines * (uint64_t) LINE_BYTES + spares_for(lines) * sizeof(word));
		assert(HEAD_BITS + slots_in_line(slot_width(lines)) * slot_width(lines) <= 8 * LINE_BYTES);
	}
}

int
main(void)
{
	check_scattering();
	check_sizes();
	check_threads();
	check_crowding();
	return 0;
}
