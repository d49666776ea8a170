/*
 * test_spill.c
 *		A search that goes on on disk says what the search in memory says, on a graph full of ways back.
 */
#undef NDEBUG
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "spill.h"

#define STATES		40000
#define DEAD		7777		/* nothing leads out of it */
#define REST_BITS	5			/* in the word that narrow entries do not store */

static char folder[] = "/tmp/spill-XXXXXX";

/* A state is a number, in all of its words. */
static void
make(uint64_t number, word *state)
{
	memset(state, 0, WORDS * sizeof(word));
	state[0] = WORDS > 1 ? number >> REST_BITS : number * 37;
	if (WORDS > 1)
		state[WORDS - 1] = number & low_bits(REST_BITS);
}

static uint64_t
number(const word *state)
{
	return WORDS > 1 ? state[0] << REST_BITS | state[WORDS - 1] : state[0] / 37;
}

static int
expand(const word *state, word *out, Tally *tally)
{
	uint64_t	from = number(state);

	tally->failing = 0;
	if (from == DEAD)
	{
		tally_claim(tally, 1);
		return 0;
	}
	tally->taken[0]++;
	make((from + 1) % STATES, out);
	tally->taken[1]++;
	make(from / 3, out + WORDS);
	if (from % 11 != 0)
		return 2;
	tally->taken[2]++;
	make(from * 7 % STATES, out + 2 * WORDS);
	return 3;
}

static void
judge(const word *state, Tally *tally)
{
	if (number(state) % 100 == 87 && number(state) > 3000)
		tally_claim(tally, 0);
}

#ifdef NARROW
static const Model graph = {expand, judge, 2, 1, 3, 3, 1, 1, REST_BITS};
#else
static const Model graph = {expand, judge, 2, 1, 3, 3, 1, 1, 0};
#endif

static Search *
begin(int threads)
{
	Search	   *search = search_new(&graph, threads);
	word		start[2][WORDS];

	make(11, start[0]);
	make(5, start[1]);
	assert(search != NULL && search_begin(search, start[0]) && search_begin(search, start[1]));
	return search;
}

typedef struct Said
{
	Progress	progress;
	uint64_t	taken[3];
	uint32_t	found[2];
	Degrees		degrees;
} Said;

static void
ask(const Search *search, Said *said)
{
	memset(said, 0, sizeof *said);
	search_tally(search, said->taken, said->found, &said->degrees);
}

static void
check_same(const Said *one, const Said *other)
{
	assert(one->progress.states == other->progress.states);
	assert(one->progress.transitions == other->progress.transitions);
	assert(one->progress.depth == other->progress.depth);
	assert(one->progress.level == other->progress.level);
	assert(memcmp(one->taken, other->taken, sizeof one->taken) == 0);
	assert(memcmp(one->found, other->found, sizeof one->found) == 0);
	assert(one->degrees.states == other->degrees.states);
	assert(one->degrees.least == other->degrees.least && one->degrees.most == other->degrees.most);
}

static void
check_stored(Spill *spill, uint64_t count)
{
	static uint8_t seen[STATES];
	word		states[100 * WORDS];
	uint64_t	some;

	memset(seen, 0, sizeof seen);
	for (uint64_t left = count; (some = spill_copy(spill, states, 100)) > 0; left -= some)
		for (uint64_t i = 0; i < some; i++)
			assert(left >= some && seen[number(states + i * WORDS)]++ == 0);
	assert(spill_error(spill) == 0);
	for (uint64_t i = 0; i < STATES; i++)
		count -= seen[i];
	assert(count == 0);
}

/* The way on disk is the one in memory. */
static void
check_trail(Spill *spill, int claim, uint32_t level)
{
	word		start[2][WORDS];
	word	   *states = calloc(2 * ((size_t) level + 1), WORDS * sizeof(word));
	word	   *known = states + (level + 1) * WORDS;
	Path	   *path;
	Trail	   *trail;
	PathStatus	status;

	make(11, start[0]);
	make(5, start[1]);
	path = path_new(&graph, start[0], 2, 0);
	trail = trail_new(spill, start[0], 2, claim, level);
	assert(states != NULL && path != NULL && trail != NULL);
	assert(path_run(path, claim, 60) == PATH_FOUND && path_length(path, claim) == level + 1);
	while ((status = trail_run(trail, 0.0)) == PATH_RUNNING)
		;
	assert(status == PATH_FOUND);
	path_states(path, claim, known);
	trail_states(trail, states);
	assert(memcmp(states, known, ((size_t) level + 1) * WORDS * sizeof(word)) == 0);
	path_free(path);
	trail_free(trail);
	free(states);
}

static void
check_all(int threads, uint64_t memory, const uint8_t *wanted, uint32_t max_depth, double seconds)
{
	Search	   *plain = begin(threads);
	Search	   *search = begin(threads);
	Spill	   *spill = spill_new(search, folder, memory);
	Status		status;
	Status		known = search_run(plain, 60, 0, max_depth, wanted);
	Said		said[2];

	assert(spill != NULL && spill_begin(spill));
	while ((status = spill_run(spill, seconds, 0, max_depth, wanted)) == SEARCH_RUNNING)
		;
	assert(status == known);
	for (int which = 0; which < 2; which++)
		ask(which == 0 ? plain : search, &said[which]);
	search_progress(plain, &said[0].progress);
	spill_progress(spill, &said[1].progress);
	check_same(&said[0], &said[1]);
	assert(spill_bytes(spill) > 0);
	check_stored(spill, said[0].progress.states);
	search_free(search);
	search_free(plain);
	spill_release(spill);
	for (int claim = 0; claim < 2; claim++)
		if (said[0].found[claim] != 0)
			check_trail(spill, claim, said[0].found[claim] - 1);
	check_stored(spill, said[0].progress.states);
	spill_free(spill);
}

/* At the greatest depth, what is there is looked at; with too many states, it ends. */
static void
check_limits(void)
{
	const uint8_t nothing[2] = {0, 0};
	uint32_t	found[2] = {0, 0};
	bool		ahead = false;
	Search	   *search = begin(2);
	Spill	   *spill = spill_new(search, folder, 1);
	Progress	progress;

	assert(spill != NULL && spill_begin(spill));
	assert(spill_run(spill, 60, 3000, 0, nothing) == SEARCH_FULL);
	spill_progress(spill, &progress);
	assert(progress.states > 3000 && progress.frontier == progress.recent[2]);
	assert(spill_run(spill, 60, 0, progress.level + 1, nothing) == SEARCH_DEPTH);
	while (!spill_look_ahead(spill, 0.0, &ahead, found))
		;
	assert(ahead && spill_error(spill) == 0);
	spill_free(spill);
	search_free(search);
}

/* A disk that is full, and a folder that there is not. */
static void
check_trouble(void)
{
	const uint8_t nothing[2] = {0, 0};
	const struct rlimit little = {2000, RLIM_INFINITY};
	const struct rlimit enough = {RLIM_INFINITY, RLIM_INFINITY};
	Search	   *search = begin(1);
	Spill	   *spill = spill_new(search, "/nowhere", 1);

	assert(spill != NULL && !spill_begin(spill) && spill_error(spill) == ENOENT);
	spill_free(spill);
	search_free(search);

	signal(SIGXFSZ, SIG_IGN);
	search = begin(1);
	spill = spill_new(search, folder, 1);
	assert(spill != NULL && spill_begin(spill) && setrlimit(RLIMIT_FSIZE, &little) == 0);
	assert(spill_run(spill, 60, 0, 0, nothing) == SEARCH_NO_DISK && spill_error(spill) == EFBIG);
	assert(setrlimit(RLIMIT_FSIZE, &enough) == 0);
	spill_free(spill);
	search_free(search);
}

int
main(void)
{
	const uint8_t nothing[2] = {0, 0};
	const uint8_t wanted[2] = {1, 1};

	assert(mkdtemp(folder) != NULL);
	check_all(1, 1, nothing, 0, 60);
	check_all(1, 1 << 24, nothing, 20, 60);
	check_all(2, 1, wanted, 0, 0.0);
	check_all(2, 100000, nothing, 0, 0.0);
	check_limits();
	check_trouble();
	/* Nothing is left. */
	assert(rmdir(folder) == 0);
	return 0;
}
