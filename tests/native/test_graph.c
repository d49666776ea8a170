/*
 * test_graph.c
 *		The graph and its fair parts on a model written by hand, whose figures are known.
 *
 * A state is a column and a row below SIDE.  Instance 0 walks round the row for ever; instance 1
 * goes to the next row, from even columns alone, and violates a check where there is none.  The goal
 * is the last row.
 */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>

#include "graph.h"

#define SIDE	300
#define LAST	(WORDS - 1)
#define IS_LAST	0
#define IS_ODD	1

static word
column_of(const word *state)
{
	return state[LAST] & 0xffff;
}

static word
row_of(const word *state)
{
	return state[LAST] >> 16;
}

static int
expand(const word *state, word *out, Tally *tally)
{
	int			count = 0;

	tally->failing = 0;
	memset(out, 0, 2 * WORDS * sizeof(word));
	out[count++ * WORDS + LAST] = row_of(state) << 16 | (column_of(state) + 1) % SIDE;
	tally->ends[0] = count;
	tally->fails[0] = tally->failing;
	if (column_of(state) % 2 == 0 && row_of(state) + 1 < SIDE)
		out[count++ * WORDS + LAST] = (row_of(state) + 1) << 16 | column_of(state);
	else if (column_of(state) % 2 == 0)
		tally_violation(tally, 0, 0);
	tally->ends[1] = count;
	tally->fails[1] = tally->failing;
	return count;
}

static int
ask(const word *state, int question)
{
	return question == IS_LAST ? row_of(state) == SIDE - 1 : column_of(state) % 2 == 1;
}

static Graph *
graph_of(uint8_t walker, uint8_t climber)
{
	const uint8_t fairness[] = {walker, climber};
	const Source source = {expand, ask, 1, 1, 2, 2, fairness};
	Graph	   *graph = graph_new(&source);

	assert(graph != NULL);
	return graph;
}

static void
check_graph(void)
{
	const word	start[2 * WORDS] = {0};
	Graph	   *graph = graph_of(FAIR_WEAK, FAIR_WEAK);
	uint64_t	violating = 0;

	assert(graph_build(graph, start, 2, MOST_STATES, UINT32_MAX, false) == GRAPH_DONE);
	assert(graph->count == SIDE * SIDE && graph->expanded == graph->count && graph->initials == 1);
	assert(graph->edges == SIDE * SIDE + SIDE * SIDE / 2 && graph->violates);
	for (uint64_t state = 0; state < graph->count; state++)
		for (uint64_t edge = graph->begins[state]; edge < graph->begins[state + 1]; edge++)
		{
			const word *from = graph->states + state * WORDS;
			const word *to = graph->states + (uint64_t) graph->targets[edge] * WORDS;

			assert(graph->movers[edge] == edge - graph->begins[state]);
			violating += graph->targets[edge] == NOWHERE;
			if (graph->targets[edge] == NOWHERE)
				assert(row_of(from) == SIDE - 1 && graph->movers[edge] == 1);
			else if (graph->movers[edge] == 0)
				assert(column_of(to) == (column_of(from) + 1) % SIDE && row_of(to) == row_of(from));
			else
				assert(column_of(to) == column_of(from) && row_of(to) == row_of(from) + 1);
		}
	assert(violating == SIDE / 2);
	graph_free(graph);
}

/* Breadth first; the first levels have 1, 2 and 3 states. */
static void
check_limits(void)
{
	const word	start[WORDS] = {0};
	Graph	   *graph = graph_of(FAIR_WEAK, FAIR_WEAK);

	assert(graph_build(graph, start, 1, 4, UINT32_MAX, false) == GRAPH_FULL);
	assert(graph->count == 4 && graph->expanded == 2 && graph->edges == 3);
	graph_free(graph);

	graph = graph_of(FAIR_WEAK, FAIR_WEAK);
	assert(graph_build(graph, start, 1, MOST_STATES, 2, false) == GRAPH_DONE);
	assert(graph->count == 6 && graph->expanded == 3 && graph->edges == 5);
	graph_free(graph);

	graph = graph_of(FAIR_WEAK, FAIR_WEAK);
	assert(graph_build(graph, start, 1, MOST_STATES, 2, true) == GRAPH_DONE);
	assert(graph->count == 6 && graph->expanded == 6 && graph->edges == 10);
	for (uint64_t edge = 0; edge < graph->edges; edge++)
		assert((graph->targets[edge] == NOWHERE) == (edge >= 5));
	assert(!graph->violates);
	graph_free(graph);

	graph = graph_of(FAIR_WEAK, FAIR_WEAK);
	graph_stop(graph);
	assert(graph_build(graph, start, 1, MOST_STATES, UINT32_MAX, false) == GRAPH_STOPPED);
	graph_free(graph);
}

/* How many states are in fair parts, of those from where the promised goal is owed. */
static void
check_fair(uint8_t walker, uint8_t climber, int promise, uint64_t expected)
{
	const word	start[WORDS] = {0};
	Graph	   *graph = graph_of(walker, climber);
	Fair	   *fair = fair_new(graph);
	uint32_t	homes[4];

	assert(graph_build(graph, start, 1, MOST_STATES, UINT32_MAX, false) == GRAPH_DONE);
	assert(fair_find(fair, IS_LAST, promise) == GRAPH_DONE);
	assert(fair_states(fair) == expected);
	assert((fair_nearest(fair, homes, 4) > 0) == (expected > 0));
	fair_free(fair);
	graph_free(graph);
}

static void
check_ways(void)
{
	const word	start[WORDS] = {0};
	const uint8_t due[MOST_INSTANCES] = {0, 1};
	Graph	   *graph = graph_of(FAIR_WEAK, FAIR_WEAK);
	Fair	   *fair = fair_new(graph);
	uint32_t	homes[4];

	assert(graph_build(graph, start, 1, MOST_STATES, UINT32_MAX, false) == GRAPH_DONE);
	assert(fair_find(fair, IS_LAST, IS_ODD) == GRAPH_DONE);
	assert(fair_nearest(fair, homes, 4) == 1 && homes[0] == 1);
	assert(fair_stem(fair, 1) == 1 && fair_begin(fair) == 0 && fair_steps(fair)[0] == 0);
	assert(fair_way(fair, 1, NOWHERE, due) == 2);	/* from column 1 over 2 to 3 */
	assert(fair_way(fair, 1, 0, NULL) == SIDE - 1);
	assert(graph->targets[fair_steps(fair)[SIDE - 2]] == 0);
	graph_stop(graph);
	assert(fair_find(fair, IS_LAST, IS_ODD) == GRAPH_STOPPED);
	fair_free(fair);
	graph_free(graph);
}

int
main(void)
{
	const uint64_t below = (SIDE - 1) * SIDE;

	check_graph();
	check_limits();
	for (int promise = -1; promise <= IS_ODD; promise += 2)
	{
		check_fair(FAIR_WEAK, FAIR_WEAK, promise, below);
		check_fair(FAIR_WEAK, FAIR_STRONG, promise, 0);
		check_fair(FAIR_NONE, FAIR_STRONG, promise, below / 2);
		check_fair(FAIR_STRONG, FAIR_NONE, promise, below);
	}
	check_ways();
	return 0;
}
