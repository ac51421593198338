// SPDX-License-Identifier: GPL-2.0
/*
 * A bit for each 4K page of the guest: is it ballooned out? For people who look from
 * outside; nothing is decided by it.
 *
 * It is set when a page comes into a queue, and cleared when it has memory again,
 * so pages that are lent or on their way from one queue to another count. Where
 * each page is the queues know, but they cannot be searched by frame, and of pages
 * that are lent nobody has a list.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>

#include "pages/chunks.h"
#include "xhb_pages.h"

/* 1 GB of the guest, 32 KB of bits. */
#define XHB_CHUNK_FRAMES	(XHB_HUGE_PAGES * 512)

/**
 * xhb_bitmap_init() - a bitmap that reaches nowhere
 * @b: the balloon
 *
 * Context: any.
 */
void xhb_bitmap_init(struct xhb_balloon *b)
{
	xa_init(&b->bitmap.chunks);
	b->bitmap.frames = 0;
}

/**
 * xhb_bitmap_grow() - make the bitmap reach further
 * @b: the balloon
 * @frames: bits that it has to have at least
 *
 * The new bits are clear.
 *
 * Context: may sleep; one caller at a time.
 * Return: 0, or -ENOMEM with the bitmap as far as before.
 */
int xhb_bitmap_grow(struct xhb_balloon *b, unsigned long frames)
{
	struct xhb_bitmap *bitmap = &b->bitmap;
	int err;

	err = xhb_chunks_grow(&bitmap->chunks,
			      DIV_ROUND_UP(frames, XHB_CHUNK_FRAMES),
			      XHB_CHUNK_FRAMES / BITS_PER_BYTE);
	if (err)
		return err;
	frames = max(frames, bitmap->frames);
	/* Whoever sees the new end finds the chunks. */
	smp_store_release(&bitmap->frames, frames);
	return 0;
}

/**
 * xhb_bitmap_destroy() - free what xhb_bitmap_grow() allocated
 * @b: the balloon; nobody looks at the bitmap any more
 *
 * Context: may sleep.
 */
void xhb_bitmap_destroy(struct xhb_balloon *b)
{
	xhb_chunks_destroy(&b->bitmap.chunks);
}

static unsigned long *xhb_bitmap_chunk(struct xhb_balloon *b,
				       unsigned long pfn)
{
	return xa_load(&b->bitmap.chunks, pfn / XHB_CHUNK_FRAMES);
}

/**
 * xhb_bitmap_set() - pages are ballooned out
 * @b: the balloon
 * @pfn: frame of the first
 * @pages: how many 4K pages, all in one 2M block
 *
 * Context: under the balloon's lock.
 */
void xhb_bitmap_set(struct xhb_balloon *b, unsigned long pfn,
		    unsigned long pages)
{
	unsigned long *chunk = xhb_bitmap_chunk(b, pfn);

	lockdep_assert_held(&b->lock);
	if (chunk)
		bitmap_set(chunk, pfn % XHB_CHUNK_FRAMES, pages);
}

/**
 * xhb_bitmap_clear() - pages have memory again
 * @b: the balloon
 * @pfn: frame of the first
 * @pages: how many 4K pages, all in one 2M block
 *
 * Context: under the balloon's lock.
 */
void xhb_bitmap_clear(struct xhb_balloon *b, unsigned long pfn,
		      unsigned long pages)
{
	unsigned long *chunk = xhb_bitmap_chunk(b, pfn);

	lockdep_assert_held(&b->lock);
	if (chunk)
		bitmap_clear(chunk, pfn % XHB_CHUNK_FRAMES, pages);
}

static unsigned long xhb_bitmap_frames(struct xhb_balloon *b)
{
	/* Pairs with xhb_bitmap_grow(). */
	return smp_load_acquire(&b->bitmap.frames);
}

/**
 * xhb_bitmap_read() - a piece of the bitmap
 * @b: the balloon
 * @to: gets it; bit n of byte m is frame number 8 * m + n
 * @pos: of the first byte
 * @bytes: how many at most; a few KB, for nobody can balloon meanwhile
 *
 * Context: may sleep; not under the balloon's lock. What is read at once is what
 * there was at one moment.
 * Return: how many bytes were read, 0 at and beyond the end.
 */
size_t xhb_bitmap_read(struct xhb_balloon *b, u8 *to, loff_t pos, size_t bytes)
{
	u64 end = DIV_ROUND_UP(xhb_bitmap_frames(b), BITS_PER_BYTE);
	const size_t size = XHB_CHUNK_FRAMES / BITS_PER_BYTE;
	size_t part, done = 0;
	u8 *chunk;

	if (pos < 0 || pos >= end)
		return 0;
	bytes = min_t(u64, bytes, end - pos);
	xhb_lock(b);
	for (; done < bytes; done += part, pos += part) {
		part = min_t(size_t, bytes - done, size - pos % size);
		chunk = xa_load(&b->bitmap.chunks, pos / size);
		memcpy(to + done, chunk + pos % size, part);
	}
	xhb_unlock(b);
	return bytes;
}

/*
 * The first frame from @from on that is ballooned out or, if not @set, that is not;
 * or the end of the chunk that @from is in.
 */
static unsigned long xhb_bitmap_seek(struct xhb_balloon *b, unsigned long from,
				     bool set)
{
	unsigned long begin = round_down(from, XHB_CHUNK_FRAMES);
	unsigned long end = min(begin + XHB_CHUNK_FRAMES, xhb_bitmap_frames(b));
	unsigned long *chunk = xhb_bitmap_chunk(b, from);

	xhb_lock(b);
	if (set)
		from = find_next_bit(chunk, end - begin, from - begin);
	else
		from = find_next_zero_bit(chunk, end - begin, from - begin);
	xhb_unlock(b);
	return begin + from;
}

/**
 * xhb_bitmap_run() - the next run of ballooned pages
 * @b: the balloon
 * @from: the frame to begin looking at
 * @first: gets its first frame
 * @end: gets the frame after its last
 *
 * Takes the lock for 1 GB of the guest at a time.
 *
 * Context: may sleep; not under the balloon's lock.
 * Return: false if there is none.
 */
bool xhb_bitmap_run(struct xhb_balloon *b, unsigned long from,
		    unsigned long *first, unsigned long *end)
{
	unsigned long frames = xhb_bitmap_frames(b);
	unsigned long at;

	for (at = from; at < frames; at = *first) {
		*first = xhb_bitmap_seek(b, at, true);
		if (*first % XHB_CHUNK_FRAMES || *first == at)
			break;
	}
	if (at >= frames || *first >= frames)
		return false;
	for (at = *first; at < frames; at = *end) {
		*end = xhb_bitmap_seek(b, at, false);
		if (*end % XHB_CHUNK_FRAMES || *end == at)
			break;
	}
	return true;
}
