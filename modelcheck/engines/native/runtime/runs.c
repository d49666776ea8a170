/*
 * runs.c
 *		Sorted runs of states: written, read, looked into.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* O_TMPFILE */
#endif
#include "runs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef BLOCK_BYTES
#define BLOCK_BYTES	((uint32_t) 1 << 16)
#endif
#define STATE_BYTES	(1 + 10 * WORDS)	/* that a state takes, at most */

/* A file without a name in the folder; -1 if there can be none. */
int
disk_file(const Disk *disk)
{
	static const char name[] = "/states-XXXXXX";
	int			file = -1;
	char	   *path;

#ifdef O_TMPFILE
	file = open(disk->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file >= 0)
		return file;
#endif
	path = malloc(strlen(disk->folder) + sizeof name);
	if (path == NULL)
		return -1;
	sprintf(path, "%s%s", disk->folder, name);
	file = mkostemp(path, O_CLOEXEC);
	if (file >= 0)
		unlink(path);
	free(path);
	return file;
}

/* A run without states, in a file that others share from that offset on, or in one of its own (-1). */
Run *
run_new(Disk *disk, int file, uint64_t offset)
{
	Run		   *run = calloc(1, sizeof *run);

	if (run == NULL)
		return NULL;
	run->disk = disk;
	run->is_shared = file >= 0;
	run->file = run->is_shared ? file : disk_file(disk);
	run->room = 1;
	run->blocks = calloc(1, sizeof *run->blocks);
	if (run->blocks == NULL || run->file < 0)
	{
		run_free(run);
		return NULL;
	}
	run->blocks[0].offset = offset;
	return run;
}

void
run_free(Run *run)
{
	if (run == NULL)
		return;
	if (!run->is_shared && run->file >= 0)
		close(run->file);
	run->disk->bytes -= run->bytes;
	free(run->blocks);
	free(run);
}

static bool
read_all(int file, unsigned char *bytes, size_t count, uint64_t offset)
{
	while (count > 0)
	{
		ssize_t		some = pread(file, bytes, count, (off_t) offset);

		if (some == 0)
			errno = EIO;
		if (some <= 0 && errno != EINTR)
			return false;
		some = some < 0 ? 0 : some;
		bytes += some;
		count -= (size_t) some;
		offset += (uint64_t) some;
	}
	return true;
}

static bool
write_all(int file, const unsigned char *bytes, size_t count, uint64_t offset)
{
	while (count > 0)
	{
		ssize_t		some = pwrite(file, bytes, count, (off_t) offset);

		if (some == 0)
			errno = ENOSPC;
		if (some <= 0 && errno != EINTR)
			return false;
		some = some < 0 ? 0 : some;
		bytes += some;
		count -= (size_t) some;
		offset += (uint64_t) some;
	}
	return true;
}

bool
writer_begin(Writer *writer, Run *run)
{
	writer->run = run;
	writer->used = 0;
	writer->bytes = malloc(BLOCK_BYTES);
	return writer->bytes != NULL;
}

void
writer_free(Writer *writer)
{
	free(writer->bytes);
	writer->bytes = NULL;
}

/* Write the last block, and begin another one if that is wanted. */
static bool
end_block(Writer *writer, bool another)
{
	Run		   *run = writer->run;
	Block	   *block = &run->blocks[run->count];

	if (!write_all(run->file, writer->bytes, writer->used, block->offset))
		return false;
	block->bytes = writer->used;
	run->bytes += writer->used;
	run->disk->bytes += writer->used;
	run->count++;
	writer->used = 0;
	if (!another)
		return true;
	if (run->count == run->room)
	{
		uint64_t	room = run->room + run->room / 2 + 1;
		Block	   *blocks = realloc(run->blocks, room * sizeof *blocks);

		if (blocks == NULL)
			return false;
		run->blocks = blocks;
		run->room = room;
	}
	block = &run->blocks[run->count];
	block->offset = block[-1].offset + block[-1].bytes;
	block->states = 0;
	return true;
}

static unsigned char *
number_write(unsigned char *at, word number)
{
	for (; number >= 0x80; number >>= 7)
		*at++ = (unsigned char) (number | 0x80);
	*at++ = (unsigned char) number;
	return at;
}

/* Add a state, which is greater than all before; false if it cannot be written. */
bool
writer_add(Writer *writer, const word *state)
{
	Run		   *run = writer->run;
	Block	   *block = &run->blocks[run->count];
	unsigned char *at = writer->bytes + writer->used;
	int			first = 0;

	if (writer->used + STATE_BYTES > BLOCK_BYTES)
	{
		if (!end_block(writer, true))
			return false;
		block = &run->blocks[run->count];
	}
	run->states++;
	if (block->states++ == 0)
		memcpy(block->first, state, sizeof block->first);
	else
	{
		while (state[first] == writer->last[first])
			first++;
		if (WORDS > 1)
			*at++ = (unsigned char) first;
		at = number_write(at, state[first] - writer->last[first]);
		for (int i = first + 1; i < WORDS; i++)
			at = number_write(at, state[i]);
		writer->used = (uint32_t) (at - writer->bytes);
	}
	memcpy(writer->last, state, sizeof writer->last);
	return true;
}

/* Write what is left; the run is complete. */
bool
writer_end(Writer *writer)
{
	return writer->run->states == 0 || end_block(writer, false);
}

/* Stand at the first state of a run; false if that fails. */
bool
cursor_begin(Cursor *cursor, const Run *run)
{
	memset(cursor, 0, sizeof *cursor);
	cursor->run = run;
	cursor->bytes = malloc(BLOCK_BYTES);
	return cursor->bytes != NULL && cursor_refill(cursor);
}

void
cursor_free(Cursor *cursor)
{
	free(cursor->bytes);
	cursor->bytes = NULL;
}

/* Stand at the first state of the next block, or behind the end; false if it cannot be read. */
bool
cursor_refill(Cursor *cursor)
{
	const Block *block = &cursor->run->blocks[cursor->block];

	cursor->is_over = cursor->block == cursor->run->count;
	if (cursor->is_over)
		return true;
	cursor->block++;
	cursor->at = cursor->bytes;
	cursor->left = block->states - 1;
	memcpy(cursor->state, block->first, sizeof cursor->state);
	return read_all(cursor->run->file, cursor->bytes, block->bytes, block->offset);
}

/* The last block, from the cursor's on, that begins with that state or a smaller one. */
static uint64_t
find_block(const Cursor *cursor, const word *state)
{
	const Run  *run = cursor->run;
	uint64_t	low = cursor->block - 1;
	uint64_t	high = low + 1;

	for (uint64_t step = 1; high < run->count; step *= 2)
	{
		if (state_compare(run->blocks[high].first, state) > 0)
			break;
		low = high;
		high = high + step;
	}
	high = high < run->count ? high : run->count;
	while (high - low > 1)
	{
		uint64_t	middle = low + (high - low) / 2;

		if (state_compare(run->blocks[middle].first, state) > 0)
			high = middle;
		else
			low = middle;
	}
	return low;
}

/* Go on in a run to the first state that is not smaller than that one; false if that fails. */
bool
cursor_skip(Cursor *cursor, const word *state)
{
	uint64_t	block;

	if (cursor->is_over)
		return true;
	block = find_block(cursor, state);
	if (block >= cursor->block)
	{
		cursor->block = block;
		if (!cursor_refill(cursor))
			return false;
	}
	while (!cursor->is_over && state_compare(cursor->state, state) < 0)
		if (!cursor_next(cursor))
			return false;
	return true;
}

/* Whether a state is in a run; negative if that cannot be read. */
int
run_holds(const Run *run, const word *state)
{
	Cursor		cursor;
	int			holds = -1;

	if (cursor_begin(&cursor, run) && cursor_skip(&cursor, state))
		holds = !cursor.is_over && state_compare(cursor.state, state) == 0;
	cursor_free(&cursor);
	return holds;
}
