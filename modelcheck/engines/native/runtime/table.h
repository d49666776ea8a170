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
 *
 * Narrow entries (ENTRY is 1, WORDS is 2) hold the first word of a state.  The few bits in use of
 * the second say in which part of the table its home is, counted from where the first word alone
 * would have it: so they follow from an entry's place, as long as it is less than a part away from
 * its home.
 */
#ifndef MODELCHECK_TABLE_H
#define MODELCHECK_TABLE_H

#include "memory.h"
#include "model.h"

#define SMALLEST	((uint64_t) 1 << 16)	/* entries in the smallest table */
#define FEW			((uint64_t) 1 << 13)	/* entries that are moved at once, from memory to memory */

static inline word
words_hash(const word *words, int count)
{
	word		hash = 0;

	for (int i = 0; i < count; i++)
	{
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ (hash >> 29);
}

static inline word
state_hash(const word *state)
{
	return words_hash(state, WORDS);
}

typedef enum Inserted
{
	TABLE_KNOWN,
	TABLE_NEW,
	TABLE_CROWDED				/* no free entry near: the table is to grow first */
} Inserted;

#ifdef COMPACT
#include "compact.h"
#else

#include "compare.h"

#define REST		10			/* bits, at most, of a second word that is not stored */
#define PIECE		(ENTRY < WORDS ? LINE << REST : LINE)	/* there are multiples of this many entries */

#define READY	((word) 1 << 63)
#define CLAIMED	((word) 1 << 62)

typedef struct Table
{
	word	   *entries;
	uint64_t	capacity;		/* entries */
	size_t		bytes;
	int			rest;			/* bits in use of the word that is not stored; whoever makes it sets it */
} Table;

/* The entry where the search for what has that hash begins. */
static inline uint64_t
hash_home(const Table *table, word hash)
{
	unsigned __int128 scaled = (unsigned __int128) hash * (table->capacity / LINE);

	return (uint64_t) (scaled >> 64) * LINE;
}

/* The entry where the search for a state begins. */
static inline uint64_t
table_home(const Table *table, const word *state)
{
	word		hash = words_hash(state, ENTRY);

	if (ENTRY < WORDS)
		hash += table->rest == 0 ? 0 : state[WORDS - 1] << (64 - table->rest);
	return hash_home(table, hash);
}

/* Have what is looked at first fetched, some time before. */
static inline void
table_fetch(const Table *table, uint64_t home)
{
	fetch_early(&table->entries[home * ENTRY]);
}

/* The same, to insert a state. */
static inline void
table_prefetch(const Table *table, uint64_t home)
{
	fetch_to_write(&table->entries[home * ENTRY]);
}

/* The same once more, when what was fetched before is there. */
static inline void
table_prefetch_again(const Table *table, const word *state, uint64_t home)
{
	(void) state;
	table_prefetch(table, home);
}

/* The last entries are followed by some more, so that probing need not wrap around. */
static inline size_t
table_size(uint64_t capacity)
{
	capacity = (capacity + PIECE - 1) / PIECE * PIECE;
	return (size_t) (capacity + capacity / 512 * 8 + 4096) * ENTRY * sizeof(word);
}

static inline bool
table_new(Table *table, uint64_t capacity)
{
	table->capacity = (capacity + PIECE - 1) / PIECE * PIECE;
	table->bytes = table_size(capacity);
	table->entries = pages_new(table->bytes);
	return table->entries != NULL;
}

static inline void
table_free(Table *table)
{
	if (table->entries != NULL)
		pages_free(table->entries, table->bytes);
	table->entries = NULL;
}

/* With so many states a table is to grow. */
static inline uint64_t
table_limit(const Table *table)
{
	return table->capacity - table->capacity / 32 * 5;
}

/* How large it is to be then: twice as fast where memory matters little. */
static inline uint64_t
table_next(const Table *table)
{
	return table->capacity < (uint64_t) 1 << 20 ? table->capacity * 4 : table->capacity / 2 * 3;
}

/* Whether a table of narrow entries is seen at a first look, without a branch, to hold a state. */
static inline bool
table_knows(const Table *table, const word *state, uint64_t home)
{
	unsigned	used;

	return ENTRY == 1 && line_compare(&table->entries[home], state[0] | READY, &used) != 0;
}

/* Where probing ends. */
static inline const word *
table_end(const Table *table, uint64_t home)
{
	uint64_t	end = table->bytes / (ENTRY * sizeof(word));
	uint64_t	last = home + (table->capacity >> table->rest);

	return table->entries + (ENTRY < WORDS && last < end ? last : end) * ENTRY;
}

/* Put a word into a table; "alone" if no other thread uses the table. */
static inline Inserted
insert_word(Table *table, word state, uint64_t home, bool alone)
{
	const word	sought = state | READY;
	word	   *line = &table->entries[home];
	const word *end = table_end(table, home);

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
	word	   *entry = &table->entries[home * ENTRY];
	const word *end = table_end(table, home);

	for (; entry < end; entry += ENTRY)
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
	if (ENTRY == 1)
		return insert_word(table, state[0], home, alone);
	return insert_words(table, state, home);
}

/* What the place of an entry tells of a state whose first word is known. */
static inline word
table_rest(const Table *table, uint64_t at, word first)
{
	uint64_t	away = at + table->capacity - hash_home(table, words_hash(&first, ENTRY));

	away -= away >= table->capacity ? table->capacity : 0;
	return away / (table->capacity >> table->rest);
}

/* The state of an entry; false, and anything, if there is none. */
static inline bool
table_read(const Table *table, uint64_t at, word *state)
{
	const word *entry = table->entries + at * ENTRY;

	memcpy(state, entry, ENTRY * sizeof(word));
	state[0] &= ~(READY | CLAIMED);
	if (ENTRY < WORDS)
		state[WORDS - 1] = table_rest(table, at, state[0]);
	return entry[0] != 0;
}

/* How many entries there are, those after the last home included. */
static inline uint64_t
table_entries(const Table *table)
{
	return table->bytes / (ENTRY * sizeof(word));
}

/* Make some entries free, whose states were read. */
static inline void
table_empty(const Table *table, uint64_t first, uint64_t last)
{
	memset(table->entries + first * ENTRY, 0, (last - first) * ENTRY * sizeof(word));
}

/*
 * Give a table more entries.  Its states are to be moved: "before" is what it was, in the same
 * memory; the entries there from the first that is moved on are the table's own already.
 */
static inline bool
table_widen(Table *table, uint64_t capacity, Table *before)
{
	word	   *entries;

	capacity = (capacity + PIECE - 1) / PIECE * PIECE;
	entries = pages_larger(table->entries, table->bytes, table_size(capacity));
	if (entries == NULL)
		return false;
	table->entries = entries;
	*before = *table;
	table->capacity = capacity;
	table->bytes = table_size(capacity);
	return true;
}

/* Nothing is left in what a table was before. */
static inline void
table_leave(Table *before)
{
	before->entries = NULL;
}

/* The first of the entries that are a table's own while some are left in what it was before. */
static inline uint64_t
table_first(uint64_t left)
{
	return left;
}

/*
 * How far down entries can be moved while those before them stay: none is moved to where one may
 * still be, nor does one that is moved belong before one that stays.  So it is where probing never
 * went across, which it does only where the entry before is in use.
 */
static inline uint64_t
table_reach(const Table *before, const Table *table, uint64_t left)
{
	unsigned __int128 scaled = (unsigned __int128) left * before->capacity;
	uint64_t	reach = ((uint64_t) (scaled / table->capacity) / LINE + 2) * LINE;

	if (left <= FEW)
		return 0;
	while (reach < left && before->entries[(reach - 1) * ENTRY] != 0)
		reach += LINE;
	return reach < left ? reach : left;
}

/* How much memory of its own a table keeps in use until all its states are moved. */
static inline size_t
table_kept(const Table *before)
{
	(void) before;
	return 0;
}

#endif							/* COMPACT */

#endif							/* MODELCHECK_TABLE_H */
