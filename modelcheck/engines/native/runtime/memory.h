/*
 * memory.h
 *		Memory asked of the system: zero, in huge pages where it has them, made larger where it lies;
 *		and lines of it fetched beforehand.
 */
#ifndef MODELCHECK_MEMORY_H
#define MODELCHECK_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__linux__) && !defined(MREMAP_FIXED)
#error "mremap is to be declared: -D_GNU_SOURCE"
#endif

#define PAGE		4096			/* bytes, at least: what is asked of the system begins at one */
#define HUGE_PAGE	((size_t) 1 << 21)

/* Ask for huge pages within some memory. */
static inline void
pages_huge(void *memory, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	size_t		before = (size_t) -(uintptr_t) memory % PAGE;

	if (bytes > before)
		(void) madvise((char *) memory + before, bytes - before, MADV_HUGEPAGE);
#else
	(void) memory, (void) bytes;
#endif
}

/* Memory that is zero, at the beginning of a huge page if it fills one; NULL if there is none. */
static inline void *
pages_new(size_t bytes)
{
	size_t		more = bytes < HUGE_PAGE ? 0 : HUGE_PAGE;
	char	   *pages = mmap(NULL, bytes + more, PROT_READ | PROT_WRITE,
							 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t		before;

	if (pages == MAP_FAILED)
		return NULL;
	before = more == 0 ? 0 : (size_t) -(uintptr_t) pages % HUGE_PAGE;
	if (before > 0)
		(void) munmap(pages, before);
	pages += before;
	bytes = (bytes + PAGE - 1) / PAGE * PAGE;
	if (before < more)
		(void) munmap(pages + bytes, more - before);
	pages_huge(pages, bytes);
	return pages;
}

static inline void
pages_free(void *pages, size_t bytes)
{
	(void) munmap(pages, bytes);
}

/* More memory that begins with what the old holds, which is free then; NULL if there is none. */
static inline void *
pages_larger(void *pages, size_t bytes, size_t larger)
{
	void	   *place = pages_new(larger);

	if (place == NULL)
		return NULL;
#ifdef MREMAP_FIXED
	/* Nothing is copied: what lies at the same place in a huge page moves with it. */
	if (mremap(pages, bytes, larger, MREMAP_MAYMOVE | MREMAP_FIXED, place) != MAP_FAILED)
	{
		pages_huge(place, larger);
		return place;
	}
	pages_free(place, larger);
	return NULL;
#else
	memcpy(place, pages, bytes);
	pages_free(pages, bytes);
	return place;
#endif
}

/*
 * Have a line of the cache fetched some time before it is needed.  It gets no further than the second
 * level, which waits for more lines at once than the first one can.
 */
static inline void
fetch_early(const void *line)
{
	__builtin_prefetch(line, 0, 1);
}

/* Have a line of the cache fetched to be written to; other threads lose it. */
static inline void
fetch_to_write(const void *line)
{
#ifdef __x86_64__
	/* The compiler does not do so unless it is told that the processor can. */
	__asm__ volatile ("prefetchw %0" :: "m" (*(const char *) line));
#else
	__builtin_prefetch(line, 1);
#endif
}

#endif							/* MODELCHECK_MEMORY_H */
