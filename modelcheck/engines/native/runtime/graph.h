/*
 * graph.h
 *		The graph of a model's states in compact arrays, and where a fair run goes round in it.
 *
 * States are numbered in the order in which the definition finds them, transitions in the order of
 * its successors.  Compiled once for each number of words in a state (WORDS), apart from the search,
 * and with MARKS as the model is.
 */
#ifndef MODELCHECK_GRAPH_H
#define MODELCHECK_GRAPH_H

#include <stddef.h>

#include "search.h"

#define NOWHERE			UINT32_MAX	/* where a transition leads that violates, or to no stored state */
#define MOST_STATES		(UINT32_C(1) << 31)
#define MOST_INSTANCES	256

/* The value of a condition in a state; one without a value is false. */
typedef int (*Ask) (const word *state, int question);

typedef enum Fairness
{
	FAIR_NONE,
	FAIR_WEAK,
	FAIR_STRONG
} Fairness;

/* What the graph is told about a model that is compiled with MARKS. */
typedef struct Source
{
	Expand		expand;
	Ask			ask;
	int32_t		claims;
	int32_t		steps;
	int32_t		fan_out;		/* at most so many successors of one state */
	int32_t		instances;
	const uint8_t *fairness;	/* of each instance */
} Source;

typedef enum GraphStatus
{
	GRAPH_DONE,
	GRAPH_FULL,					/* the greatest number of states is reached */
	GRAPH_STOPPED,				/* somebody called graph_stop */
	GRAPH_NO_MEMORY
} GraphStatus;

typedef struct Graph
{
	Source		source;
	word	   *states;			/* by number */
	uint64_t   *begins;			/* by state: its first transition; one more entry than expanded */
	uint32_t   *targets;		/* by transition */
	uint8_t    *movers;			/* by transition: the instance that moves; ascending in a state */
	uint64_t	count;			/* states */
	uint64_t	initials;
	uint64_t	expanded;		/* states whose transitions are all here: those below */
	uint64_t	edges;
	size_t		state_bytes;
	size_t		begin_bytes;
	size_t		target_bytes;
	size_t		mover_bytes;
	bool		violates;		/* whether some transition violates a check */
	int			stop;			/* set by another thread */
	uint64_t	bytes;			/* of memory in use, for what is found out about it as well */
	uint64_t	bound;			/* so many are allowed */
} Graph;

extern Graph *graph_new(const Source *source);
extern void graph_free(Graph *graph);
extern GraphStatus graph_build(Graph *graph, const word *initial, uint64_t initials,
							   uint64_t max_states, uint32_t levels, bool is_depth);
extern void graph_bound(Graph *graph, uint64_t bytes);
extern void graph_stop(Graph *graph);

typedef struct Fair Fair;

extern Fair *fair_new(Graph *graph);
extern void fair_free(Fair *fair);
extern GraphStatus fair_find(Fair *fair, int goal, int promise);
extern uint64_t fair_states(const Fair *fair);
extern int64_t fair_nearest(const Fair *fair, uint32_t *homes, int64_t most);
extern int64_t fair_stem(Fair *fair, uint32_t home);
extern int64_t fair_way(Fair *fair, uint32_t start, uint32_t home, const uint8_t *due);
extern uint32_t fair_begin(const Fair *fair);
extern const uint64_t *fair_steps(const Fair *fair);

/* Memory in pages, which may move when they grow; false where there is, or may be, no more. */
extern bool graph_reserve(Graph *graph, void **pages, size_t *bytes, size_t needed);
extern void graph_release(Graph *graph, void *pages, size_t bytes);

#endif							/* MODELCHECK_GRAPH_H */
