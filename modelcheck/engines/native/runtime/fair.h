/*
 * fair.h
 *		What is found out about the liveness of a graph, while it is found out.
 */
#ifndef MODELCHECK_FAIR_H
#define MODELCHECK_FAIR_H

#include "graph.h"

#define UNSEEN		UINT32_MAX	/* a node that was not reached */
#define BEGINNING	(UINT32_MAX - 1)	/* a node at which a way begins */
#define OUTSIDE		0			/* the region of states that are not looked at */
#define FAIR_PART	(UINT32_C(1) << 31)	/* marks the region of a fair component */
#define OWED		2			/* of a state: the goal begins to be owed */
#define GOAL		1
#define STRIDE		4096		/* states between two looks at whether to stop */

/* Pages that hold so many elements, none to begin with. */
typedef struct Pages
{
	void	   *at;
	size_t		bytes;
} Pages;

typedef struct Mark
{
	uint32_t	region;			/* transitions from one region to another are not seen */
	uint32_t	order;			/* when the state was reached in its region, from 1; 0: not yet */
} Mark;

/* A state on the way to the one that is looked at. */
typedef struct Step
{
	uint64_t	next;			/* its first transition that was not followed */
	uint32_t	state;
	uint32_t	low;			/* the least order that it is known to reach */
} Step;

struct Fair
{
	Graph	   *graph;
	bool		only_initial;	/* whether the goal is owed from the initial states on alone */
	Pages		wants;			/* by state: GOAL, OWED */
	Pages		before;			/* by node: the node from which it was reached */
	Pages		queue;			/* nodes in the order reached, the nearest first */
	Pages		levels;			/* where each distance begins in the queue */
	Pages		marks;
	Pages		roots;			/* the states of the region that is taken apart */
	Pages		open;			/* states reached whose component is not yet known */
	Pages		path;
	Pages		waiting;		/* states of regions that are to be taken apart, and how many */
	Pages		steps;			/* the transitions of the way that was looked for last */
	Pages		came;			/* by state: from which it was reached on a way */
	uint64_t	reached;		/* nodes in the queue */
	uint64_t	distances;
	uint64_t	held;			/* entries in waiting */
	uint64_t	fair;			/* states in fair components */
	uint32_t	region;			/* the greatest one given out */
	uint32_t	search;			/* the number of the last search for a way */
	uint32_t	begin;			/* the state at which the last way begins */
	bool		failed;
};

/* Whether somebody called graph_stop. */
static inline bool
is_stopped(const Fair *fair)
{
	return __atomic_load_n(&fair->graph->stop, __ATOMIC_RELAXED) != 0;
}

/* Have room for so many elements; false if there is no memory. */
static inline bool
reserve(Fair *fair, Pages *pages, uint64_t count, size_t size)
{
	if (!graph_reserve(fair->graph, &pages->at, &pages->bytes, count * size))
		fair->failed = true;
	return !fair->failed;
}

/* The state of a node: where the goal is owed from the beginning alone, a node is a state. */
static inline uint32_t
state_of(const Fair *fair, uint32_t node)
{
	return fair->only_initial ? node : node / 2;
}

/* Whether the goal is owed there. */
static inline bool
is_owing(const Fair *fair, uint32_t node)
{
	return fair->only_initial || node % 2 == 1;
}

extern bool fair_stems(Fair *fair, int goal, int promise);

#endif							/* MODELCHECK_FAIR_H */
