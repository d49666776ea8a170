/*
 * crew.h
 *		Threads that are kept for one search, and do one piece of work together after the other.
 */
#ifndef MODELCHECK_CREW_H
#define MODELCHECK_CREW_H

typedef struct Crew Crew;

/* What a member does of a piece of work; the members are numbered from zero, who is the caller. */
typedef void (*Work) (void *argument, int member);

extern Crew *crew_new(int members);
extern void crew_free(Crew *crew);
extern void crew_run(Crew *crew, Work work, void *argument);

#endif							/* MODELCHECK_CREW_H */
