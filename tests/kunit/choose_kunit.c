// SPDX-License-Identifier: GPL-2.0
/*
 * Which block is emptied: what looks free and is not, what is better left alone,
 * and that none hides the others for ever.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>

#include "healing.h"

/* More than are tried of a window. */
#define BLOCKS	6

/* So many that two of them are looked at together. */
#define MANY	12

/* Anything but the kernel's movable memory; as written below, so it is read. */
static void set_type(struct page *page, unsigned long type)
{
	unsigned long pfn = page_to_pfn(page), bit, *words, shift;

	bit = ((pfn % PAGES_PER_SECTION) >> pageblock_order) * NR_PAGEBLOCK_BITS;
	words = section_to_usemap(__pfn_to_section(pfn)) + BIT_WORD(bit);
	shift = bit % BITS_PER_LONG;
	WRITE_ONCE(*words, (*words & ~(7UL << shift)) | type << shift);
}

/* The first answer: is it worth trying? */
static long first_answer(struct fixture *f, struct page *page)
{
	struct page *got = xhb_evacuate(&f->b, XHB_CHOICE_THIS, block_of(page));

	flush_work(&f->b.evacuation.work);
	xhb_evacuate_drop(&f->b);
	return PTR_ERR_OR_ZERO(got);
}

/* A slab of newer kernels has no reference, as what is being freed. */
static void choose_frozen(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1);

	KUNIT_ASSERT_TRUE(test, page_ref_freeze(page, 1));
	__folio_set_slab(page_folio(page));
	KUNIT_EXPECT_EQ(test, first_answer(f, page), (long)-EPERM);
	__folio_clear_slab(page_folio(page));
	KUNIT_EXPECT_EQ(test, first_answer(f, page), (long)-EINPROGRESS);
	page_ref_unfreeze(page, 1);
	__free_page(page);
}

/* A balloon page that is locked: the same, and every block can have one. */
static void choose_locked(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1);

	make_base(test, page);
	lock_page(page);
	KUNIT_EXPECT_EQ(test, first_answer(f, page), (long)-EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, evacuate(f, XHB_CHOICE_WITH_BASE, 0),
			    (struct page *)ERR_PTR(-EBUSY));
	unlock_page(page);
	KUNIT_EXPECT_EQ(test, first_answer(f, page), (long)-EINPROGRESS);
}

/* What the kernel keeps for interrupts would lose its mark. */
static void choose_set_aside(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 1);
	int before, answer;

	make_base(test, page);
	before = xhb_choose_check(&f->b, block_of(page));
	set_type(page, MIGRATE_HIGHATOMIC);
	answer = xhb_choose_check(&f->b, block_of(page));
	set_type(page, MIGRATE_MOVABLE);
	KUNIT_EXPECT_EQ(test, before, 0);
	KUNIT_EXPECT_EQ(test, answer, -EPERM);
}

/* A block that costs nothing, as it holds just one balloon page. */
static struct page *make_cheap(struct kunit *test)
{
	struct page *page = make_block(test, 1);

	make_base(test, page);
	return page;
}

/* The block that would be emptied, looking at all memory; -1 for none. */
static long chosen(struct fixture *f)
{
	unsigned long seen;
	long block = -1;

	for (seen = 0; seen < xhb_blocks_count(&f->b) && block < 0;
	     seen += XHB_WINDOW) {
		block = xhb_choose_block(&f->b, XHB_CHOICE_WITH_BASE);
		if (block < 0)
			xhb_choose_next(&f->b);
	}
	return block;
}

/* Where only movable pages may be nothing is emptied for the huge queue. */
static void choose_only_movable(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_cheap(test);

	KUNIT_EXPECT_EQ(test, chosen(f), (long)block_of(page));
	fake_guest.movable_block = block_of(page);
	KUNIT_EXPECT_EQ(test, chosen(f), -1L);
	/* To be healed it is only away for an instant. */
	KUNIT_EXPECT_EQ(test, first_answer(f, page), (long)-EINPROGRESS);
}

/* Healed, but Xen has kept it: the balloon keeps it in movable pages. */
static void choose_only_movable_healed(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);
	int err;

	fake_guest.movable_block = block_of(page);
	fake_hv.max_pages = fake_hv.tot_pages - XHB_HUGE_PAGES;
	while ((err = xhb_heal_block(&f->b, block_of(page))) == -EINPROGRESS)
		flush_work(&f->b.evacuation.work);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, XHB_HUGE_PAGES);
	fixture_check(test);

	/* And they do not collapse. */
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_FALSE(test, xhb_collapse_block(&f->b, block_of(page)));
	mutex_unlock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, f->b.queues.huge_count, 0UL);
	fixture_check(test);
	fake_hv.max_pages = f->tot_pages;
}

/* Who cannot move a page later does not get one that has to be movable. */
static void choose_only_movable_leaves(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page, *other = make_cheap(test), *got;
	struct xhb_op op;

	/* The one that would be next. */
	make_cheap(test);
	KUNIT_EXPECT_EQ(test, xhb_foreign_get(&f->b, 1, &page), 0);
	if (page == other)
		other = list_first_entry(&f->b.queues.base.pages, struct page, lru);
	xhb_foreign_put(&f->b, 1, &page);
	xhb_foreign_trim(&f->b);
	fake_guest.movable_block = block_of(page);
	KUNIT_EXPECT_EQ(test, xhb_foreign_get(&f->b, 1, &got), 0);
	KUNIT_EXPECT_PTR_EQ(test, got, other);
	xhb_foreign_put(&f->b, 1, &got);
	xhb_foreign_trim(&f->b);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 2UL);
	fixture_check(test);

	/* Handed back, it is another one that the built-in driver gets. */
	xhb_op_init(&op, 0);
	mutex_lock(&f->b.lock);
	KUNIT_EXPECT_EQ(test, xhb_queues_take(&f->b, &op, 2), 2U);
	mutex_unlock(&f->b.lock);
	do {
		got = xhb_op_take(&op);
		if (got == page)
			break;
		mutex_lock(&f->b.lock);
		xhb_base_put(&f->b, got);
		mutex_unlock(&f->b.lock);
	} while (op.count);
	KUNIT_ASSERT_PTR_EQ(test, got, page);
	while (op.count) {
		mutex_lock(&f->b.lock);
		xhb_base_put(&f->b, xhb_op_take(&op));
		mutex_unlock(&f->b.lock);
	}
	got = xhb_replace(&f->b, page);
	KUNIT_EXPECT_PTR_NE(test, got, page);
	KUNIT_EXPECT_FALSE(test, fake_hv_gone(page));
	KUNIT_EXPECT_TRUE(test, fake_hv_gone(got));
	mutex_lock(&f->b.lock);
	xhb_base_put(&f->b, got);
	mutex_unlock(&f->b.lock);
	fixture_check(test);
}

/* It comes back where only movable pages may be, and must not stay there unmoved. */
static void choose_only_movable_comes_back(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page;

	make_cheap(test);
	KUNIT_ASSERT_EQ(test, xhb_foreign_get(&f->b, 1, &page), 0);
	fake_guest.movable_block = block_of(page);
	xhb_foreign_put(&f->b, 1, &page);
	KUNIT_EXPECT_EQ(test, xhb_foreign_idle(&f->b), 0UL);
	KUNIT_EXPECT_EQ(test, f->b.queues.base_count, 1UL);
	fixture_check(test);
}

/* The map is told another number of base pages, which is what is not moved. */
static void pretend_base(struct fixture *f, struct page *page, int change)
{
	mutex_lock(&f->b.lock);
	for (; change > 0; change--)
		xhb_block_add_base(&f->b, page, 1);
	for (; change < 0; change++)
		xhb_block_add_base(&f->b, page, -1);
	mutex_unlock(&f->b.lock);
}

/* Of two blocks that are looked at together the one with less to move. */
static void choose_cheapest(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[MANY], *pair[2] = {};
	unsigned int i, n;

	for (i = 0; i < MANY; i++)
		pages[i] = make_block(test, 3);
	for (i = 0; i < MANY && !pair[0]; i++) {
		for (n = 0; n < i && !pair[0]; n++) {
			if (block_of(pages[i]) / XHB_WINDOW !=
			    block_of(pages[n]) / XHB_WINDOW)
				continue;
			pair[0] = pages[i];
			pair[1] = pages[n];
		}
	}
	for (i = 0; i < 3; i++) {
		for (n = 0; n < MANY; n++) {
			if (pages[n] == pair[0] || pages[n] == pair[1])
				make_base(test, pages[n] + i);
			else
				__free_page(pages[n] + i);
		}
	}
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair[0]);
	for (i = 0; i < 2; i++) {
		/* Three to move, of which the balloon has all, or only one. */
		pretend_base(f, pair[!i], -2);
		KUNIT_EXPECT_EQ(test, chosen(f), (long)block_of(pair[i]));
		pretend_base(f, pair[!i], 2);
		f->b.choose.cursor = 0;
	}
	fixture_check(test);
}

/* What is free as a whole is not emptied, it is there to be had. */
static void choose_no_free_block(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_block(test, 0);
	unsigned long seen, i;
	long block;

	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block_of(page)), 0);
	for (seen = 0; seen < xhb_blocks_count(&f->b); seen += XHB_WINDOW) {
		block = xhb_choose_block(&f->b, XHB_CHOICE_ANY);
		xhb_choose_next(&f->b);
		if (block < 0)
			continue;
		page = pfn_to_page(block << XHB_HUGE_ORDER);
		for (i = 0; i < XHB_HUGE_PAGES && !page_count(page + i); i++)
			;
		KUNIT_EXPECT_LT_MSG(test, i, XHB_HUGE_PAGES,
				    "block %ld is free", block);
	}
}

/* Nothing is moved where there is no room for it. */
static void choose_no_room(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *page = make_cheap(test), *empty = make_block(test, 0);

	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block_of(page)), 0);
	fake_guest.free = 4 * XHB_HUGE_PAGES +
			  xhb_floor_pages(totalram_pages()) / 2;
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block_of(page)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block_of(empty)), 0);
	KUNIT_EXPECT_PTR_EQ(test, evacuate(f, XHB_CHOICE_WITH_BASE, 0),
			    (struct page *)ERR_PTR(-EBUSY));
	KUNIT_EXPECT_EQ(test, fake_guest.contig_tried, 0UL);
	fake_guest.free++;
	KUNIT_EXPECT_EQ(test, xhb_choose_check(&f->b, block_of(page)), 0);
	fake_guest.free = -1;

	/* A node's free pages are not all for anybody's use. */
	fake_guest.nodes = 2;
	fake_guest.zone_free = XHB_HUGE_PAGES / (page_zonenum(page) + 1) + 1;
	KUNIT_EXPECT_FALSE(test, xhb_node_spares(page));
	/* Others allocate, too, while a block is emptied. */
	fake_guest.zone_free = 0;
	fake_guest.node_room[0] = 2 * XHB_HUGE_PAGES - 1;
	KUNIT_EXPECT_FALSE(test, xhb_node_spares(page));
	fake_guest.node_room[0]++;
	KUNIT_EXPECT_TRUE(test, xhb_node_spares(page));
	/* Nor does migration get all that there is in the block's own zone. */
	KUNIT_EXPECT_LT(test, page_zonenum(page), ZONE_NORMAL);
	fake_guest.node_reserve = 1;
	KUNIT_EXPECT_FALSE(test, xhb_node_spares(page));
}

/* Those that cannot be emptied are out of the way for longer and longer. */
static void choose_others(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct page *pages[BLOCKS];
	unsigned int i, n, call;

	for (i = 0; i < BLOCKS; i++)
		pages[i] = make_cheap(test);
	fake_guest.contig_left = 0;
	fake_guest.contig_tried = 0;
	for (call = 0; call < 2; call++)
		KUNIT_EXPECT_PTR_EQ(test, evacuate(f, XHB_CHOICE_WITH_BASE, 0),
				    (struct page *)ERR_PTR(-EBUSY));
	KUNIT_EXPECT_EQ(test, fake_guest.contig_tried, (unsigned long)BLOCKS);
	for (i = 0; i < BLOCKS; i++) {
		for (n = 0; n < BLOCKS; n++) {
			if (fake_guest.contig_last[n] == block_of(pages[i]))
				break;
		}
		KUNIT_EXPECT_LT_MSG(test, n, (unsigned int)BLOCKS,
				    "block %u was not tried", i);
	}

	/* Nobody is given up. */
	for (call = 0; call < 3; call++)
		evacuate(f, XHB_CHOICE_WITH_BASE, 0);
	KUNIT_EXPECT_GT(test, fake_guest.contig_tried, (unsigned long)BLOCKS);
	fake_guest.contig_left = ULONG_MAX;
}

static struct kunit_case choose_cases[] = {
	KUNIT_CASE(choose_frozen),
	KUNIT_CASE(choose_locked),
	KUNIT_CASE(choose_set_aside),
	KUNIT_CASE(choose_only_movable),
	KUNIT_CASE(choose_only_movable_healed),
	KUNIT_CASE(choose_only_movable_leaves),
	KUNIT_CASE(choose_only_movable_comes_back),
	KUNIT_CASE(choose_cheapest),
	KUNIT_CASE(choose_no_free_block),
	KUNIT_CASE(choose_no_room),
	KUNIT_CASE(choose_others),
	{}
};

static struct kunit_suite choose_suite = {
	.name = "xhb_choose",
	.init = healing_init,
	.exit = healing_exit,
	.test_cases = choose_cases,
};

kunit_test_suite(choose_suite);
