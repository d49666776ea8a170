/*
 * spill.h
 *		A search whose states do not fit into memory: what its files share.
 */
#ifndef MODELCHECK_SPILL_H
#define MODELCHECK_SPILL_H

#include "search.h"
#include "shelf.h"

#ifndef LEAST
#define LEAST		64			/* states that are held in memory, whatever is allowed */
#endif
#define PIECES		32			/* that what one worker found is cut into, at most */

/* States in memory that are sorted together. */
typedef struct Piece
{
	word	   *states;
	uint64_t	count;
} Piece;

typedef enum Done
{
	DONE,
	LATER,						/* the time given is over */
	FAILED						/* errno tells why */
} Done;

/* What a spilled search is at. */
typedef enum Phase
{
	AT_BOUNDARY,				/* a level is complete, and nothing of it is expanded */
	EXPANDING,
	SORTING,					/* what was found in memory */
	TIDYING,					/* before the level is merged: the runs of known states */
	MERGING_LEVEL,
	MERGING_PART,				/* what was found so far, as there is no room for more */
	TIDYING_PARTS
} Phase;

typedef struct Spill
{
	Model		model;
	Search	   *search;
	Disk		disk;
	uint64_t	memory;			/* bytes that may be in use */
	uint64_t	kept;			/* states, at most, that are in the table */
	Phase		phase;
	bool		is_part;		/* the level is not all expanded */
	bool		has_all;		/* every state found is in the table */
	int			file;			/* of all levels */
	uint64_t	end;			/* of what is in it */
	Run		  **levels;			/* the states of each level; they are kept, for traces */
	uint32_t	count;			/* of levels */
	uint32_t	room;
	uint64_t	states;			/* in them */
	Shelf		known;			/* the same states, in few runs */
	Shelf		parts;			/* what was found in this level, and may be known */
	Cursor		reading;		/* the level that is expanded */
	uint64_t	fed;			/* states of it that were read */
	Piece	   *pieces;			/* what was found and is in memory */
	int			count_pieces;
	int			next_piece;		/* the first one that nobody has taken to sort; shared */
	bool		failed;			/* to sort; shared */
	Merge	   *merge;
	Run		   *merged;			/* what comes of it */
	uint32_t	copied;			/* levels that were copied */
	Cursor		copying;
	int			error;			/* why something failed: errno */
} Spill;

extern Spill *spill_new(Search *search, const char *folder, uint64_t memory);
extern bool spill_begin(Spill *spill);
extern void spill_release(Spill *spill);
extern void spill_free(Spill *spill);
extern Status spill_run(Spill *spill, double seconds, uint64_t max_states, uint32_t max_depth,
						const uint8_t *wanted);
extern bool spill_look_ahead(Spill *spill, double seconds, bool *ahead, uint32_t *found);
extern void spill_progress(const Spill *spill, Progress *progress);
extern uint64_t spill_bytes(const Spill *spill);
extern int	spill_error(Spill *spill);
extern uint64_t spill_copy(Spill *spill, word *states, uint64_t room);

/* levels.c */
extern void cut_pieces(Spill *spill, word *states, uint64_t count);
extern void begin_sorting(Spill *spill, bool is_part);
extern Done sort_pieces(Spill *spill);
extern Done merge_pieces(Spill *spill);
extern bool add_level(Spill *spill);
extern bool begin_level(Spill *spill);
extern bool add_part(Spill *spill);

typedef struct Trail Trail;

extern Trail *trail_new(Spill *spill, const word *initial, int64_t initials, int claim, uint32_t level);
extern void trail_free(Trail *trail);
extern PathStatus trail_run(Trail *trail, double seconds);
extern void trail_states(const Trail *trail, word *states);

#endif							/* MODELCHECK_SPILL_H */
