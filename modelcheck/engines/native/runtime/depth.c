/*
 * depth.c
 *		Depth-first search of a generated model, its way kept on a stack.
 *
 * A state is visited when it is found, and expanded when it is on top of the stack.  It stays there
 * until all that was found from it is done, so that the expanded ones on the stack are the way to
 * the state that is looked at.
 *
 * An iterative search begins anew with each limit of depth, and ends an iteration before it stops,
 * so that what it found are shortest ways.
 */
#include "depth.h"

#include <stdlib.h>

#include "local.h"

#define ON_WAY	((word) 1 << 63)	/* marks the expanded states on the stack, in their first word */
#define STRIDE	256				/* states between two looks at the clock */

struct Depth
{
	Model		model;
	Order		order;
	Visited    *visited;
	Tally		tally;
	uint64_t   *ignored;		/* what a state takes that is expanded again */
	uint32_t   *told;			/* by claim: what was found when its way was kept */
	word	  **ways;			/* by claim: the states that lead to where it was decided */
	uint64_t   *lengths;
	word	   *initial;
	uint64_t	initials;
	word	   *stack;
	uint64_t	height;
	uint64_t	room;
	uint64_t	bound;			/* bytes for the stack and what is visited */
	word	   *out;
	uint64_t   *homes;			/* of the successors */
	Degrees		degrees;
	uint64_t	transitions;
	uint64_t	expanded;		/* states, each once */
	uint32_t	depth;			/* expanded states on the stack */
	uint32_t	deepest;
	uint32_t	limit;			/* states at this depth are not expanded */
	bool		is_cut;			/* whether there was such a state */
	bool		leads_on;		/* whether something leads out of one at the greatest depth */
};

/*
 * "room" is the number of bytes for the cache or for the bits; at most "bound" bytes are used for
 * states in all, zero is no bound.
 */
Depth *
depth_new(const Model *model, Order order, uint64_t room, uint64_t bound)
{
	Depth	   *depth = calloc(1, sizeof *depth);
	size_t		claims = (size_t) model->claims + 1;
	size_t		most = (size_t) model->fan_out + 1;

	if (depth == NULL)
		return NULL;
	depth->model = *model;
	depth->order = order;
	depth->bound = bound == 0 ? UINT64_MAX : bound;
	depth->degrees.least = UINT32_MAX;
	depth->visited = visited_new(order, order == DEPTH_FIRST ? bound : room);
	depth->tally.taken = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	depth->tally.found = calloc(claims, sizeof(uint32_t));
	depth->tally.local = local_new(model->index, model->answers, model->steps, model->claims,
								   model->fan_out);
	depth->ignored = calloc((size_t) model->steps + 1, sizeof(uint64_t));
	depth->told = calloc(claims, sizeof(uint32_t));
	depth->ways = calloc(claims, sizeof(word *));
	depth->lengths = calloc(claims, sizeof(uint64_t));
	depth->out = malloc(most * WORDS * sizeof(word));
	depth->homes = malloc(most * sizeof(uint64_t));
	if (depth->visited != NULL && depth->tally.taken != NULL && depth->tally.found != NULL &&
		depth->tally.local != NULL && depth->ignored != NULL && depth->told != NULL && depth->ways != NULL &&
		depth->lengths != NULL && depth->out != NULL && depth->homes != NULL)
		return depth;
	depth_free(depth);
	return NULL;
}

void
depth_free(Depth *depth)
{
	if (depth->visited != NULL)
		visited_free(depth->visited);
	for (int claim = 0; depth->ways != NULL && claim < depth->model.claims; claim++)
		free(depth->ways[claim]);
	local_free(depth->tally.local);
	free(depth->tally.taken);
	free(depth->tally.found);
	free(depth->ignored);
	free(depth->told);
	free(depth->ways);
	free(depth->lengths);
	free(depth->initial);
	free(depth->stack);
	free(depth->out);
	free(depth->homes);
	free(depth);
}

static bool
push(Depth *depth, const word *state)
{
	if (depth->height == depth->room)
	{
		uint64_t	room = depth->room == 0 ? 1024 : depth->room * 2;
		uint64_t	bytes = room * WORDS * sizeof(word);
		word	   *larger = NULL;

		if (bytes + visited_bytes(depth->visited) <= depth->bound)
			larger = realloc(depth->stack, bytes);
		if (larger == NULL)
			return false;
		depth->stack = larger;
		depth->room = room;
	}
	memcpy(depth->stack + depth->height++ * WORDS, state, WORDS * sizeof(word));
	return true;
}

/* Keep the way to "state" for each claim that was decided just now. */
static bool
keep_ways(Depth *depth, const word *state)
{
	size_t		claims = (size_t) depth->model.claims;

	if (memcmp(depth->told, depth->tally.found, claims * sizeof(uint32_t)) == 0)
		return true;
	for (size_t claim = 0; claim < claims; claim++)
	{
		word	   *way;
		uint64_t	length = 0;

		if (depth->told[claim] == depth->tally.found[claim])
			continue;
		way = malloc(((size_t) depth->depth + 1) * WORDS * sizeof(word));
		if (way == NULL)
			return false;
		for (uint64_t at = 0; at < depth->height; at++)
			if (depth->stack[at * WORDS] & ON_WAY)
			{
				memcpy(way + length * WORDS, depth->stack + at * WORDS, WORDS * sizeof(word));
				way[length++ * WORDS] &= ~ON_WAY;
			}
		memcpy(way + length++ * WORDS, state, WORDS * sizeof(word));
		depth->ways[claim] = way;
		depth->lengths[claim] = length;
		depth->told[claim] = depth->tally.found[claim];
	}
	return true;
}

/* Whether anything leads out of a state at the greatest depth, and whether it is a deadlock. */
static bool
look_ahead(Depth *depth, const word *state)
{
	int			deadlock = depth->model.deadlock;
	uint32_t   *found = calloc((size_t) depth->model.claims + 1, sizeof(uint32_t));
	word	   *out = malloc((size_t) (depth->model.fan_out + 1) * WORDS * sizeof(word));
	Tally		ahead = {.taken = depth->ignored,.found = found,.level = depth->depth};
	bool		fits = found != NULL && out != NULL;

	if (fits)
	{
		if (depth->model.expand(state, out, &ahead) > 0 || ahead.failing > 0)
			depth->leads_on = true;
		if (depth->tally.found[deadlock] == 0)
			depth->tally.found[deadlock] = found[deadlock];
		fits = keep_ways(depth, state);
	}
	free(found);
	free(out);
	return fits;
}

/* A search comes to a state, which is found "depth" steps from an initial one. */
static bool
arrive(Depth *depth, const word *state, uint64_t home, uint32_t max_depth)
{
	Visit		visit = visited_visit(depth->visited, state, home, depth->depth);

	if (visit == VISIT_FAILED)
		return false;
	if (visit == VISIT_KNOWN)
		return true;
	if (visit == VISIT_NEW)
	{
		depth->deepest = depth->depth > depth->deepest ? depth->depth : depth->deepest;
		depth->tally.level = depth->depth;
		depth->model.judge(state, &depth->tally);
		if (!keep_ways(depth, state))
			return false;
	}
	if (depth->depth < depth->limit)
		return push(depth, state);
	depth->is_cut = true;
	return depth->depth < max_depth || look_ahead(depth, state);
}

static bool
begin_round(Depth *depth, uint32_t max_depth)
{
	memset(depth->tally.taken, 0, (size_t) depth->model.steps * sizeof(uint64_t));
	depth->degrees = (Degrees) {0, UINT32_MAX, 0};
	depth->transitions = depth->expanded = 0;
	depth->depth = depth->deepest = 0;
	depth->is_cut = depth->leads_on = false;
	for (uint64_t i = depth->initials; i > 0; i--)
	{
		const word *state = depth->initial + (i - 1) * WORDS;

		if (!arrive(depth, state, visited_home(depth->visited, state), max_depth))
			return false;
	}
	return true;
}

/* Say where to begin; false if there is no memory. */
bool
depth_begin(Depth *depth, const word *initial, uint64_t initials)
{
	depth->initial = malloc((initials + 1) * WORDS * sizeof(word));
	if (depth->initial == NULL)
		return false;
	memcpy(depth->initial, initial, initials * WORDS * sizeof(word));
	depth->initials = initials;
	return true;
}

static void
count_degree(Depth *depth, uint32_t degree)
{
	depth->expanded++;
	depth->transitions += degree;
	depth->degrees.states++;
	depth->degrees.least = degree < depth->degrees.least ? degree : depth->degrees.least;
	depth->degrees.most = degree > depth->degrees.most ? degree : depth->degrees.most;
}

/* Expand the state on top of the stack; false if there is no memory. */
static bool
expand_top(Depth *depth, uint32_t max_depth)
{
	word		state[WORDS];
	Tally		again = depth->tally;
	Visit		visit;
	int			count;

	memcpy(state, depth->stack + (depth->height - 1) * WORDS, sizeof state);
	visit = visited_expand(depth->visited, state, visited_home(depth->visited, state),
						   depth->depth);
	if (visit == VISIT_KNOWN)
	{
		depth->height--;
		return true;
	}
	again.taken = visit == VISIT_NEW ? depth->tally.taken : depth->ignored;
	again.level = depth->depth;
	count = depth->model.expand(state, depth->out, &again);
	if (visit == VISIT_NEW)
		count_degree(depth, (uint32_t) count);
	if (!keep_ways(depth, state))
		return false;
	depth->stack[(depth->height - 1) * WORDS] |= ON_WAY;
	depth->depth++;
	for (int i = 0; i < count; i++)
	{
		depth->homes[i] = visited_home(depth->visited, depth->out + i * WORDS);
		visited_prefetch(depth->visited, depth->homes[i]);
	}
	/* The first successor goes on top. */
	for (int i = count - 1; i >= 0; i--)
		if (!arrive(depth, depth->out + i * WORDS, depth->homes[i], max_depth))
			return false;
	return true;
}

static bool
is_found(const Depth *depth, const uint8_t *wanted)
{
	for (int claim = 0; claim < depth->model.claims; claim++)
		if (wanted[claim] && depth->tally.found[claim] != 0)
			return true;
	return false;
}

/* Nothing is on the stack any more: the end, or the next iteration. */
static DepthStatus
end_round(Depth *depth, uint32_t max_depth, const uint8_t *wanted)
{
	bool		is_exact = visited_is_exact(depth->visited);

	if (!depth->is_cut || (depth->limit == max_depth && !depth->leads_on))
		return DEPTH_COMPLETE;
	if (depth->order != ITERATIVE)
		return DEPTH_CUT;
	/* What was cut off may have been reached from nearer afterwards. */
	if (is_exact && depth->expanded == visited_states(depth->visited))
		return DEPTH_COMPLETE;
	if (is_found(depth, wanted))
		return DEPTH_FOUND;
	if (depth->limit == max_depth)
		return DEPTH_CUT;
	depth->limit++;
	visited_clear(depth->visited);
	return begin_round(depth, max_depth) ? DEPTH_RUNNING : DEPTH_NO_MEMORY;
}

/*
 * Go on for so many seconds, or until one of the wanted claims was decided.  Zero is no limit on
 * states.
 */
DepthStatus
depth_run(Depth *depth, double seconds, uint64_t max_states, uint32_t max_depth,
		  const uint8_t *wanted)
{
	double		until = monotonic_seconds() + seconds;
	uint64_t	most = max_states == 0 ? UINT64_MAX : max_states;

	if (depth->limit == 0 && depth->visited != NULL && visited_states(depth->visited) == 0)
	{
		depth->limit = depth->order == ITERATIVE ? 0 : max_depth;
		if (!begin_round(depth, max_depth))
			return DEPTH_NO_MEMORY;
	}
	for (uint64_t turn = 1;; turn++)
	{
		Grown		grown = visited_grow(depth->visited, until);

		if (grown != GROWN)
			return grown == GROWING ? DEPTH_RUNNING : DEPTH_NO_MEMORY;
		if (depth->order != ITERATIVE && is_found(depth, wanted))
			return DEPTH_FOUND;
		if (visited_states(depth->visited) > most)
			return DEPTH_FULL;
		if (turn % STRIDE == 0 && monotonic_seconds() >= until)
			return DEPTH_RUNNING;
		if (depth->height == 0)
		{
			DepthStatus status = end_round(depth, max_depth, wanted);

			if (status != DEPTH_RUNNING)
				return status;
		}
		else if (depth->stack[(depth->height - 1) * WORDS] & ON_WAY)
		{
			depth->height--;
			depth->depth--;
		}
		else if (!expand_top(depth, max_depth))
			return DEPTH_NO_MEMORY;
	}
}

void
depth_reach(const Depth *depth, Reach *reach)
{
	reach->states = visited_states(depth->visited);
	reach->transitions = depth->transitions;
	reach->waiting = depth->height - depth->depth;
	reach->bytes = visited_bytes(depth->visited) + depth->room * WORDS * sizeof(word);
	reach->missed = visited_missed(depth->visited);
	reach->depth = depth->depth;
	reach->deepest = depth->deepest;
	reach->limit = depth->limit;
	reach->is_exact = visited_is_exact(depth->visited);
}

/* What was seen; of an iterative search, steps and degrees in the present iteration. */
void
depth_tally(const Depth *depth, uint64_t *taken, uint32_t *found, Degrees *degrees)
{
	memcpy(taken, depth->tally.taken, (size_t) depth->model.steps * sizeof(uint64_t));
	memcpy(found, depth->tally.found, (size_t) depth->model.claims * sizeof(uint32_t));
	*degrees = depth->degrees;
}

/* How many states lead to where the claim was decided, that one included; 0: it was not. */
uint64_t
depth_length(const Depth *depth, int claim)
{
	return depth->lengths[claim];
}

/* Write these states, the initial one first. */
void
depth_path(const Depth *depth, int claim, word *states)
{
	memcpy(states, depth->ways[claim], depth->lengths[claim] * WORDS * sizeof(word));
}
