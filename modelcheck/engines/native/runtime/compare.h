/*
 * compare.h
 *		The entries of a line of a table (see table.h), compared at once.
 */
#ifndef MODELCHECK_COMPARE_H
#define MODELCHECK_COMPARE_H

#include "model.h"

#ifndef ENTRY
#define ENTRY WORDS				/* words of a state in an entry */
#endif

#define LINE		(8 % ENTRY == 0 ? 8 / ENTRY : 1)	/* entries where probing begins: a cache line */

#if ENTRY == 1 && defined(__AVX2__) && !defined(__SANITIZE_THREAD__)

/* Half a line.  The compiler's own names: <immintrin.h> takes longer to read than all the rest. */
typedef long long Half __attribute__((vector_size(32), may_alias));
typedef double Signs __attribute__((vector_size(32)));

/* Which words are negative, as bits. */
static inline unsigned
half_signs(Half half)
{
	return (unsigned) __builtin_ia32_movmskpd256((Signs) half);
}

/* Which entries of a line hold that word, and which are in use, as bits. */
static inline unsigned
line_compare(const word *line, word sought, unsigned *used)
{
	Half		low = *(const Half *) line;
	Half		high = *(const Half *) (line + 4);
	const long long one = (long long) sought;
	const Half	wanted = {one, one, one, one};

	/* Each is read once: what is in use is to be what was compared, whatever others write. */
	__asm__ volatile ("" : "+x" (low), "+x" (high));

	/* READY is the sign of a word. */
	*used = half_signs(low) | half_signs(high) << 4;
	return half_signs(low == wanted) | half_signs(high == wanted) << 4;
}

#else

static inline unsigned
line_compare(const word *line, word sought, unsigned *used)
{
	unsigned	same = 0;

	*used = 0;
	for (int i = 0; i < LINE; i++)
	{
		word		held = __atomic_load_n(&line[i * ENTRY], __ATOMIC_RELAXED);

		*used |= (unsigned) (held != 0) << i;
		same |= (unsigned) (held == sought) << i;
	}
	return same;
}

#endif

#endif							/* MODELCHECK_COMPARE_H */
