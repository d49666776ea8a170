/*
 * graph.c
 *		The graph of a model's states: numbered in the order of the definition, edges in arrays.
 *
 * A number is found by a table of numbers, each beside some bits of its state's hash; the states
 * themselves stand in the graph alone.  The table is given back when the graph is built.
 */
#include "graph.h"

#include <stdlib.h>

#include "table.h"

#define BATCH		64			/* successors that are hashed and fetched before they are numbered */
#define STRIDE		1024		/* states between two looks at whether to stop */

/* One successor that waits to be numbered. */
typedef struct Pending
{
	word		hash;
	uint64_t	edge;
	uint64_t	from;
} Pending;

typedef struct Numbers
{
	word	   *slots;			/* the hash's low half above, the number plus one below; 0: free */
	uint64_t	capacity;
	size_t		bytes;
} Numbers;

typedef struct Build
{
	Graph	   *graph;
	Numbers		numbers;
	Tally		tally;
	word	   *batch;
	Pending    *pending;
	int			waiting;
	uint64_t	max_states;
	bool		is_closed;		/* no state is added any more */
	bool		is_full;
	bool		failed;			/* there was no memory */
} Build;

Graph *
graph_new(const Source *source)
{
	Graph	   *graph = calloc(1, sizeof *graph);
	uint8_t    *fairness = malloc(MOST_INSTANCES);

	if (graph == NULL || fairness == NULL || source->instances > MOST_INSTANCES)
	{
		free(graph);
		free(fairness);
		return NULL;
	}
	memcpy(fairness, source->fairness, (size_t) source->instances);
	graph->source = *source;
	graph->source.fairness = fairness;
	return graph;
}

void
graph_free(Graph *graph)
{
	graph_release(graph, graph->states, graph->state_bytes);
	graph_release(graph, graph->begins, graph->begin_bytes);
	graph_release(graph, graph->targets, graph->target_bytes);
	graph_release(graph, graph->movers, graph->mover_bytes);
	free((void *) graph->source.fairness);
	free(graph);
}

/* May be called by another thread while one works on the graph. */
void
graph_stop(Graph *graph)
{
	__atomic_store_n(&graph->stop, 1, __ATOMIC_RELAXED);
}

static bool
numbers_new(Graph *graph, Numbers *numbers, uint64_t capacity)
{
	size_t		bytes = (size_t) (capacity + capacity / 64 + 4096) * sizeof(word);
	void	   *slots = NULL;

	numbers->capacity = capacity;
	numbers->bytes = 0;
	if (!graph_reserve(graph, &slots, &numbers->bytes, bytes))
		return false;
	numbers->slots = slots;
	return true;
}

static word *
number_home(const Numbers *numbers, word hash)
{
	return numbers->slots + (uint64_t) (((unsigned __int128) hash * numbers->capacity) >> 64);
}

/* The slot of a state, or the free one in which it belongs; NULL where there is none near. */
static word *
number_slot(const Numbers *numbers, const word *states, const word *state, word hash)
{
	const word *end = numbers->slots + numbers->bytes / sizeof(word);

	for (word *slot = number_home(numbers, hash); slot < end; slot++)
	{
		if (*slot == 0)
			return slot;
		if (*slot >> 32 == (hash & UINT32_MAX) &&
			memcmp(states + ((*slot & UINT32_MAX) - 1) * WORDS, state, WORDS * sizeof(word)) == 0)
			return slot;
	}
	return NULL;
}

static bool
is_stopped(const Graph *graph)
{
	return __atomic_load_n(&graph->stop, __ATOMIC_RELAXED) != 0;
}

/* Move all numbers to a larger table; false if there is no memory, or no time. */
static bool
numbers_grow(Build *build, uint64_t capacity)
{
	Graph	   *graph = build->graph;
	Numbers		larger;

	if (!numbers_new(graph, &larger, capacity))
		return false;
	for (uint64_t number = 0; number < graph->count; number++)
	{
		const word *state = graph->states + number * WORDS;
		word		hash = state_hash(state);
		word	   *slot = number_home(&larger, hash);
		const word *end = larger.slots + larger.bytes / sizeof(word);
		bool		stops = number % STRIDE == 0 && is_stopped(graph);

		while (slot < end && *slot != 0)
			slot++;
		if (slot == end || stops)
		{
			graph_release(graph, larger.slots, larger.bytes);
			return !stops && numbers_grow(build, capacity + capacity / 2);
		}
		*slot = (hash & UINT32_MAX) << 32 | (number + 1);
	}
	graph_release(graph, build->numbers.slots, build->numbers.bytes);
	build->numbers = larger;
	return true;
}

/* The number of a state; NOWHERE if it is not stored, and cannot be. */
static uint32_t
number_of(Build *build, const word *state, word hash)
{
	Graph	   *graph = build->graph;
	word	   *slot = number_slot(&build->numbers, graph->states, state, hash);

	while (slot == NULL || (*slot == 0 && !build->is_closed &&
							graph->count >= build->numbers.capacity / 4 * 3))
	{
		if (!numbers_grow(build, build->numbers.capacity * 2))
		{
			build->failed = true;
			return NOWHERE;
		}
		slot = number_slot(&build->numbers, graph->states, state, hash);
	}
	if (*slot != 0)
		return (uint32_t) (*slot & UINT32_MAX) - 1;
	if (build->is_closed)
		return NOWHERE;
	if (graph->count == build->max_states)
	{
		build->is_full = true;
		return NOWHERE;
	}
	if (graph->count == MOST_STATES - 1 ||
		!graph_reserve(graph, (void **) &graph->states, &graph->state_bytes,
					   (graph->count + 1) * WORDS * sizeof(word)))
	{
		build->failed = true;
		return NOWHERE;
	}
	memcpy(graph->states + graph->count * WORDS, state, WORDS * sizeof(word));
	*slot = (hash & UINT32_MAX) << 32 | (graph->count + 1);
	return (uint32_t) graph->count++;
}

/* Number the successors that wait; at the first one that cannot be, its state is not expanded. */
static void
number_pending(Build *build)
{
	Graph	   *graph = build->graph;
	int			count = build->waiting;

	build->waiting = 0;
	for (int i = 0; i < count; i++)
	{
		build->pending[i].hash = state_hash(build->batch + i * WORDS);
		__builtin_prefetch(number_home(&build->numbers, build->pending[i].hash));
	}
	for (int i = 0; i < count; i++)
	{
		word		slot = *number_home(&build->numbers, build->pending[i].hash);

		if (slot != 0)
			__builtin_prefetch(graph->states + ((slot & UINT32_MAX) - 1) * WORDS);
	}
	for (int i = 0; i < count; i++)
	{
		const Pending *one = &build->pending[i];
		uint32_t	number = number_of(build, build->batch + i * WORDS, one->hash);

		if (build->is_full || build->failed)
		{
			graph->expanded = one->from;
			graph->edges = graph->begins[one->from];
			return;
		}
		graph->targets[one->edge] = number;
	}
}

/* Add the transitions of a state; their targets are numbered later. */
static bool
expand_state(Build *build, uint64_t from)
{
	Graph	   *graph = build->graph;
	const Source *source = &graph->source;
	uint64_t	most = graph->edges + (uint64_t) (source->fan_out + source->instances);
	word	   *out = build->batch + build->waiting * WORDS;
	int			done = 0;
	uint32_t	failed = 0;

	if (!graph_reserve(graph, (void **) &graph->begins, &graph->begin_bytes,
					   (from + 2) * sizeof(uint64_t)) ||
		!graph_reserve(graph, (void **) &graph->targets, &graph->target_bytes, most * sizeof(uint32_t)) ||
		!graph_reserve(graph, (void **) &graph->movers, &graph->mover_bytes, most))
		return false;
	(void) source->expand(graph->states + from * WORDS, out, &build->tally);
	for (int32_t mover = 0; mover < source->instances; mover++)
	{
		for (; done < build->tally.ends[mover]; done++)
		{
			Pending    *one = &build->pending[build->waiting++];

			one->edge = graph->edges;
			one->from = from;
			graph->movers[graph->edges++] = (uint8_t) mover;
		}
		if (build->tally.fails[mover] != failed)
		{
			graph->violates = true;
			graph->targets[graph->edges] = NOWHERE;
			graph->movers[graph->edges++] = (uint8_t) mover;
		}
		failed = build->tally.fails[mover];
	}
	graph->expanded = from + 1;
	graph->begins[from + 1] = graph->edges;
	return true;
}

static GraphStatus
run_build(Build *build, uint32_t levels, bool is_depth)
{
	Graph	   *graph = build->graph;
	uint64_t	end = graph->count;
	uint32_t	level = 0;

	for (uint64_t from = 0; from < graph->count; from++)
	{
		if (from == end)
		{
			level++;
			end = graph->count;
		}
		if (level == levels && !is_depth)
			break;
		build->is_closed = level == levels;
		if (!expand_state(build, from))
			return GRAPH_NO_MEMORY;
		if (build->waiting >= BATCH || from + 1 == end)
			number_pending(build);
		if (from % STRIDE == 0 && is_stopped(graph))
			return GRAPH_STOPPED;
		if (build->failed)
			return is_stopped(graph) ? GRAPH_STOPPED : GRAPH_NO_MEMORY;
		if (build->is_full)
			return GRAPH_FULL;
	}
	return GRAPH_DONE;
}

static bool
begin_build(Build *build, const word *initial, uint64_t initials)
{
	Graph	   *graph = build->graph;
	const Source *source = &graph->source;
	size_t		most = (size_t) (BATCH + source->fan_out);

	build->tally.taken = calloc((size_t) source->steps + 1, sizeof(uint64_t));
	build->tally.found = calloc((size_t) source->claims + 1, sizeof(uint32_t));
	build->tally.ends = calloc(MOST_INSTANCES, sizeof(int32_t));
	build->tally.fails = calloc(MOST_INSTANCES, sizeof(uint32_t));
	build->batch = malloc(most * WORDS * sizeof(word));
	build->pending = malloc(most * sizeof(Pending));
	if (build->tally.taken == NULL || build->tally.found == NULL || build->tally.ends == NULL ||
		build->tally.fails == NULL || build->batch == NULL || build->pending == NULL ||
		!numbers_new(graph, &build->numbers, SMALLEST) ||
		!graph_reserve(graph, (void **) &graph->begins, &graph->begin_bytes, sizeof(uint64_t)))
		return false;
	graph->begins[0] = 0;
	for (uint64_t i = 0; i < initials && !build->failed && !build->is_full; i++)
		(void) number_of(build, initial + i * WORDS, state_hash(initial + i * WORDS));
	graph->initials = graph->count;
	return !build->failed;
}

/*
 * Number the states and their transitions, up to so many states, or so many levels of expanded ones.
 * With "is_depth" the states after these are expanded as well, into states that are known already.
 */
GraphStatus
graph_build(Graph *graph, const word *initial, uint64_t initials, uint64_t max_states,
			uint32_t levels, bool is_depth)
{
	Build		build = {.graph = graph,.max_states = max_states};
	GraphStatus status = GRAPH_NO_MEMORY;

	if (begin_build(&build, initial, initials))
		status = build.is_full ? GRAPH_FULL : run_build(&build, levels, is_depth);
	free(build.tally.taken);
	free(build.tally.found);
	free(build.tally.ends);
	free(build.tally.fails);
	free(build.batch);
	free(build.pending);
	graph_release(graph, build.numbers.slots, build.numbers.bytes);
	return status;
}
