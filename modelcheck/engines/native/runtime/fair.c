/*
 * fair.c
 *		Where a fair run can go round for ever without a goal, and how it comes there.
 *
 * Strongly connected components by Tarjan's algorithm (1972), without recursion; of those that are
 * unfair to a strongly fair instance, the states in which it is enabled are taken away and the rest
 * is taken apart again (Streett's acceptance, as in Emerson and Lei 1987).  Every state has a
 * stutter transition to itself that nobody takes.  All as in components.py, stems.py and rounds.py,
 * and in the same order wherever the order shows.
 */
#include "graph.h"

#include <stdlib.h>

#include "table.h"

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

static bool
is_stopped(const Fair *fair)
{
	return __atomic_load_n(&fair->graph->stop, __ATOMIC_RELAXED) != 0;
}

static bool
reserve(Fair *fair, Pages *pages, uint64_t count, size_t size)
{
	if (!graph_reserve(fair->graph, &pages->at, &pages->bytes, count * size))
		fair->failed = true;
	return !fair->failed;
}

static GraphStatus
given_up(const Fair *fair)
{
	return fair->failed ? GRAPH_NO_MEMORY : GRAPH_STOPPED;
}

Fair *
fair_new(Graph *graph)
{
	Fair	   *fair = calloc(1, sizeof *fair);

	if (fair != NULL)
		fair->graph = graph;
	return fair;
}

void
fair_free(Fair *fair)
{
	Pages	   *all[] = {&fair->wants, &fair->before, &fair->queue, &fair->levels, &fair->marks,
		&fair->roots, &fair->open, &fair->path, &fair->waiting, &fair->steps, &fair->came};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		graph_release(fair->graph, all[i]->at, all[i]->bytes);
	free(fair);
}

/*
 * What the property says of each state.
 */
static bool
ask_all(Fair *fair, int goal, int promise)
{
	const Graph *graph = fair->graph;
	uint8_t    *wants;

	if (!reserve(fair, &fair->wants, graph->count, 1))
		return false;
	wants = fair->wants.at;
	for (uint64_t state = 0; state < graph->count; state++)
	{
		const word *words = graph->states + state * WORDS;
		bool		owed = promise < 0 ? state < graph->initials :
			graph->source.ask(words, promise) != 0;

		wants[state] = (uint8_t) ((graph->source.ask(words, goal) ? GOAL : 0) | (owed ? OWED : 0));
		if (state % STRIDE == 0 && is_stopped(fair))
			return false;
	}
	return true;
}

/*
 * The shortest ways into the states in which a goal is owed: a breadth-first search over nodes, each
 * twice a state, plus one once the goal is owed.  Where it is owed from the beginning alone, a node
 * is a state.
 */
static uint32_t
state_of(const Fair *fair, uint32_t node)
{
	return fair->only_initial ? node : node / 2;
}

static bool
is_owing(const Fair *fair, uint32_t node)
{
	return fair->only_initial || node % 2 == 1;
}

static void
reach(Fair *fair, uint32_t node, uint32_t before)
{
	uint32_t   *from = fair->before.at;

	if (from[node] != UNSEEN)
		return;
	from[node] = before;
	((uint32_t *) fair->queue.at)[fair->reached++] = node;
}

static void
arrive(Fair *fair, uint32_t state, uint32_t before)
{
	bool		owed = before != BEGINNING && is_owing(fair, before);
	uint8_t		wants = ((const uint8_t *) fair->wants.at)[state];

	if (!owed && !fair->only_initial)
		reach(fair, 2 * state, before);
	if ((wants & GOAL) == 0 && (owed || (wants & OWED) != 0))
		reach(fair, fair->only_initial ? state : 2 * state + 1, before);
}

static bool
find_stems(Fair *fair)
{
	const Graph *graph = fair->graph;
	uint64_t	nodes = graph->count * (fair->only_initial ? 1 : 2);
	uint64_t	next = 0;

	if (!reserve(fair, &fair->before, nodes, sizeof(uint32_t)) ||
		!reserve(fair, &fair->queue, nodes, sizeof(uint32_t)))
		return false;
	memset(fair->before.at, 0xff, nodes * sizeof(uint32_t));
	fair->reached = fair->distances = 0;
	for (uint64_t state = 0; state < graph->initials; state++)
		arrive(fair, (uint32_t) state, BEGINNING);
	while (next < fair->reached)
	{
		uint64_t	end = fair->reached;

		if (!reserve(fair, &fair->levels, fair->distances + 1, sizeof(uint64_t)))
			return false;
		((uint64_t *) fair->levels.at)[fair->distances++] = next;
		for (; next < end; next++)
		{
			uint32_t	node = ((const uint32_t *) fair->queue.at)[next];
			uint32_t	state = state_of(fair, node);

			if (next % STRIDE == 0 && is_stopped(fair))
				return false;
			if (state >= graph->expanded)
				continue;
			for (uint64_t edge = graph->begins[state]; edge < graph->begins[state + 1]; edge++)
				if (graph->targets[edge] != NOWHERE)
					arrive(fair, graph->targets[edge], node);
		}
	}
	return true;
}

/*
 * Fair components.
 */

/* Whether a run may go through all of these states for ever; else how many of them it may return to,
 * which come first then. */
static bool
is_fair(Fair *fair, uint32_t *states, uint64_t *count, uint32_t region)
{
	const Graph *graph = fair->graph;
	const Mark *marks = fair->marks.at;
	const uint8_t *fairness = graph->source.fairness;
	uint64_t	able[MOST_INSTANCES];
	bool		moving[MOST_INSTANCES];
	bool		unfair[MOST_INSTANCES];
	bool		any = false;
	uint64_t	kept = 0;

	memset(able, 0, (size_t) graph->source.instances * sizeof *able);
	memset(moving, 0, (size_t) graph->source.instances * sizeof *moving);
	for (uint64_t i = 0; i < *count; i++)
	{
		int			last = -1;

		if (i % STRIDE == STRIDE - 1 && is_stopped(fair))
			return false;
		for (uint64_t edge = graph->begins[states[i]]; edge < graph->begins[states[i] + 1]; edge++)
		{
			int			mover = graph->movers[edge];
			uint32_t	target = graph->targets[edge];

			able[mover] += mover != last;
			last = mover;
			if (!moving[mover] && target != NOWHERE && marks[target].region == region)
				moving[mover] = true;
		}
	}
	for (int mover = 0; mover < graph->source.instances; mover++)
	{
		bool		idle = able[mover] > 0 && !moving[mover];

		if (idle && fairness[mover] == FAIR_WEAK && able[mover] == *count)
		{
			*count = 0;
			return false;
		}
		unfair[mover] = idle && fairness[mover] == FAIR_STRONG;
		any = any || unfair[mover];
	}
	for (uint64_t i = 0; any && i < *count; i++)
	{
		uint64_t	edge = graph->begins[states[i]];

		while (edge < graph->begins[states[i] + 1] && !unfair[graph->movers[edge]])
			edge++;
		if (edge == graph->begins[states[i] + 1])
		{
			uint32_t	other = states[kept];

			states[kept++] = states[i];
			states[i] = other;
		}
	}
	*count = any ? kept : *count;
	return !any;
}

/* These states are a component: mark it as fair, or have what may be fair of it taken apart again. */
static void
close_component(Fair *fair, uint32_t *states, uint64_t count)
{
	Mark	   *marks = fair->marks.at;
	uint32_t	region = ++fair->region;
	uint64_t	rest = count;
	uint32_t   *held;

	for (uint64_t i = 0; i < count; i++)
		marks[states[i]].region = region;
	if (is_fair(fair, states, &rest, region))
	{
		for (uint64_t i = 0; i < count; i++)
			marks[states[i]].region = region | FAIR_PART;
		fair->fair += count;
		return;
	}
	for (uint64_t i = 0; i < count; i++)
		marks[states[i]] = (Mark) {i < rest ? region : OUTSIDE, 0};
	if (rest == 0)
	{
		fair->region--;			/* nobody has it any more */
		return;
	}
	if (!reserve(fair, &fair->waiting, fair->held + rest + 1, sizeof(uint32_t)))
		return;
	held = (uint32_t *) fair->waiting.at + fair->held;
	memcpy(held, states, rest * sizeof(uint32_t));
	held[rest] = (uint32_t) rest;
	fair->held += rest + 1;
}

/* The components that are reached from a state, within its region. */
static bool
take_apart(Fair *fair, uint32_t root, uint32_t *reached)
{
	const Graph *graph = fair->graph;
	Mark	   *marks = fair->marks.at;
	uint32_t   *open = fair->open.at;
	Step	   *path = fair->path.at;
	uint32_t	region = marks[root].region;
	uint64_t	opened = 0;
	uint64_t	length = 0;
	uint32_t	enter = root;

	for (;;)
	{
		Step	   *step;
		uint64_t	end;

		if (enter != NOWHERE)
		{
			marks[enter].order = ++*reached;
			open[opened++] = enter;
			path[length++] = (Step) {graph->begins[enter], enter, *reached};
			enter = NOWHERE;
			if (*reached % STRIDE == 0 && is_stopped(fair))
				return false;
		}
		step = &path[length - 1];
		end = graph->begins[step->state + 1];
		for (; step->next < end && enter == NOWHERE; step->next++)
		{
			uint32_t	target = graph->targets[step->next];

			if (target == NOWHERE || marks[target].region != region)
				continue;
			if (marks[target].order == 0)
				enter = target;
			else if (marks[target].order < step->low)
				step->low = marks[target].order;
		}
		if (enter != NOWHERE)
			continue;
		if (step->low == marks[step->state].order)
		{
			uint64_t	first = opened;

			while (open[--first] != step->state)
				;
			close_component(fair, open + first, opened - first);
			if (fair->failed || is_stopped(fair))
				return false;
			opened = first;
		}
		if (--length == 0)
			return true;
		if (step->low < path[length - 1].low)
			path[length - 1].low = step->low;
	}
}

/* Take a region apart, whose states are the roots. */
static bool
take_region_apart(Fair *fair, uint64_t count)
{
	const uint32_t *roots = fair->roots.at;
	const Mark *marks = fair->marks.at;
	uint32_t	region = count > 0 ? marks[roots[0]].region : OUTSIDE;
	uint32_t	reached = 0;

	for (uint64_t i = 0; i < count; i++)
		if (marks[roots[i]].region == region && marks[roots[i]].order == 0 &&
			!take_apart(fair, roots[i], &reached))
			return false;
	return true;
}

static bool
find_components(Fair *fair)
{
	const Graph *graph = fair->graph;
	const uint32_t *queue = fair->queue.at;
	uint64_t	count = 0;
	Mark	   *marks;

	if (!reserve(fair, &fair->marks, graph->count, sizeof(Mark)) ||
		!reserve(fair, &fair->roots, graph->expanded, sizeof(uint32_t)) ||
		!reserve(fair, &fair->open, graph->expanded, sizeof(uint32_t)) ||
		!reserve(fair, &fair->path, graph->expanded, sizeof(Step)))
		return false;
	marks = fair->marks.at;
	memset(marks, 0, graph->count * sizeof(Mark));
	fair->region = 1;
	fair->held = fair->fair = 0;
	for (uint64_t i = 0; i < fair->reached; i++)
	{
		uint32_t	state = state_of(fair, queue[i]);

		if (!is_owing(fair, queue[i]) || state >= graph->expanded)
			continue;
		marks[state].region = fair->region;
		((uint32_t *) fair->roots.at)[count++] = state;
	}
	while (count > 0)
	{
		const uint32_t *waiting = fair->waiting.at;

		if (!take_region_apart(fair, count))
			return false;
		waiting = fair->waiting.at;
		count = 0;
		if (fair->held > 0)
		{
			count = waiting[fair->held - 1];
			fair->held -= count + 1;
			memcpy(fair->roots.at, waiting + fair->held, count * sizeof(uint32_t));
		}
	}
	return true;
}

/* Look for the fair components without a goal, all numbered conditions; no promise: negative. */
GraphStatus
fair_find(Fair *fair, int goal, int promise)
{
	fair->only_initial = promise < 0;
	if (ask_all(fair, goal, promise) && find_stems(fair) && find_components(fair))
		return GRAPH_DONE;
	return given_up(fair);
}

/* How many states are in fair components. */
uint64_t
fair_states(const Fair *fair)
{
	return fair->fair;
}

/* The fair states nearest to an initial one, up to so many of them; how many there are. */
int64_t
fair_nearest(const Fair *fair, uint32_t *homes, int64_t most)
{
	const uint32_t *queue = fair->queue.at;
	const uint64_t *levels = fair->levels.at;
	const Mark *marks = fair->marks.at;
	int64_t		count = 0;

	for (uint64_t distance = 0; distance < fair->distances && count == 0; distance++)
	{
		uint64_t	end = distance + 1 < fair->distances ? levels[distance + 1] : fair->reached;

		for (uint64_t at = levels[distance]; at < end && count < most; at++)
		{
			uint32_t	state = state_of(fair, queue[at]);

			if (is_owing(fair, queue[at]) && (marks[state].region & FAIR_PART) != 0)
				homes[count++] = state;
		}
	}
	return count;
}

/*
 * Ways, as the numbers of their transitions.
 */

/* The first transition from one state to another. */
static uint64_t
first_edge(const Graph *graph, uint32_t from, uint32_t to)
{
	uint64_t	edge = graph->begins[from];

	while (graph->targets[edge] != to)
		edge++;
	return edge;
}

static void
turn_round(uint64_t *steps, int64_t count)
{
	for (int64_t i = 0; i < count / 2; i++)
	{
		uint64_t	other = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = other;
	}
}

/* Find the shortest way to a state in which the goal is owed: its length; negative: no memory. */
int64_t
fair_stem(Fair *fair, uint32_t home)
{
	const Graph *graph = fair->graph;
	const uint32_t *before = fair->before.at;
	uint32_t	node = fair->only_initial ? home : 2 * home + 1;
	int64_t		count = 0;

	for (; before[node] != BEGINNING; node = before[node])
	{
		if (!reserve(fair, &fair->steps, (uint64_t) count + 1, sizeof(uint64_t)))
			return -1;
		((uint64_t *) fair->steps.at)[count++] =
			first_edge(graph, state_of(fair, before[node]), state_of(fair, node));
	}
	turn_round(fair->steps.at, count);
	fair->begin = state_of(fair, node);
	return count;
}

/* Whether somebody weakly fair is due who is disabled in this state. */
static bool
is_excused(const Graph *graph, uint32_t state, const uint8_t *due)
{
	bool		able[MOST_INSTANCES];

	memset(able, 0, (size_t) graph->source.instances);
	for (uint64_t edge = graph->begins[state]; edge < graph->begins[state + 1]; edge++)
		able[graph->movers[edge]] = true;
	for (int mover = 0; mover < graph->source.instances; mover++)
		if (due[mover] && graph->source.fairness[mover] == FAIR_WEAK && !able[mover])
			return true;
	return false;
}

static int64_t
way_back(Fair *fair, uint32_t start, uint32_t state, uint64_t last)
{
	const uint32_t *came = fair->came.at;
	int64_t		count = 0;

	for (;;)
	{
		if (!reserve(fair, &fair->steps, (uint64_t) count + 1, sizeof(uint64_t)))
			return -1;
		((uint64_t *) fair->steps.at)[count++] = last;
		if (state == start)
			break;
		last = first_edge(fair->graph, came[state], state);
		state = came[state];
	}
	turn_round(fair->steps.at, count);
	return count;
}

/*
 * Find the shortest way within a fair component that ends in a transition that pays somebody who is
 * due: its own, or one into a state where it is disabled.  Where "due" is null it ends in one that
 * leads home.  Its length; 0: stopped, negative: no memory.
 */
int64_t
fair_way(Fair *fair, uint32_t start, uint32_t home, const uint8_t *due)
{
	const Graph *graph = fair->graph;
	Mark	   *marks = fair->marks.at;
	uint32_t   *queue = fair->open.at;	/* no longer needed for components */
	uint32_t	region = marks[start].region;
	uint32_t   *came;
	uint64_t	reached = 0;

	if (!reserve(fair, &fair->came, graph->count, sizeof(uint32_t)))
		return -1;
	came = fair->came.at;
	/*
	 * From here on, an order is the number of the last search that came by.  Whoever is due and
	 * weakly fair is enabled where the way begins, so that only new states need be asked.
	 */
	for (uint64_t state = 0; fair->search == 0 && state < graph->count; state++)
		marks[state].order = 0;
	fair->search++;
	marks[start].order = fair->search;
	queue[reached++] = start;
	for (uint64_t next = 0; next < reached; next++)
	{
		uint32_t	state = queue[next];

		if (next % STRIDE == STRIDE - 1 && is_stopped(fair))
			return 0;
		for (uint64_t edge = graph->begins[state]; edge < graph->begins[state + 1]; edge++)
		{
			uint32_t	target = graph->targets[edge];
			bool		is_new;

			if (target == NOWHERE || marks[target].region != region)
				continue;
			is_new = marks[target].order != fair->search;
			if (due == NULL ? target == home :
				due[graph->movers[edge]] || (is_new && is_excused(graph, target, due)))
				return way_back(fair, start, state, edge);
			if (!is_new)
				continue;
			marks[target].order = fair->search;
			came[target] = state;
			queue[reached++] = target;
		}
	}
	return 0;
}

/* Where the way begins that fair_stem found last. */
uint32_t
fair_begin(const Fair *fair)
{
	return fair->begin;
}

/* The transitions of the way that was found last. */
const uint64_t *
fair_steps(const Fair *fair)
{
	return fair->steps.at;
}
