/*
 * spread.h
 *		By how much each part of the state multiplies the number of states.
 */
#ifndef MODELCHECK_SPREAD_H
#define MODELCHECK_SPREAD_H

#include "model.h"

typedef struct Spread Spread;

extern Spread *spread_new(const word *masks, int parts);
extern void spread_free(Spread *spread);
extern bool spread_add(Spread *spread, const word *states, uint64_t count);
extern void spread_counts(const Spread *spread, int part, uint64_t *counts);

#endif							/* MODELCHECK_SPREAD_H */
