/*
 * test_crew.c
 *		Pieces of work, one after the other: each is done by all members, and done when told so.
 */
#undef NDEBUG
#include <assert.h>
#include <stdint.h>
#include <time.h>

#include "crew.h"

#define MOST	4
#define PIECES	3000
#define SHARES	50

typedef struct Piece
{
	int			next;			/* the first share that nobody has taken; shared */
	int			members;
	int			done[MOST];		/* shares, by member */
} Piece;

static void
take_shares(void *argument, int member)
{
	Piece	   *piece = argument;

	assert(member < piece->members);
	while (__atomic_fetch_add(&piece->next, 1, __ATOMIC_RELAXED) < SHARES)
		piece->done[member]++;
}

static void
check(int members, int pauses)
{
	const struct timespec pause = {0, 3000000};
	Crew	   *crew = crew_new(members);

	assert(crew != NULL);
	for (int i = 0; i < PIECES; i++)
	{
		Piece		piece = {0, members, {0}};
		int			done = 0;

		crew_run(crew, take_shares, &piece);
		for (int member = 0; member < members; member++)
			done += piece.done[member];
		assert(done == SHARES);
		if (i < pauses)
			nanosleep(&pause, NULL);	/* so that the others fall asleep */
	}
	crew_free(crew);
}

int
main(void)
{
	crew_free(crew_new(3));
	crew_free(NULL);
	for (int members = 1; members <= MOST; members++)
		check(members, 5);
	return 0;
}
