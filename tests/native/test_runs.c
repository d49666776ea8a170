/*
 * test_runs.c
 *		Sorted runs: what is read is what was written, and merging is what sets do.
 */
#undef NDEBUG
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "shelf.h"

#define STATES		5000
#define RUNS		70

static char folder[] = "/tmp/runs-XXXXXX";
static Disk disk = {folder, 0};

/* Different numbers make different states, in the same order, near and far from each other. */
static void
make(uint64_t number, word *state)
{
	memset(state, 0xff, WORDS * sizeof(word));
	state[0] = number / 3 * (number / 300) * 1234567;
	state[WORDS - 1] = WORDS > 1 ? number % 3 : state[0] + number;
	if (WORDS > 1)
		state[0] += number / 3;
}

static Run *
write_run(uint64_t first, uint64_t last, uint64_t step)
{
	Run		   *run = run_new(&disk, -1, 0);
	Writer		writer;

	assert(run != NULL && writer_begin(&writer, run));
	for (uint64_t number = first; number < last; number += step)
	{
		word		state[WORDS];

		make(number, state);
		assert(writer_add(&writer, state));
	}
	assert(writer_end(&writer));
	writer_free(&writer);
	return run;
}

static void
check_reading(void)
{
	Run		   *run = write_run(0, STATES, 1);
	Cursor		cursor;
	word		state[WORDS];

	assert(run->states == STATES && run->count > 50 && disk.bytes == run->bytes);
	assert(cursor_begin(&cursor, run));
	for (uint64_t number = 0; number < STATES; number++)
	{
		make(number, state);
		assert(!cursor.is_over && state_compare(cursor.state, state) == 0);
		assert(cursor_next(&cursor));
	}
	assert(cursor.is_over);
	cursor_free(&cursor);
	run_free(run);
	assert(disk.bytes == 0);
}

/* A cursor that skips stands at the first state that is not smaller. */
static void
check_skipping(void)
{
	Run		   *run = write_run(1, STATES, 2);
	Run		   *none = write_run(0, 0, 1);
	word		state[WORDS];

	for (uint64_t stride = 1; stride < STATES; stride = stride * 3 + 1)
	{
		Cursor		cursor;

		assert(cursor_begin(&cursor, run));
		for (uint64_t number = 0; number < STATES; number += stride)
		{
			make(number, state);
			assert(cursor_skip(&cursor, state));
			make(number % 2 == 1 ? number : number + 1, state);
			assert(cursor.is_over ? number + 1 >= STATES : state_compare(cursor.state, state) == 0);
		}
		cursor_free(&cursor);
	}
	for (uint64_t number = 0; number < 300; number++)
	{
		make(number, state);
		assert(run_holds(run, state) == (int) (number % 2) && run_holds(none, state) == 0);
	}
	run_free(run);
	run_free(none);
}

/* Unsorted states and a run, without those of two others. */
static void
check_merging(void)
{
	static word states[3 * STATES * WORDS];
	Run		   *multiples = write_run(0, STATES, 5);
	Run		   *even = write_run(0, STATES, 2);
	Run		   *threes = write_run(0, STATES, 3);
	Run		   *into = run_new(&disk, -1, 0);
	Merge	   *merge = merge_new(4, 2);
	Merged		merged;
	Cursor		cursor;

	for (uint64_t i = 0; i < 3 * STATES; i++)
		make(i * 7919 % STATES, states + i * WORDS);
	assert(merge != NULL && into != NULL);
	for (int part = 0; part < 3; part++)
	{
		word	   *from = states + part * (STATES - 100) * WORDS;

		assert(states_sort(from, STATES - 100) && merge_add_states(merge, from, STATES - 100));
	}
	assert(merge_add_run(merge, multiples));
	assert(merge_leave_out(merge, even) && merge_leave_out(merge, threes));
	assert(merge_begin(merge, into));
	while ((merged = merge_run(merge, 0)) == MERGING)
		;
	assert(merged == MERGED);
	merge_free(merge);
	assert(cursor_begin(&cursor, into));
	for (uint64_t number = 0; number < STATES; number++)
	{
		word		state[WORDS];

		if (number % 2 == 0 || number % 3 == 0)
			continue;
		make(number, state);
		assert(!cursor.is_over && state_compare(cursor.state, state) == 0);
		assert(cursor_next(&cursor));
	}
	assert(cursor.is_over);
	cursor_free(&cursor);
	run_free(multiples);
	run_free(even);
	run_free(threes);
	run_free(into);
}

/* Many runs become few, which hold as much. */
static void
check_shelf(void)
{
	Shelf		shelf = {.disk = &disk};
	uint64_t	states = 0;

	for (uint64_t first = 0; first < RUNS; first++)
	{
		Merged		merged;

		assert(shelf_add(&shelf, write_run(first, STATES, RUNS)));
		while ((merged = shelf_tidy(&shelf, 0)) == MERGING)
			;
		assert(merged == MERGED && shelf.count <= 15);
	}
	assert(shelf.count == 1 + 6);
	for (int i = 0; i < shelf.count; i++)
		states += shelf.runs[i]->states;
	assert(states == STATES);
	shelf_free(&shelf);
	assert(disk.bytes == 0);
}

int
main(void)
{
	assert(mkdtemp(folder) != NULL);
	check_reading();
	check_skipping();
	check_merging();
	check_shelf();
	/* Nothing is left. */
	assert(rmdir(folder) == 0);
	assert(run_new(&disk, -1, 0) == NULL && errno == ENOENT);
	return 0;
}
