/*
 * stems.c
 *		The shortest ways into the states in which a liveness property is still owed its goal.
 *
 * A breadth-first search over nodes, each twice a state, plus one once the goal is owed; no goal is
 * then passed.  Where it is owed from the beginning alone, a node is a state.  As in stems.py.
 */
#include "fair.h"

/* What the property says of each state. */
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

/* Find them for a goal and a promise, both numbered conditions; no promise: negative. */
bool
fair_stems(Fair *fair, int goal, int promise)
{
	fair->only_initial = promise < 0;
	return ask_all(fair, goal, promise) && find_stems(fair);
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
