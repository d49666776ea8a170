/*
 * inside.h
 *		A search from inside: what the files that it is made of share.
 */
#ifndef MODELCHECK_INSIDE_H
#define MODELCHECK_INSIDE_H

#include "search.h"

#ifdef NARROW
#define ENTRY 1					/* see table.h */
#endif

#include "crew.h"
#include "growth.h"

#define BATCH		256			/* so many states are inserted together */
#define WAITING		128			/* so many successors are compared with those of a short while ago */
#define APART		16			/* words between what different threads write to */

/* States in the order found. */
typedef struct Frontier
{
	word	   *states;
	uint64_t	count;
	size_t		bytes;			/* of memory, in which there is room for more */
	size_t		shed;			/* so many of them, the first ones, were given back */
} Frontier;

/* States that are inserted together, when the memory where they belong has been fetched. */
typedef struct Batch
{
	word	   *states;
	uint64_t   *homes;			/* where each belongs in the table */
	int			count;
	uint64_t	expanded;		/* states from which they, and all before them, follow */
} Batch;

typedef struct Worker
{
	Search	   *search;
	Tally		tally;			/* of the states that are expanded */
	Tally		ahead;			/* of those that are found: the same arrays, one level on */
	Frontier	found;			/* new states, for the next level */
	uint64_t	expanding;		/* the states of the level before this one it is done with; shared */
	uint64_t	transitions;
	Degrees		degrees;
	word	   *successors;
	int			waiting;		/* successors that were not looked at yet */
	Batch		batches[2];
	int			filled;			/* the one that is filled now */
	word	   *recent;			/* states that were taken lately, by their hashes */
	bool		failed;			/* there was no memory */
	word		apart[APART];	/* no two workers write to one line of the cache */
} Worker;

struct Search
{
	Model		model;
	Table		table;
	Growth		growth;
	Worker	   *workers;
	Crew	   *crew;
	int			threads;
	bool		alone;			/* one thread works on this level */
	Frontier   *current;		/* one for each worker: what it found in the level before */
	uint64_t	total;			/* states in the current level */
	uint64_t	recent[2];		/* states in the two levels before */
	uint64_t	looked;			/* states of the current level that were looked at, not expanded */
	uint64_t	largest_chunk;
	uint64_t	chunk;			/* so many of them are taken at once */
	uint64_t	limit;			/* of states, before the table is to grow */
	uint64_t	max_states;
	uint64_t	max_bytes;		/* that tables and frontiers may take */
	uint64_t	frontier_bytes; /* that the frontiers take; shared */
	bool		is_bound;		/* more than max_bytes were needed; shared */
	bool		tells_levels;	/* whether to come back at the end of each level */
	Kept	   *kept;			/* the levels up to this one; NULL: they are not kept */
	uint32_t	level;
	uint32_t	depth;
	double		until;
	word		apart[APART];	/* what follows is written by all threads */
	uint64_t	next;			/* the first state that nobody has taken; shared */
	uint64_t	states;			/* in the table; shared */
	int			stop;			/* 1: out of time, 2: the table is to grow, 3: enough states; shared */
};

/* search.c */
extern void run_level(Search *search);
extern bool has_failed(const Search *search);
extern bool is_found(const Search *search, const uint8_t *wanted);

/* kept.c */
extern void keep_nothing(Search *search);
extern void keep_level(Search *search);
extern void keep_batch(Search *search, uint64_t found, uint64_t expanded);
extern uint64_t kept_bytes(const Search *search);

/* room.c */
extern bool frontier_reserve(Search *search, Frontier *frontier, uint64_t more);
extern void frontier_free(Frontier *frontier);
extern void frontier_empty(Search *search, Frontier *frontier);
extern void shed_expanded(Search *search);
extern Grown search_grow(Search *search, double until);

/* worker.c */
extern bool worker_begin(Worker *worker, Search *search);
extern void worker_end(Worker *worker);
extern const Frontier *find_segment(const Search *search, uint64_t *number);
extern void expand_some(void *argument, int member);

#endif							/* MODELCHECK_INSIDE_H */
