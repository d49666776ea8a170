/*
 * visited.c
 *		The states that a depth-first search has visited: all, as many as there is room for, or bits.
 *
 * The bits are Holzmann's supertrace ("An analysis of bitstate hashing", 1998): a state whose bits
 * are all set is taken for a known one.
 */
#include "depth.h"

#include <stdlib.h>

#include "growth.h"

#define WINDOW		8			/* entries of the cache in which a state may be */
#define HASHES		3			/* bits of each state */
#define EXPANDED	((word) 1 << 63)	/* in the note of an entry */

/* One state in the cache. */
typedef struct Entry
{
	word		state[WORDS];
	word		note;			/* the round in which it was visited, above, and at which depth */
} Entry;

struct Visited
{
	Order		order;
	uint64_t	bound;			/* bytes for the table */
	Table		table;
	Growth		growth;
	Entry	   *entries;
	uint64_t	capacity;		/* entries */
	uint8_t    *bits;
	uint64_t	size;			/* bits */
	uint64_t	set;			/* bits that are set */
	size_t		bytes;
	uint64_t	states;
	uint32_t	round;			/* entries of other rounds are free */
	bool		is_exact;		/* whether no state was forgotten in this round */
	double		missed;
};

/*
 * "room" is the number of bytes for the cache or for the bits, and bounds the table; zero is no bound.
 */
Visited *
visited_new(Order order, uint64_t room)
{
	Visited    *visited = calloc(1, sizeof *visited);
	void	   *pages = NULL;

	if (visited == NULL)
		return NULL;
	visited->order = order;
	visited->bound = room == 0 ? UINT64_MAX : room;
	visited->round = 1;
	visited->is_exact = order != BITSTATE;
	if (order == DEPTH_FIRST)
	{
		if (table_new(&visited->table, SMALLEST))
			return visited;
		free(visited);
		return NULL;
	}
	visited->capacity = room / sizeof(Entry) > WINDOW ? room / sizeof(Entry) - WINDOW : 1;
	visited->size = room * 8;
	visited->bytes = order == ITERATIVE ? (visited->capacity + WINDOW) * sizeof(Entry) : room;
	pages = pages_new(visited->bytes);
	if (pages == NULL)
	{
		free(visited);
		return NULL;
	}
	if (order == ITERATIVE)
		visited->entries = pages;
	else
		visited->bits = pages;
	return visited;
}

void
visited_free(Visited *visited)
{
	growth_free(&visited->growth);
	if (visited->order == DEPTH_FIRST)
		table_free(&visited->table);
	else
		pages_free(visited->order == ITERATIVE ? (void *) visited->entries : visited->bits,
				   visited->bytes);
	free(visited);
}

/* Forget all: the next round begins.  Of the cache alone. */
void
visited_clear(Visited *visited)
{
	visited->round++;
	visited->states = 0;
	visited->is_exact = true;
}

static uint64_t
scaled(word hash, uint64_t size)
{
	return (uint64_t) (((unsigned __int128) hash * size) >> 64);
}

/* The place of one of a state's bits. */
static uint64_t
bit_of(const Visited *visited, word hash, int which)
{
	hash = (hash + (word) which) * UINT64_C(0x9e3779b97f4a7c15);
	hash ^= hash >> 29;
	return scaled(hash * UINT64_C(0xbf58476d1ce4e5b9), visited->size);
}

/* Where a state is looked for; what the other functions call its home. */
uint64_t
visited_home(const Visited *visited, const word *state)
{
	return visited->order == DEPTH_FIRST ? table_home(&visited->table, state) : state_hash(state);
}

void
visited_prefetch(const Visited *visited, uint64_t home)
{
	switch (visited->order)
	{
		case DEPTH_FIRST:
			table_prefetch(&visited->table, home);
			break;
		case ITERATIVE:
			__builtin_prefetch(&visited->entries[scaled(home, visited->capacity)], 1);
			break;
		case BITSTATE:
			for (int i = 0; i < HASHES; i++)
				__builtin_prefetch(&visited->bits[bit_of(visited, home, i) / 8], 1);
			break;
	}
}

/* Make room for more states if there is need, until the time is over. */
Grown
visited_grow(Visited *visited, double until)
{
	Growth	   *growth = &visited->growth;

	if (visited->order != DEPTH_FIRST)
		return GROWN;
	if (!is_growing(growth))
	{
		uint64_t	capacity = table_next(&visited->table);

		if (visited->states < table_limit(&visited->table))
			return GROWN;
		if (table_size(capacity) > visited->bound ||
			!growth_begin(growth, &visited->table, capacity))
			return GROWTH_FAILED;
	}
	return growth_alone(growth, &visited->table, until);
}

static Visit
visit_table(Visited *visited, const word *state, uint64_t home)
{
	switch (table_insert(&visited->table, state, home, true))
	{
		case TABLE_KNOWN:
			return VISIT_KNOWN;
		case TABLE_NEW:
			visited->states++;
			return VISIT_NEW;
		case TABLE_CROWDED:
			break;
	}
	return VISIT_FAILED;
}

static uint32_t
depth_of(const Entry *entry)
{
	return (uint32_t) entry->note;
}

static bool
is_free(const Visited *visited, const Entry *entry)
{
	return (entry->note & ~EXPANDED) >> 32 != visited->round;
}

/* The entry of a state, or one that is free; else the one to be given up: the deepest. */
static Entry *
entry_of(const Visited *visited, const word *state, uint64_t home)
{
	Entry	   *entry = &visited->entries[scaled(home, visited->capacity)];
	Entry	   *deepest = entry;

	for (int i = 0; i < WINDOW; i++, entry++)
	{
		if (is_free(visited, entry) || memcmp(entry->state, state, sizeof entry->state) == 0)
			return entry;
		if (depth_of(entry) > depth_of(deepest))
			deepest = entry;
	}
	return deepest;
}

static Visit
visit_cache(Visited *visited, const word *state, uint64_t home, uint32_t depth)
{
	Entry	   *entry = entry_of(visited, state, home);
	word		note = (word) visited->round << 32 | depth;

	if (is_free(visited, entry))
		visited->states++;
	else if (memcmp(entry->state, state, sizeof entry->state) == 0)
	{
		if (depth_of(entry) <= depth)
			return VISIT_KNOWN;
		entry->note = (entry->note & EXPANDED) | note;
		return VISIT_NEARER;
	}
	else
		visited->is_exact = false;
	memcpy(entry->state, state, sizeof entry->state);
	entry->note = note;
	return VISIT_NEW;
}

static Visit
visit_bits(Visited *visited, uint64_t home)
{
	uint64_t	before = visited->set;
	double		share = (double) before / (double) visited->size;
	double		taken = share * share * share;

	for (int i = 0; i < HASHES; i++)
	{
		uint64_t	bit = bit_of(visited, home, i);
		uint8_t		mask = (uint8_t) (1 << bit % 8);

		visited->set += (visited->bits[bit / 8] & mask) == 0;
		visited->bits[bit / 8] |= mask;
	}
	if (visited->set == before)
		return VISIT_KNOWN;
	/* Of so many new ones, one is not taken for known: as many failures as expected before it. */
	visited->missed += taken / (1.0 - taken);
	visited->states++;
	return VISIT_NEW;
}

/* A search comes to a state, at a depth that only the cache minds. */
Visit
visited_visit(Visited *visited, const word *state, uint64_t home, uint32_t depth)
{
	switch (visited->order)
	{
		case DEPTH_FIRST:
			return visit_table(visited, state, home);
		case ITERATIVE:
			return visit_cache(visited, state, home, depth);
		case BITSTATE:
			return visit_bits(visited, home);
	}
	return VISIT_FAILED;
}

/*
 * A state that was visited is to be expanded: whether that is done for the first time (new), again
 * from nearer, or needless, since it was reached from nearer meanwhile (known).
 */
Visit
visited_expand(Visited *visited, const word *state, uint64_t home, uint32_t depth)
{
	Entry	   *entry;

	if (visited->order != ITERATIVE)
		return VISIT_NEW;
	entry = entry_of(visited, state, home);
	if (is_free(visited, entry) || memcmp(entry->state, state, sizeof entry->state) != 0)
		return VISIT_NEARER;
	if (depth_of(entry) < depth)
		return VISIT_KNOWN;
	if (entry->note & EXPANDED)
		return VISIT_NEARER;
	entry->note |= EXPANDED;
	return VISIT_NEW;
}

/* How many states are stored; of bits, how many were new. */
uint64_t
visited_states(const Visited *visited)
{
	return visited->states;
}

uint64_t
visited_bytes(const Visited *visited)
{
	return visited->order == DEPTH_FIRST ? visited->table.bytes : visited->bytes;
}

/* About how many new states were taken for known ones, as was to be expected. */
double
visited_missed(const Visited *visited)
{
	return visited->missed;
}

/* Whether every state that was visited is still known. */
bool
visited_is_exact(const Visited *visited)
{
	return visited->is_exact;
}
