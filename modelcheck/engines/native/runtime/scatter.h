/*
 * scatter.h
 *		Bits of a state scattered by a function that can be undone.
 */
#ifndef MODELCHECK_SCATTER_H
#define MODELCHECK_SCATTER_H

#include "model.h"

#ifndef BITS
#define BITS 62					/* in use of a state */
#endif

#define FOLD		((BITS + 1) / 2)

#define SCATTER_1	UINT64_C(0x9e3779b97f4a7c15)
#define SCATTER_2	UINT64_C(0xd6e8feb86659fd93)
#define SCATTER_3	UINT64_C(0xff51afd7ed558ccd)

static inline word
scattered(word state)
{
	state = state * SCATTER_1 & low_bits(BITS);
	state ^= state >> FOLD;
	state = state * SCATTER_2 & low_bits(BITS);
	state ^= state >> FOLD;
	return state * SCATTER_3 & low_bits(BITS);
}

/* The number that undoes a multiplication by an odd one. */
static inline word
undoing(word factor)
{
	word		inverse = factor;

	for (int i = 0; i < 5; i++)
		inverse *= 2 - factor * inverse;
	return inverse;
}

static inline word
gathered(word state)
{
	state = state * undoing(SCATTER_3) & low_bits(BITS);
	state ^= state >> FOLD;
	state = state * undoing(SCATTER_2) & low_bits(BITS);
	state ^= state >> FOLD;
	return state * undoing(SCATTER_1) & low_bits(BITS);
}

#endif							/* MODELCHECK_SCATTER_H */
