/*
 * crew.c
 *		Threads that are kept for one search, and do one piece of work together after the other.
 *
 * A level of a search may take microseconds, so that whoever waits looks on for a while before he
 * sleeps.  Where the system refuses threads, there are fewer members: work is to be shared out by
 * taking, not by number.
 */
#include "crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define LOOKS	2000			/* at the other members, before a member sleeps */

typedef struct Member
{
	Crew	   *crew;
	int			number;
	pthread_t	thread;
} Member;

struct Crew
{
	Member	   *members;
	int			count;			/* the caller and the threads that were started */
	pthread_mutex_t mutex;
	pthread_cond_t called;
	Work		work;
	void	   *argument;
	uint64_t	calls;			/* pieces of work so far; shared */
	int			busy;			/* threads that are at it; shared */
	bool		over;
};

static inline void
pause_briefly(int looks)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
	if (looks % 256 == 255)
		sched_yield();
}

/* Wait for the next call after so many; whether there is work. */
static bool
wait_for_call(Crew *crew, uint64_t seen)
{
	for (int looks = 0; looks < LOOKS; looks++)
	{
		if (__atomic_load_n(&crew->calls, __ATOMIC_ACQUIRE) != seen)
			return !crew->over;
		pause_briefly(looks);
	}
	pthread_mutex_lock(&crew->mutex);
	while (__atomic_load_n(&crew->calls, __ATOMIC_ACQUIRE) == seen)
		pthread_cond_wait(&crew->called, &crew->mutex);
	pthread_mutex_unlock(&crew->mutex);
	return !crew->over;
}

static void *
serve(void *argument)
{
	Member	   *member = argument;
	Crew	   *crew = member->crew;

	for (uint64_t seen = 0; wait_for_call(crew, seen); seen++)
	{
		crew->work(crew->argument, member->number);
		__atomic_sub_fetch(&crew->busy, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void
call(Crew *crew)
{
	pthread_mutex_lock(&crew->mutex);
	__atomic_add_fetch(&crew->calls, 1, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&crew->called);
	pthread_mutex_unlock(&crew->mutex);
}

/* A crew of so many at most; NULL if there is no memory. */
Crew *
crew_new(int members)
{
	Crew	   *crew = calloc(1, sizeof *crew);

	if (crew == NULL)
		return NULL;
	crew->members = calloc((size_t) members, sizeof *crew->members);
	if (crew->members == NULL)
	{
		free(crew);
		return NULL;
	}
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_cond_init(&crew->called, NULL);
	for (crew->count = 1; crew->count < members; crew->count++)
	{
		Member	   *member = &crew->members[crew->count];

		member->crew = crew;
		member->number = crew->count;
		if (pthread_create(&member->thread, NULL, serve, member) != 0)
			break;
	}
	return crew;
}

void
crew_free(Crew *crew)
{
	if (crew == NULL)
		return;
	crew->over = true;
	call(crew);
	for (int i = 1; i < crew->count; i++)
		pthread_join(crew->members[i].thread, NULL);
	pthread_cond_destroy(&crew->called);
	pthread_mutex_destroy(&crew->mutex);
	free(crew->members);
	free(crew);
}

/* Do a piece of work with all members; back when the last one is done. */
void
crew_run(Crew *crew, Work work, void *argument)
{
	crew->work = work;
	crew->argument = argument;
	crew->busy = crew->count - 1;
	if (crew->count > 1)
		call(crew);
	work(argument, 0);
	for (int looks = 0; __atomic_load_n(&crew->busy, __ATOMIC_ACQUIRE) > 0; looks++)
		pause_briefly(looks % LOOKS);
}
