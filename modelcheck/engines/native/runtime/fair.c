/*
 * fair.c
 *		Where a fair run can go round for ever without a goal.
 *
 * Strongly connected components by Tarjan's algorithm (1972), without recursion; of those that are
 * unfair to a strongly fair instance, the states in which it is enabled are taken away and the rest
 * is taken apart again (Streett's acceptance, as in Emerson and Lei 1987).  Every state has a
 * stutter transition to itself that nobody takes.  As in components.py.
 */
#include "fair.h"

#include <stdlib.h>

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
	if (fair_stems(fair, goal, promise) && find_components(fair))
		return GRAPH_DONE;
	return given_up(fair);
}

/* How many states are in fair components. */
uint64_t
fair_states(const Fair *fair)
{
	return fair->fair;
}
