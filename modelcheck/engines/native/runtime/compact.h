/*
 * compact.h
 *		A set of states of one word, in few bytes each: quotienting, after Cleary (1984).
 *
 * Exact: the bits in use of a state are scattered by a function that can be undone.  The highest of
 * them tell its home, a line of the cache, and only the rest is stored.  Where the home is full, the
 * state goes to another line, which follows from the home and the rest, and a bit says so; where
 * that is full, too, it goes to some spare words, as it is.  Cleary keeps entries in order of their
 * homes; here nothing ever moves, so that several threads may insert at once, and a full line is
 * full for ever.
 *
 * A line is a byte, its lock, and slots that are filled in order.  Included by table.h.
 */
#ifndef MODELCHECK_COMPACT_H
#define MODELCHECK_COMPACT_H

#include <sched.h>

#if WORDS != 1
#error "only states of one word are stored compactly"
#endif

#ifndef BITS
#define BITS 62					/* in use of a state */
#endif

#define LINE_BYTES	64
#define SPARE		16			/* slots for each spare word: some 3 in 100 states need one */
#define MUCH		((size_t) 1 << 26)	/* bytes: a table that is worth giving back bit by bit */
#define FEWEST		((uint64_t) 1 << 13)	/* lines */

/* Of the scattered bits, those that the home follows from; and the others, which are stored as is. */
#define HIGH_BITS	(BITS < 32 ? BITS : 32)
#define LOW_BITS	(BITS - HIGH_BITS)
#define FOLD		((BITS + 1) / 2)

typedef struct Table
{
	unsigned char *entries;
	uint64_t	capacity;		/* slots */
	uint64_t	lines;
	uint64_t	inverse;		/* of their number, as a fraction of 2^64 */
	uint64_t	spares;			/* words after the lines: 1 + a state, or 0 */
	size_t		bytes;
	int			width;			/* bytes of a slot */
	int			slots;			/* in a line */
	int			rest;			/* is zero: all states have one word */
} Table;

#define SCATTER_1	UINT64_C(0x9e3779b97f4a7c15)
#define SCATTER_2	UINT64_C(0xd6e8feb86659fd93)
#define SCATTER_3	UINT64_C(0xff51afd7ed558ccd)

static inline word
scattered(word state)
{
	state = state * SCATTER_1 & low_bits(BITS);
	state ^= state >> FOLD;
	state = state * SCATTER_2 & low_bits(BITS);
	state ^= state >> FOLD;
	return state * SCATTER_3 & low_bits(BITS);
}

/* The number that undoes a multiplication by an odd one. */
static inline word
undoing(word factor)
{
	word		inverse = factor;

	for (int i = 0; i < 5; i++)
		inverse *= 2 - factor * inverse;
	return inverse;
}

static inline word
gathered(word state)
{
	state = state * undoing(SCATTER_3) & low_bits(BITS);
	state ^= state >> FOLD;
	state = state * undoing(SCATTER_2) & low_bits(BITS);
	state ^= state >> FOLD;
	return state * undoing(SCATTER_1) & low_bits(BITS);
}

/* How many bytes a slot takes where there are so many lines. */
static inline int
slot_width(uint64_t lines)
{
	word		most = low_bits(HIGH_BITS) / lines;
	int			bits = LOW_BITS + 1;

	for (; most != 0; most /= 2)
		bits++;
	/* What a slot holds is one more than these bits say. */
	return bits + 1 <= 24 ? 3 : (bits + 8) / 8;
}

/* A slot is read eight bytes at once, and none reaches into the next line. */
static inline int
slots_in_line(int width)
{
	return (LINE_BYTES - 1 - (int) sizeof(word)) / width + 1;
}

/* The number of lines for so many slots, at least: the more lines, the less is stored in a slot. */
static inline uint64_t
lines_for(uint64_t capacity)
{
	for (int width = 3;; width++)
	{
		uint64_t	lines = capacity / (uint64_t) slots_in_line(width) + 1;

		lines = lines < FEWEST ? FEWEST : lines;
		if (slot_width(lines) <= width)
			return lines;
	}
}

static inline uint64_t
spares_for(uint64_t lines)
{
	return lines * (uint64_t) slots_in_line(slot_width(lines)) / SPARE;
}

static inline size_t
table_size(uint64_t capacity)
{
	uint64_t	lines = lines_for(capacity);

	return lines * LINE_BYTES + spares_for(lines) * sizeof(word);
}

static inline bool
table_new(Table *table, uint64_t capacity)
{
	table->lines = lines_for(capacity);
	table->inverse = UINT64_MAX / table->lines + 1;
	table->width = slot_width(table->lines);
	table->slots = slots_in_line(table->width);
	table->capacity = table->lines * (uint64_t) table->slots;
	table->spares = spares_for(table->lines);
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

/* Give a table more slots; what is in it stays where it was, in the table "before". */
static inline bool
table_widen(Table *table, uint64_t capacity, Table *before)
{
	*before = *table;
	if (table_new(table, capacity))
		return true;
	*table = *before;
	return false;
}

/* Nothing is left in what a table was before. */
static inline void
table_leave(Table *before)
{
	table_free(before);
}

/* The first of the entries that are a table's own while some are left in what it was before. */
static inline uint64_t
table_first(uint64_t left)
{
	(void) left;
	return 0;
}

/* How far down entries can be moved while those before them stay. */
static inline uint64_t
table_reach(const Table *before, const Table *table, uint64_t left)
{
	(void) before, (void) table, (void) left;
	return 0;
}

/* How much memory of a table is in use until all its states are moved to another. */
static inline size_t
table_kept(const Table *table)
{
	return table->bytes < MUCH ? table->bytes : 0;
}

/* With so many states a table is to grow. */
static inline uint64_t
table_limit(const Table *table)
{
	return table->capacity / 10 * 9;
}

static inline uint64_t
table_next(const Table *table)
{
	return table->capacity < (uint64_t) 1 << 20 ? table->capacity * 4 : table->capacity / 4 * 5;
}

/* The line where the search for a state begins. */
static inline uint64_t
table_home(const Table *table, const word *state)
{
	return (scattered(state[0]) >> LOW_BITS) * table->lines >> HIGH_BITS;
}

static inline void
table_prefetch(const Table *table, uint64_t home)
{
	fetch_to_write(table->entries + home * LINE_BYTES);
}

/* What is stored of a state: with its home, that is everything. */
static inline word
rest_of(const Table *table, word state)
{
	word		bits = scattered(state);
	word		part = (bits >> LOW_BITS) * table->lines & low_bits(HIGH_BITS);
	word		rest = (word) (((unsigned __int128) part * table->inverse) >> 64);

	return rest << LOW_BITS | (bits & low_bits(LOW_BITS));
}

/* How far a state's other line is from its home, going round. */
static inline uint64_t
way_to_other(const Table *table, word rest)
{
	return 1 + ((rest * SCATTER_1 >> 32) * (table->lines - 1) >> 32);
}

/* The state that a slot of a line holds. */
static inline word
state_of(const Table *table, uint64_t line, word slot)
{
	word		rest = (slot - 1) / 2;
	uint64_t	way = (slot - 1) % 2 == 0 ? 0 : way_to_other(table, rest);
	uint64_t	home = line >= way ? line - way : line + table->lines - way;
	word		first = ((home << HIGH_BITS) + table->lines - 1) / table->lines;

	return gathered((first + (rest >> LOW_BITS)) << LOW_BITS | (rest & low_bits(LOW_BITS)));
}

static inline word
slot_read(const unsigned char *line, int width, int number)
{
	word		held;

	memcpy(&held, line + 1 + number * width, sizeof held);
	return held & low_bits(8 * width);
}

static inline void
slot_write(unsigned char *line, int width, int number, word slot)
{
	word		held;

	memcpy(&held, line + 1 + number * width, sizeof held);
	held = (held & ~low_bits(8 * width)) | slot;
	memcpy(line + 1 + number * width, &held, sizeof held);
}

static inline void
line_lock(unsigned char *line, bool alone)
{
	while (!alone && __atomic_exchange_n(line, 1, __ATOMIC_ACQUIRE) != 0)
		while (__atomic_load_n(line, __ATOMIC_RELAXED) != 0)
			sched_yield();
}

static inline void
line_unlock(unsigned char *line, bool alone)
{
	if (!alone)
		__atomic_store_n(line, 0, __ATOMIC_RELEASE);
}

/* Put a slot into a line; TABLE_CROWDED if that is full, and does not hold it. */
static inline Inserted
line_insert(const Table *table, uint64_t number, word slot, bool alone)
{
	unsigned char *line = table->entries + number * LINE_BYTES;
	Inserted	inserted = TABLE_CROWDED;

	line_lock(line, alone);
	for (int at = 0; at < table->slots && inserted == TABLE_CROWDED; at++)
	{
		word		held = slot_read(line, table->width, at);

		if (held == slot)
			inserted = TABLE_KNOWN;
		else if (held == 0)
		{
			slot_write(line, table->width, at, slot);
			inserted = TABLE_NEW;
		}
	}
	line_unlock(line, alone);
	return inserted;
}

static inline word *
spare_word(const Table *table, uint64_t at)
{
	return (word *) (table->entries + table->lines * LINE_BYTES) + at;
}

static inline Inserted
spare_insert(const Table *table, word state)
{
	uint64_t	first = (state_hash(&state) >> 32) * table->spares >> 32;

	for (uint64_t i = 0; i < table->spares; i++)
	{
		uint64_t	at = first + i < table->spares ? first + i : first + i - table->spares;
		word		held = 0;

		if (__atomic_compare_exchange_n(spare_word(table, at), &held, state + 1, false,
										__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return TABLE_NEW;
		if (held == state + 1)
			return TABLE_KNOWN;
	}
	return TABLE_CROWDED;
}

/* Insert a state whose home is known; "alone" if no other thread uses the table. */
static inline Inserted
table_insert(Table *table, const word *state, uint64_t home, bool alone)
{
	word		rest = rest_of(table, state[0]);
	Inserted	inserted = line_insert(table, home, 2 * rest + 1, alone);
	uint64_t	other;

	if (inserted != TABLE_CROWDED)
		return inserted;
	other = home + way_to_other(table, rest);
	other -= other >= table->lines ? table->lines : 0;
	inserted = line_insert(table, other, 2 * rest + 2, alone);
	return inserted == TABLE_CROWDED ? spare_insert(table, state[0]) : inserted;
}

/* How many slots and spare words there are. */
static inline uint64_t
table_entries(const Table *table)
{
	return table->capacity + table->spares;
}

/* The state of one of them; false, and anything, if there is none. */
static inline bool
table_read(const Table *table, uint64_t at, word *state)
{
	uint64_t	line = at / (uint64_t) table->slots;
	int			number = (int) (at % (uint64_t) table->slots);
	word		slot;

	if (at >= table->capacity)
	{
		*state = *spare_word(table, at - table->capacity) - 1;
		return *state + 1 != 0;
	}
	slot = slot_read(table->entries + line * LINE_BYTES, table->width, number);
	*state = slot == 0 ? 0 : state_of(table, line, slot);
	return slot != 0;
}

/* Give back the memory of some slots, whose states were moved, but for that at the ends. */
static inline void
table_empty(const Table *table, uint64_t first, uint64_t last)
{
	uint64_t	lines_in_page = PAGE / LINE_BYTES;
	uint64_t	begin = first / (uint64_t) table->slots + lines_in_page;
	uint64_t	end = (last < table->capacity ? last : table->capacity) / (uint64_t) table->slots;

	end = end / lines_in_page * lines_in_page;
	begin = begin / lines_in_page * lines_in_page;
	if (table->bytes >= MUCH && begin < end)
		(void) madvise(table->entries + begin * LINE_BYTES, (end - begin) * LINE_BYTES, MADV_DONTNEED);
}

#endif							/* MODELCHECK_COMPACT_H */
