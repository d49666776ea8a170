/*
 * search.h
 *		Breadth-first search of a generated model, level by level.
 *
 * Compiled once for each number of words in a state (WORDS).
 */
#ifndef MODELCHECK_SEARCH_H
#define MODELCHECK_SEARCH_H

#include <time.h>

#include "model.h"

static inline double
monotonic_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

typedef int (*Expand) (const word *state, word *out, Tally *tally);
typedef void (*Judge) (const word *state, Tally *tally);

/* What the search is told about a model. */
typedef struct Model
{
	Expand		expand;			/* adds the successors of a state, in the order of the semantics */
	Judge		judge;			/* notes the properties of one state */
	int32_t		claims;
	int32_t		deadlock;		/* the claim that is decided where nothing can move */
	int32_t		steps;
	int32_t		fan_out;		/* at most so many successors of one state */
	uint32_t	index;			/* of what is remembered of local steps: how many entries */
	uint32_t	answers;		/* that may be remembered of properties */
	int32_t		rest;			/* bits in use of a second word that is not stored; see table.h */
} Model;

typedef enum Status
{
	SEARCH_RUNNING,				/* the time given is over */
	SEARCH_BOUNDARY,			/* a level is complete, and this was to be told */
	SEARCH_LEVEL,				/* a claim was decided in the level just completed */
	SEARCH_COMPLETE,			/* nothing is left to expand */
	SEARCH_DEPTH,				/* the states at the greatest depth are not expanded */
	SEARCH_FULL,				/* the greatest number of states is reached */
	SEARCH_BOUND,				/* the memory allowed is used up */
	SEARCH_NO_MEMORY,
	SEARCH_NO_DISK				/* what does not fit cannot be written, or not be read again */
} Status;

/* How far a search has come. */
typedef struct Progress
{
	uint64_t	states;
	uint64_t	transitions;
	uint64_t	frontier;		/* states found and not yet expanded */
	uint64_t	bytes;			/* of memory in use for states */
	uint64_t	slots;			/* for how many states the table has entries */
	uint64_t	recent[3];		/* states in the level that is expanded, last, and in those before */
	uint64_t	found;			/* states of the level after that */
	uint32_t	level;			/* steps from an initial state to those that are expanded */
	uint32_t	depth;			/* the greatest depth of a state found */
} Progress;

/* How the states that were expanded branch. */
typedef struct Degrees
{
	uint64_t	states;
	uint32_t	least;
	uint32_t	most;
} Degrees;

typedef struct Search Search;

extern Search *search_new(const Model *model, int threads);
extern void search_free(Search *search);
extern void search_bound(Search *search, uint64_t bytes);
extern void search_tell_levels(Search *search, bool tell);
extern bool search_begin(Search *search, const word *state);
extern Status search_run(Search *search, double seconds, uint64_t max_states, uint32_t max_depth,
						 const uint8_t *wanted);
extern bool search_look_ahead(Search *search, double seconds, bool *ahead, uint32_t *found);
extern void search_progress(const Search *search, Progress *progress);
extern void search_tally(const Search *search, uint64_t *taken, uint32_t *found, Degrees *degrees);
extern uint64_t search_level(const Search *search, int segment, const word **states);
extern bool search_load(Search *search, const word *states, uint64_t count, bool is_last);
extern void search_restore(Search *search, const Progress *progress, const uint64_t *taken,
						   const uint32_t *found, const Degrees *degrees);
extern uint64_t search_copy(const Search *search, uint64_t *cursor, word *states, uint64_t room);

typedef struct Kept Kept;

extern Kept *search_kept(Search *search);
extern void kept_free(Kept *kept);
extern uint64_t kept_levels(const Kept *kept);
extern uint64_t kept_states(const Kept *kept, uint64_t levels, const word **states);
extern bool kept_path(const Kept *kept, const Model *model, int claim, uint64_t level, word *states);

typedef enum PathStatus
{
	PATH_RUNNING,				/* the time given is over */
	PATH_FOUND,
	PATH_NONE,					/* no reachable state decides the claim */
	PATH_NO_MEMORY				/* or no more than is allowed */
} PathStatus;

typedef struct Path Path;

extern Path *path_new(const Model *model, const word *initial, int64_t initials, uint64_t max_bytes);
extern void path_free(Path *path);
extern PathStatus path_run(Path *path, int claim, double seconds);
extern int64_t path_length(const Path *path, int claim);
extern void path_states(const Path *path, int claim, word *states);
extern int64_t path_reach(const Path *path, int claim, const word **states);

#endif							/* MODELCHECK_SEARCH_H */
