/*
 * table.h
 *		A set of states: open addressing with linear probing, the whole state in each entry.
 *
 * Exact: nothing is hashed away.  Several threads may insert at once, and several may move the
 * states of one table to another.  A state's place follows from the order of the hashes, so that
 * growing reads and writes memory from the beginning to the end.  Probing begins where a line of
 * the cache does, if entries fill lines, and the entries of a line are compared at once.
 *
 * The two highest bits of an entry's first word tell what it holds: nothing (both clear), a state
 * that is being written (CLAIMED), or a state (READY).
 */
#ifndef MODELCHECK_TABLE_H
#define MODELCHECK_TABLE_H

#include <stddef.h>
#include <sys/mman.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#include "model.h"

#define SMALLEST	((uint64_t) 1 << 16)	/* entries in the smallest table */
#define LINE		(8 % WORDS == 0 ? 8 / WORDS : 1)	/* entries where probing begins: a cache line */

#define STREAMS		16			/* so many parts of a table are moved at a time */
#define PAGE		4096			/* bytes, at least: what is asked of the system begins at one */

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

/* The entry where the search for a state begins. */
static inline uint64_t
table_home(const Table *table, const word *state)
{
	unsigned __int128 scaled = (unsigned __int128) state_hash(state) * (table->capacity / LINE);

	return (uint64_t) (scaled >> 64) * LINE;
}

static inline void
table_prefetch(const Table *table, uint64_t home)
{
	__builtin_prefetch(&table->entries[home * WORDS]);
}

/* Ask for huge pages within some memory. */
static inline void
pages_huge(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	size_t		before = (size_t) -(uintptr_t) memory % PAGE;

	if (bytes > before)
		(void) madvise((char *) memory + before, bytes - before, MADV_HUGEPAGE);
#else
	(void) memory, (void) bytes;
#endif
}

/* Memory that is zero, in huge pages where the system has them; NULL if there is none. */
static inline void *
pages_new(size_t bytes)
{
	void	   *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
							 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	pages_huge(pages, bytes);
	return pages;
}

/* The last entries are followed by some more, so that probing need not wrap around. */
static inline size_t
table_size(uint64_t capacity)
{
	return (size_t) (capacity + capacity / 512 * 8 + 4096) * WORDS * sizeof(word);
}

static inline bool
table_new(Table *table, uint64_t capacity)
{
	table->capacity = (capacity + LINE - 1) / LINE * LINE;
	table->bytes = table_size(table->capacity);
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

/* How large it is to be then: twice as fast where memory matters little. */
static inline uint64_t
table_next(const Table *table)
{
	return table->capacity < (uint64_t) 1 << 20 ? table->capacity * 4 : table->capacity / 2 * 3;
}

typedef enum Inserted
{
	TABLE_KNOWN,
	TABLE_NEW,
	TABLE_CROWDED				/* no free entry near: the table is to grow first */
} Inserted;

#if WORDS == 1 && defined(__AVX2__) && !defined(__SANITIZE_THREAD__)

/* Which entries of a line hold that word, and which are in use, as bits. */
static inline unsigned
line_compare(const word *line, word sought, unsigned *used)
{
	__m256i		low = _mm256_load_si256((const __m256i *) line);
	__m256i		high = _mm256_load_si256((const __m256i *) (line + 4));
	__m256i		wanted = _mm256_set1_epi64x((long long) sought);
	__m256i		same_low;
	__m256i		same_high;

	/* Each is read once: what is in use is to be what was compared, whatever others write. */
	__asm__ volatile ("" : "+x" (low), "+x" (high));
	same_low = _mm256_cmpeq_epi64(low, wanted);
	same_high = _mm256_cmpeq_epi64(high, wanted);

	/* READY is the sign of a word. */
	*used = (unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(low)) |
		(unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(high)) << 4;
	return (unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(same_low)) |
		(unsigned) _mm256_movemask_pd(_mm256_castsi256_pd(same_high)) << 4;
}

#else

static inline unsigned
line_compare(const word *line, word sought, unsigned *used)
{
	unsigned	same = 0;

	*used = 0;
	for (int i = 0; i < LINE; i++)
	{
		word		held = __atomic_load_n(&line[i * WORDS], __ATOMIC_RELAXED);

		*used |= (unsigned) (held != 0) << i;
		same |= (unsigned) (held == sought) << i;
	}
	return same;
}

#endif

/* Put a state of one word into a table; "alone" if no other thread uses the table. */
static inline Inserted
insert_word(Table *table, word state, uint64_t home, bool alone)
{
	const word	sought = state | READY;
	word	   *line = &table->entries[home];
	const word *end = table->entries + table->bytes / sizeof(word);

	for (; line < end; line += LINE)
	{
		unsigned	used;

		if (line_compare(line, sought, &used) != 0)
			return TABLE_KNOWN;
		for (; used != (1u << LINE) - 1; used |= used + 1)
		{
			word	   *entry = line + __builtin_ctz(~used);
			word		held = 0;

			if (alone)
			{
				*entry = sought;
				return TABLE_NEW;
			}
			if (__atomic_compare_exchange_n(entry, &held, sought, false,
											__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
				return TABLE_NEW;
			if (held == sought)
				return TABLE_KNOWN;
		}
	}
	return TABLE_CROWDED;
}

static inline bool
same_rest(const word *entry, const word *state)
{
	for (int i = 1; i < WORDS; i++)
		if (entry[i] != state[i])
			return false;
	return true;
}

static inline Inserted
insert_words(Table *table, const word *state, uint64_t home)
{
	word	   *entry = &table->entries[home * WORDS];
	const word *end = table->entries + table->bytes / sizeof(word);

	for (; entry < end; entry += WORDS)
	{
		word		first = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (first == 0 &&
			__atomic_compare_exchange_n(entry, &first, state[0] | CLAIMED, false,
										__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		{
			for (int i = 1; i < WORDS; i++)
				entry[i] = state[i];
			__atomic_store_n(entry, state[0] | READY, __ATOMIC_RELEASE);
			return TABLE_NEW;
		}
		if ((first & ~(READY | CLAIMED)) != state[0])
			continue;
		while ((first & READY) == 0)
			first = __atomic_load_n(entry, __ATOMIC_ACQUIRE);
		if (same_rest(entry, state))
			return TABLE_KNOWN;
	}
	return TABLE_CROWDED;
}

/*
 * Insert a state whose two highest bits are clear, and whose home is known; "alone" if no other
 * thread uses the table.
 */
static inline Inserted
table_insert(Table *table, const word *state, uint64_t home, bool alone)
{
	if (WORDS == 1)
		return insert_word(table, state[0], home, alone);
	return insert_words(table, state, home);
}

/*
 * Copy the states among some entries to another table; false if it is crowded.  They are taken in
 * turn from several streams, so that no line is looked at which has just been written to.
 */
static inline bool
table_copy(const Table *table, uint64_t first, uint64_t last, Table *into, bool alone)
{
	uint64_t	length = (last - first + STREAMS - 1) / STREAMS;

	for (uint64_t at = 0; at < length; at++)
	{
		word		states[STREAMS * WORDS];
		int			count = 0;

		/* Gathered without asking which entries are free: nobody could guess that. */
		for (uint64_t from = first + at; from < last; from += length)
		{
			memcpy(states + count * WORDS, table->entries + from * WORDS, WORDS * sizeof(word));
			count += states[count * WORDS] != 0;
		}
		for (int i = 0; i < count; i++)
		{
			word	   *state = states + i * WORDS;

			state[0] &= ~(READY | CLAIMED);
			if (table_insert(into, state, table_home(into, state), alone) == TABLE_CROWDED)
				return false;
		}
	}
	return true;
}

/* How many entries there are, those after the last home included. */
static inline uint64_t
table_entries(const Table *table)
{
	return table->bytes / (WORDS * sizeof(word));
}

/* Give back the memory of some entries, which are not needed any more. */
static inline void
table_forget(Table *table, uint64_t first, uint64_t last)
{
	char	   *from = (char *) (table->entries + first * WORDS);
	size_t		bytes = (last - first) * WORDS * sizeof(word);

	if (((uintptr_t) from | bytes) % PAGE == 0)
		(void) madvise(from, bytes, MADV_DONTNEED);
}

#endif							/* MODELCHECK_TABLE_H */
