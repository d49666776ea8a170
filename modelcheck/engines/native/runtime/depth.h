/*
 * depth.h
 *		Search of a generated model in other orders than breadth first, by one thread.
 *
 * Compiled once for each number of words in a state (WORDS), apart from the breadth-first search.
 */
#ifndef MODELCHECK_DEPTH_H
#define MODELCHECK_DEPTH_H

#include "growth.h"

typedef enum Order
{
	DEPTH_FIRST,				/* every state is stored */
	ITERATIVE,					/* depth first within a growing limit, states stored as far as room goes */
	BITSTATE					/* depth first, of each state some bits of its hash are stored */
} Order;

typedef enum DepthStatus
{
	DEPTH_RUNNING,				/* the time given is over */
	DEPTH_FOUND,				/* a wanted claim was decided */
	DEPTH_COMPLETE,				/* nothing is left to expand */
	DEPTH_CUT,					/* states at the greatest depth are not expanded */
	DEPTH_FULL,					/* the greatest number of states is reached */
	DEPTH_NO_MEMORY
} DepthStatus;

/* How far a search has come; of an iterative one, in the present iteration. */
typedef struct Reach
{
	uint64_t	states;
	uint64_t	transitions;
	uint64_t	waiting;		/* states found and not yet expanded */
	uint64_t	bytes;			/* of memory in use for states */
	double		missed;			/* an estimate of how many new states were taken for known ones */
	uint32_t	depth;			/* steps from an initial state to the one that is expanded */
	uint32_t	deepest;		/* to the deepest that was found */
	uint32_t	limit;			/* of the present iteration */
	bool		is_exact;		/* whether each state was counted once */
} Reach;

typedef struct Depth Depth;

extern Depth *depth_new(const Model *model, Order order, uint64_t room, uint64_t bound);
extern void depth_free(Depth *depth);
extern bool depth_begin(Depth *depth, const word *initial, uint64_t initials);
extern DepthStatus depth_run(Depth *depth, double seconds, uint64_t max_states,
							 uint32_t max_depth, const uint8_t *wanted);
extern void depth_reach(const Depth *depth, Reach *reach);
extern void depth_tally(const Depth *depth, uint64_t *taken, uint32_t *found, Degrees *degrees);
extern uint64_t depth_length(const Depth *depth, int claim);
extern void depth_path(const Depth *depth, int claim, word *states);

/* What is known of a state when a search comes to it. */
typedef enum Visit
{
	VISIT_KNOWN,
	VISIT_NEW,
	VISIT_NEARER,				/* known, and found farther away than now */
	VISIT_FAILED				/* there was no memory */
} Visit;

/* The states that a search has visited, by one of three ways to store them. */
typedef struct Visited Visited;

extern Visited *visited_new(Order order, uint64_t room);
extern void visited_free(Visited *visited);
extern void visited_clear(Visited *visited);
extern Grown visited_grow(Visited *visited, double until);
extern uint64_t visited_home(const Visited *visited, const word *state);
extern void visited_prefetch(const Visited *visited, uint64_t home);
extern Visit visited_visit(Visited *visited, const word *state, uint64_t home, uint32_t depth);
extern Visit visited_expand(Visited *visited, const word *state, uint64_t home, uint32_t depth);
extern uint64_t visited_states(const Visited *visited);
extern uint64_t visited_bytes(const Visited *visited);
extern double visited_missed(const Visited *visited);
extern bool visited_is_exact(const Visited *visited);

#endif							/* MODELCHECK_DEPTH_H */
