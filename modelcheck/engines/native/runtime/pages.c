/*
 * pages.c
 *		The memory of a graph: pages that grow, and are counted against what is allowed.
 */
#include "graph.h"

#include "memory.h"

static bool
is_allowed(Graph *graph, size_t more)
{
	if (graph->bound != 0 && graph->bytes + more > graph->bound)
		return false;
	graph->bytes += more;
	return true;
}

bool
graph_reserve(Graph *graph, void **pages, size_t *bytes, size_t needed)
{
	size_t		room = *bytes == 0 ? (size_t) 1 << 16 : *bytes;
	void	   *larger;

	if (needed <= *bytes)
		return true;
	while (room < needed)
		room += room / 2;
	room = (room + 0xffff) & ~(size_t) 0xffff;
	if (!is_allowed(graph, room - *bytes))
		return false;
	larger = *pages == NULL ? pages_new(room) : pages_larger(*pages, *bytes, room);
	if (larger == NULL)
	{
		graph->bytes -= room - *bytes;
		return false;
	}
	*pages = larger;
	*bytes = room;
	return true;
}

void
graph_release(Graph *graph, void *pages, size_t bytes)
{
	if (pages == NULL)
		return;
	pages_free(pages, bytes);
	graph->bytes -= bytes;
}

/* Allow so many bytes; zero is no limit. */
void
graph_bound(Graph *graph, uint64_t bytes)
{
	graph->bound = bytes;
}
