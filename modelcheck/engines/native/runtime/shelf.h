/*
 * shelf.h
 *		Runs side by side, few of them: where many have come together, they are merged.
 */
#ifndef MODELCHECK_SHELF_H
#define MODELCHECK_SHELF_H

#include "merge.h"

typedef struct Shelf
{
	Disk	   *disk;
	Run		  **runs;			/* those that were merged most often first */
	int			count;
	int			room;
	Merge	   *merge;			/* of some of them; NULL: none is going on */
	Run		   *merged;			/* what comes of it */
	int			first;			/* of those that are merged */
} Shelf;

extern void shelf_free(Shelf *shelf);
extern void shelf_clear(Shelf *shelf);
extern bool shelf_add(Shelf *shelf, Run *run);
extern Merged shelf_tidy(Shelf *shelf, double until);

#endif							/* MODELCHECK_SHELF_H */
