/*
 * ways.c
 *		Ways through a graph, as the numbers of their transitions.
 *
 * The first of several transitions between two states is taken, as in stems.py and ways.py.
 */
#include "fair.h"

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
