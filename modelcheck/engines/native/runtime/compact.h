/*
 * compact.h
 *		A set of states of one word, in few bytes each: quotienting, after Cleary (1984).
 *
 * Exact: the bits in use of a state are scattered by a function that can be undone.  The highest of
 * them tell its home, a line of the cache, and only the rest is stored.  Where the home is nearly
 * full, the state goes to it or to another line nearby, which follows from the home and the rest,
 * whichever has more room, and a bit says so; where both are full, it goes to some spare words, as it is.
 * Cleary keeps entries in order of their homes; here nothing ever moves, so that several threads may
 * insert at once, and a full line is full for ever.
 */
#ifndef MODELCHECK_COMPACT_H
#define MODELCHECK_COMPACT_H

#include "lines.h"
#include "scatter.h"

#if WORDS != 1
#error "only states of one word are stored compactly"
#endif

#define SHARED		3			/* with no more free slots than that, a line is not the first choice */
#define SPARE		40			/* slots for each spare word: some 2 in 100 states need one */
#define MUCH		((size_t) 1 << 23)	/* bytes: a table that is worth giving back bit by bit */
#define NEAR		1023		/* lines, at most, from a home to the other line: growth goes through in order */
#define FEWEST		((uint64_t) 1 << 12)	/* lines */

/* Of the scattered bits, those that the home follows from; and the others, which are stored as is. */
#define HIGH_BITS	(BITS < 32 ? BITS : 32)
#define LOW_BITS	(BITS - HIGH_BITS)

typedef struct Table
{
	word	   *entries;
	uint64_t	capacity;		/* slots */
	uint64_t	lines;
	uint64_t	inverse;		/* of their number, as a fraction of 2^64 */
	uint64_t	spares;			/* words after the lines: 1 + a state, or 0 */
	size_t		bytes;
	int			width;			/* bits of a slot */
	int			slots;			/* in a line */
	int			rest;			/* is zero: all states have one word */
} Table;

/* How many bits a slot takes where there are so many lines: one tells the home from the other line. */
static inline int
slot_width(uint64_t lines)
{
	word		most = low_bits(HIGH_BITS) / lines;
	int			bits = LOW_BITS + 1;

	for (; most != 0; most /= 2)
		bits++;
	return bits < 8 ? 8 : bits;
}

/* The number of lines for so many slots, at least: the more lines, the less is stored in a slot. */
static inline uint64_t
lines_for(uint64_t capacity)
{
	for (int width = 8;; width++)
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

	return lines * (uint64_t) LINE_BYTES + spares_for(lines) * sizeof(word);
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
	return table->capacity / 20 * 19;
}

static inline uint64_t
table_next(const Table *table)
{
	if (table->capacity < (uint64_t) 1 << 20)
		return table->capacity * 4;
	return table->capacity / 8 * (table->capacity < (uint64_t) 1 << 24 ? 10 : 9);
}

/* The line where the search for a state begins. */
static inline uint64_t
table_home(const Table *table, const word *state)
{
	return (scattered(state[0]) >> LOW_BITS) * table->lines >> HIGH_BITS;
}

static inline word *
line_place(const Table *table, uint64_t number)
{
	return table->entries + number * LINE_WORDS;
}

static inline void
table_fetch(const Table *table, uint64_t home)
{
	fetch_early(line_place(table, home));
}

static inline void
table_prefetch(const Table *table, uint64_t home)
{
	fetch_to_write(line_place(table, home));
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
way_to_other(word rest)
{
	return 1 + ((rest * SCATTER_1 >> 32) * NEAR >> 32);
}

static inline uint64_t
other_line(const Table *table, uint64_t home, word rest)
{
	uint64_t	other = home + way_to_other(rest);

	return other >= table->lines ? other - table->lines : other;
}

/* A short while after its home was fetched: have a state's other line fetched if that may be asked. */
static inline void
table_prefetch_again(const Table *table, const word *state, uint64_t home)
{
	word		first = __atomic_load_n(line_place(table, home), __ATOMIC_RELAXED);

	table_prefetch(table, home);
	if ((int) (first & (LOCKED - 1)) >= table->slots - SHARED)
		table_prefetch(table, other_line(table, home, rest_of(table, *state)));
}

/* A first look is as long as any. */
static inline bool
table_knows(const Table *table, const word *state, uint64_t home)
{
	(void) table, (void) state, (void) home;
	return false;
}

/* The state that a slot of a line holds. */
static inline word
state_of(const Table *table, uint64_t line, word slot)
{
	word		rest = slot / 2;
	uint64_t	way = slot % 2 == 0 ? 0 : way_to_other(rest);
	uint64_t	home = line >= way ? line - way : line + table->lines - way;
	word		first = ((home << HIGH_BITS) + table->lines - 1) / table->lines;

	return gathered((first + (rest >> LOW_BITS)) << LOW_BITS | (rest & low_bits(LOW_BITS)));
}

/* Put a state into its home; TABLE_CROWDED if that has not much room, and does not hold it. */
static inline Inserted
home_insert(const Table *table, uint64_t home, word rest, bool alone)
{
	Inserted	inserted = TABLE_CROWDED;
	Line		line;

	line_open(&line, line_place(table, home), alone);
	if (line_holds(&line, table->width, 2 * rest))
		inserted = TABLE_KNOWN;
	else if (line_filled(&line) < table->slots - SHARED)
	{
		line_add(&line, table->width, 2 * rest);
		inserted = TABLE_NEW;
	}
	line_close(&line, alone);
	return inserted;
}

/*
 * Put a state into its home or its other line; TABLE_CROWDED if both are full, and do not hold it.
 * Both are locked, in their order, as a line that has more room than the other may not have it long.
 */
static inline Inserted
either_insert(const Table *table, uint64_t home, word rest, bool alone)
{
	uint64_t	other = other_line(table, home, rest);
	Inserted	inserted = TABLE_CROWDED;
	int			width = table->width;
	Line		lines[2];
	int			way;

	if (other > home)
		line_open(&lines[0], line_place(table, home), alone);
	line_open(&lines[1], line_place(table, other), alone);
	if (other < home)
		line_open(&lines[0], line_place(table, home), alone);
	way = line_filled(&lines[1]) < line_filled(&lines[0]);
	if (line_holds(&lines[0], width, 2 * rest) || line_holds(&lines[1], width, 2 * rest + 1))
		inserted = TABLE_KNOWN;
	else if (line_filled(&lines[way]) < table->slots)
	{
		line_add(&lines[way], width, 2 * rest + (word) way);
		inserted = TABLE_NEW;
	}
	line_close(&lines[0], alone);
	line_close(&lines[1], alone);
	return inserted;
}

static inline word *
spare_word(const Table *table, uint64_t at)
{
	return line_place(table, table->lines) + at;
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
	Inserted	inserted = home_insert(table, home, rest, alone);

	if (inserted == TABLE_CROWDED)
		inserted = either_insert(table, home, rest, alone);
	return inserted == TABLE_CROWDED ? spare_insert(table, state[0]) : inserted;
}

/*
 * How many spare words and slots there are, in this order: a growing table is moved from its end, and
 * spare words, which go anywhere, are to go when the memory of the slots is given back.
 */
static inline uint64_t
table_entries(const Table *table)
{
	return table->spares + table->capacity;
}

/* The state of one of them; false if there is none. */
static inline bool
table_read(const Table *table, uint64_t at, word *state)
{
	uint64_t	number;
	const word *line;

	if (at < table->spares)
	{
		*state = *spare_word(table, at) - 1;
		return *state + 1 != 0;
	}
	at -= table->spares;
	number = at / (uint64_t) table->slots;
	line = line_place(table, number);
	at %= (uint64_t) table->slots;
	*state = state_of(table, number, slot_read(line, table->width, (int) at));
	return at < (line[0] & (LOCKED - 1));
}

/* Give back the memory of some slots, whose states were moved, but for that at the ends. */
static inline void
table_empty(const Table *table, uint64_t first, uint64_t last)
{
	uint64_t	lines_in_page = PAGE / (uint64_t) LINE_BYTES;
	uint64_t	begin = first < table->spares ? 0 : first - table->spares;
	uint64_t	end = last < table->spares ? 0 : last - table->spares;

	begin = (begin / (uint64_t) table->slots + lines_in_page) / lines_in_page * lines_in_page;
	end = end / (uint64_t) table->slots / lines_in_page * lines_in_page;
	if (table->bytes >= MUCH && begin < end)
		(void) madvise(line_place(table, begin), (end - begin) * (uint64_t) LINE_BYTES, MADV_DONTNEED);
}

#endif							/* MODELCHECK_COMPACT_H */
