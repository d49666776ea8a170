/*
 * table.h
 *		A set of states: open addressing with linear probing, the whole state in each entry.
 *
 * Exact: nothing is hashed away.  Several threads may insert at once; growing is for one thread
 * alone.  A state's place follows from the order of the hashes, so that growing reads and writes
 * memory from the beginning to the end.
 *
 * The two highest bits of an entry's first word tell what it holds: nothing (both clear), a state
 * that is being written (CLAIMED), or a state (READY).
 */
#ifndef MODELCHECK_TABLE_H
#define MODELCHECK_TABLE_H

#include <stddef.h>
#include <sys/mman.h>

#include "model.h"

#ifndef WORDS
#define WORDS 1
#endif

#define SMALLEST	((uint64_t) 1 << 16)	/* entries in the smallest table */

#define READY	((word) 1 << 63)
#define CLAIMED	((word) 1 << 62)

typedef struct Table
{
	word	   *entries;
	uint64_t	capacity;		/* entries */
	size_t		bytes;
} Table;

static inline word
state_hash(const word *state)
{
	word		hash = 0;

	for (int i = 0; i < WORDS; i++)
	{
		hash = (hash ^ state[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ (hash >> 29);
}

static inline uint64_t
table_home(const Table *table, word hash)
{
	return (uint64_t) (((unsigned __int128) hash * table->capacity) >> 64);
}

static inline void
table_prefetch(const Table *table, word hash)
{
	__builtin_prefetch(&table->entries[table_home(table, hash) * WORDS], 1);
}

/* Memory that is zero, in huge pages where the system has them; NULL if there is none. */
static inline void *
pages_new(size_t bytes)
{
	void	   *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
							 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
#ifdef MADV_HUGEPAGE
	(void) madvise(pages, bytes, MADV_HUGEPAGE);
#endif
	return pages;
}

/* The last entries are followed by some more, so that probing need not wrap around. */
static inline size_t
table_size(uint64_t capacity)
{
	return (size_t) (capacity + capacity / 64 + 4096) * WORDS * sizeof(word);
}

static inline bool
table_new(Table *table, uint64_t capacity)
{
	table->capacity = capacity;
	table->bytes = table_size(capacity);
	table->entries = pages_new(table->bytes);
	return table->entries != NULL;
}

static inline void
table_free(Table *table)
{
	if (table->entries != NULL)
		munmap(table->entries, table->bytes);
	table->entries = NULL;
}

/* With so many states a table is to grow. */
static inline uint64_t
table_limit(const Table *table)
{
	return table->capacity - table->capacity / 4;
}

typedef enum Inserted
{
	TABLE_KNOWN,
	TABLE_NEW,
	TABLE_CROWDED				/* no free entry near: the table is to grow first */
} Inserted;

static inline bool
same_rest(const word *entry, const word *state)
{
	for (int i = 1; i < WORDS; i++)
		if (entry[i] != state[i])
			return false;
	return true;
}

/* Insert a state whose two highest bits are clear. */
static inline Inserted
table_insert(Table *table, const word *state, word hash)
{
	word	   *entry = &table->entries[table_home(table, hash) * WORDS];
	const word *end = table->entries + table->bytes / sizeof(word);

	for (; entry < end; entry += WORDS)
	{
		word		first = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (first == 0)
		{
			word		claim = WORDS == 1 ? (state[0] | READY) : (state[0] | CLAIMED);

			if (__atomic_compare_exchange_n(entry, &first, claim, false,
											__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			{
				if (WORDS > 1)
				{
					for (int i = 1; i < WORDS; i++)
						entry[i] = state[i];
					__atomic_store_n(entry, state[0] | READY, __ATOMIC_RELEASE);
				}
				return TABLE_NEW;
			}
		}
		if ((first & ~(READY | CLAIMED)) != state[0])
			continue;
		while (WORDS > 1 && (first & READY) == 0)
			first = __atomic_load_n(entry, __ATOMIC_ACQUIRE);
		if (same_rest(entry, state))
			return TABLE_KNOWN;
	}
	return TABLE_CROWDED;
}

#endif							/* MODELCHECK_TABLE_H */
