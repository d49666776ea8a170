/*
 * symmetry.h
 *		Permutations of packed states: the representative of a state, and what it stands for.
 *
 * A generated model says in tables which bits belong to each value of a domain, its own, and where
 * values of the domain are stored.  WORDS is the number of words in a state.
 */
#ifndef MODELCHECK_SYMMETRY_H
#define MODELCHECK_SYMMETRY_H

#include "local.h"

#define MOST_VALUES	8			/* of one domain */
#define AFTER		((word) 1 << 63)	/* in the key of a value that was not visited yet */

/* A stretch of bits; all zeros ends a list. */
typedef struct Cell
{
	uint16_t	word;
	uint8_t		shift;
	uint8_t		width;
} Cell;

/* A stretch that must lie between two numbers. */
typedef struct Guard
{
	Cell		cell;
	uint64_t	least;
	uint64_t	most;
} Guard;

/* Where a value of the domain is stored: a number that is "first" more, or none if it is less. */
typedef struct Stored
{
	Cell		cell;
	uint64_t	first;
	int			guard;			/* the first of its guards, */
	int			guards;			/* and how many */
} Stored;

typedef struct Domain
{
	int			size;
	int			fields;			/* stretches that each value owns */
	const Cell *owned;			/* by value, then by field */
	int			stores;
	const Stored *stored;
	const Guard *guards;
	int			permutations;
	const uint8_t *permutation; /* each "size" numbers: where the values go */
} Domain;

static inline word
cell_get(const word *state, Cell cell)
{
	return get_bits(state[cell.word], cell.shift, cell.width);
}

static inline void
cell_put(word *state, Cell cell, word value)
{
	state[cell.word] = put_bits(state[cell.word], cell.shift, cell.width, value);
}

/* The reverse of gather_bits: bits side by side, put where the mask says. */
static inline word
scatter(word bits, word mask)
{
#ifdef __BMI2__
	return __builtin_ia32_pdep_di(bits, mask);
#else
	word		found = 0;

	while (mask != 0)
	{
		int			shift = __builtin_ctzll(mask);
		word		ones = ~(mask >> shift);
		int			count = ones == 0 ? 64 : __builtin_ctzll(ones);

		found |= (bits & low_bits(count)) << shift;
		bits = count == 64 ? 0 : bits >> count;
		mask &= ~(low_bits(count) << shift);
	}
	return found;
#endif
}

/* Put two numbers in ascending order. */
static inline void
order(word *one, word *other)
{
	word		a = *one;
	word		b = *other;

	*one = a < b ? a : b;
	*other = a < b ? b : a;
}

static inline bool
is_stored(const Domain *domain, const Stored *stored, const word *state)
{
	for (int i = 0; i < stored->guards; i++)
	{
		const Guard *guard = &domain->guards[stored->guard + i];
		word		value = cell_get(state, guard->cell);

		if (value < guard->least || value > guard->most)
			return false;
	}
	return cell_get(state, stored->cell) >= stored->first;
}

/* What a permutation makes of a state. */
static inline void
permute(const Domain *domain, const uint8_t *to, const word *state, word *out)
{
	memcpy(out, state, WORDS * sizeof(word));
	for (int value = 0; value < domain->size; value++)
	{
		const Cell *from = domain->owned + value * domain->fields;
		const Cell *into = domain->owned + to[value] * domain->fields;

		if (to[value] == value)
			continue;
		for (int i = 0; i < domain->fields; i++)
			cell_put(out, into[i], cell_get(state, from[i]));
	}
	for (int i = 0; i < domain->stores; i++)
	{
		const Stored *stored = &domain->stored[i];

		if (is_stored(domain, stored, out))
		{
			uint64_t	number = cell_get(out, stored->cell) - stored->first;
			uint64_t	value = number % (uint64_t) domain->size;

			cell_put(out, stored->cell, stored->first + number - value + to[value]);
		}
	}
}

/* Whether a permutation keeps the first "visited" values among themselves. */
static inline bool
keeps_visited(const Domain *domain, const uint8_t *to, int visited)
{
	for (int value = 0; value < domain->size; value++)
		if ((value < visited) != (to[value] < visited))
			return false;
	return true;
}

static inline bool
is_less(const word *one, const word *other)
{
	for (int i = 0; i < WORDS; i++)
		if (one[i] != other[i])
			return one[i] < other[i];
	return false;
}

/*
 * Replace a state by the least that permutations of the domains make of it, in every combination.
 * "visited" says for each domain how many of its values keep to themselves.
 */
static inline void
settle(const Domain *domains, int count, const int *visited, word *state)
{
	word		best[WORDS];
	word		start[WORDS];

	memcpy(start, state, sizeof start);
	memcpy(best, state, sizeof best);
	for (int i = 0; i < domains[0].permutations; i++)
	{
		const uint8_t *to = domains[0].permutation + i * domains[0].size;
		word		made[WORDS];

		if (!keeps_visited(&domains[0], to, visited[0]))
			continue;
		permute(&domains[0], to, start, made);
		if (count > 1)
			settle(domains + 1, count - 1, visited + 1, made);
		if (is_less(made, best))
			memcpy(best, made, sizeof best);
	}
	memcpy(state, best, sizeof best);
}

/* How many permutations of the domains there are, and how many leave a state as it is. */
static inline void
count_permutations(const Domain *domains, int count, const int *visited, const word *state,
				   const word *wanted, uint64_t *all, uint64_t *same)
{
	for (int i = 0; i < domains[0].permutations; i++)
	{
		const uint8_t *to = domains[0].permutation + i * domains[0].size;
		word		made[WORDS];

		if (!keeps_visited(&domains[0], to, visited[0]))
			continue;
		permute(&domains[0], to, state, made);
		if (count > 1)
			count_permutations(domains + 1, count - 1, visited + 1, made, wanted, all, same);
		else
		{
			*all += 1;
			*same += memcmp(made, wanted, sizeof made) == 0;
		}
	}
}

/* In how many orders sorted keys can stand, the first "visited" of them among themselves. */
static inline uint64_t
arrangements(const word *keys, int size, int visited)
{
	uint64_t	all = 1;
	uint64_t	same = 1;
	uint64_t	place = 0;
	uint64_t	alike = 0;

	for (int i = 0; i < size; i++)
	{
		place = i == visited ? 1 : place + 1;
		alike = place > 1 && keys[i] == keys[i - 1] ? alike + 1 : 1;
		all *= place;
		same *= alike;
	}
	return all / same;
}

/* A process that goes through a domain, and is about to visit a value. */
typedef struct Walk
{
	int			domain;			/* by number */
	int			first;			/* its steps, */
	int			last;
	int			steps;			/* among so many of the model */
} Walk;

/*
 * Whether two states that differ by an exchange of values of a domain are the same up to
 * permutations that keep what was visited, and the value "here".
 */
static inline bool
is_twin(const Domain *domain, int here, const word *one, const word *other)
{
	const Cell *own = domain->owned + here * domain->fields;

	if (domain->stores == 0)
	{
		for (int i = 0; i < domain->fields; i++)
			if (cell_get(one, own[i]) != cell_get(other, own[i]))
				return false;
		return true;
	}
	for (int i = 0; i < domain->permutations; i++)
	{
		const uint8_t *to = domain->permutation + i * domain->size;
		word		made[WORDS];

		if (to[here] != here || !keeps_visited(domain, to, here))
			continue;
		permute(domain, to, one, made);
		if (memcmp(made, other, sizeof made) == 0)
			return true;
	}
	return false;
}

/*
 * Add the visits of the values that might come next as well, after the "count" successors of a
 * state in which the first of them does.  Other steps are the same whichever is next.
 */
static inline int
visit_others(const Domain *domain, const Walk *walk,
			 int (*expand) (const word *, word *, Tally *), void (*find) (const word *, int *),
			 const word *state, word *out, int count, Tally *tally)
{
	uint64_t	taken[walk->steps];
	Tally		extra = *tally;
	int			visited[MOST_VALUES];
	word		seen[MOST_VALUES][WORDS];
	int			known = 1;
	int			here;

	find(state, visited);
	here = visited[walk->domain];
	memset(taken, 0, sizeof taken);
	extra.taken = taken;
	memcpy(seen[0], state, sizeof seen[0]);
	for (int other = here + 1; other < domain->size; other++)
	{
		uint8_t		to[MOST_VALUES];
		int			twin = 0;
		int			made;

		for (int i = 0; i < domain->size; i++)
			to[i] = (uint8_t) (i == here ? other : i == other ? here : i);
		permute(domain, to, state, seen[known]);
		while (twin < known && !is_twin(domain, here, seen[twin], seen[known]))
			twin++;
		if (twin < known)
			continue;
		made = expand(seen[known++], out + (size_t) count * WORDS, &extra);
		tally->failing += extra.failing;
		for (int i = 0, first = count; i < made; i++)
		{
			const word *next = out + (size_t) (first + i) * WORDS;

			find(next, visited);
			if (visited[walk->domain] == here)
				continue;
			memmove(out + (size_t) count * WORDS, next, WORDS * sizeof(word));
			count++;
		}
	}
	for (int step = walk->first; step <= walk->last; step++)
		tally->taken[step] += taken[step];
	return count;
}

#endif							/* MODELCHECK_SYMMETRY_H */
