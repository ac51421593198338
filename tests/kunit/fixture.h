/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A balloon on the fakes, and the check that nothing got lost.
 */
#ifndef XHB_TEST_FIXTURE_H
#define XHB_TEST_FIXTURE_H

#include <kunit/test.h>
#include <linux/mm_types.h>
#include <xen/balloon.h>

#include "fake_guest.h"
#include "fake_hv.h"
#include "fault.h"
#include "xhb_policy.h"
#include "xhb_pages.h"

/**
 * struct fixture - what a test has in test->priv
 * @b: the balloon; its tasks take steps only when the test says so
 * @stats: of @b
 * @scrub: the switch that @b looks at
 * @total: size of the domain with an empty balloon, as counted in @stats
 * @tot_pages: the same as counted by the hypervisor
 * @ram: the same as counted by the kernel
 * @events: what vmstat had counted before
 * @visited: a bit for each frame, for looking for duplicates
 * @frames: bits in @visited
 * @isolated: a page of the base queue that the test has isolated, or NULL
 */
struct fixture {
	struct xhb_balloon b;
	struct balloon_stats stats;
	bool scrub;
	unsigned long total;
	unsigned long tot_pages;
	unsigned long ram;
	unsigned long events;
	unsigned long *visited;
	unsigned long frames;
	struct page *isolated;
};

/**
 * struct fixture_walk - an operation to be disturbed at each of its calls
 * @prepare: make the state it starts from; not disturbed; may be NULL
 * @run: the operation; it may fail, but must keep account of all pages
 * @finish: reach what @run was for; not disturbed
 * @mappings: calls for mappings of a PV guest are among those that fail
 * @calls: calls of @run that can fail, if none does, for each &enum fake_kind; 0 if
 *	it depends on where the kernel puts its pages
 */
struct fixture_walk {
	void (*prepare)(struct kunit *test);
	void (*run)(struct kunit *test);
	void (*finish)(struct kunit *test);
	bool mappings;
	unsigned long calls[FAKE_KINDS];
};

int fixture_set_up(struct kunit *test, enum fake_kind kind);
int fixture_init(struct kunit *test, enum fake_kind kind);
int fixture_init_ops(struct kunit *test);
int fixture_init_hvm(struct kunit *test);
int fixture_init_pv(struct kunit *test);
void fixture_exit(struct kunit *test);
void fixture_check(struct kunit *test);
void fixture_do_walk(struct kunit *test, const struct fixture_walk *walk);

bool fixture_reached(struct fixture *f, unsigned long pages, unsigned long within);
unsigned long fixture_held_pages(struct fixture *f);
void fixture_settle_builtin(struct fixture *f);
unsigned int fixture_step(struct fixture *f,
			  unsigned int (*step)(struct xhb_balloon *b));
unsigned long fixture_release(struct fixture *f, struct page **pages,
			      unsigned int n, unsigned int order);
unsigned long fixture_populate(struct fixture *f, struct page **pages,
			       unsigned int n, unsigned int order);
unsigned int fixture_alloc_huge(struct fixture *f, struct page **pages,
				unsigned int n);
unsigned int fixture_alloc_base(struct fixture *f, struct page **pages,
				unsigned int n);
void fixture_take_2m(struct kunit *test, struct page **pages, unsigned int n);
void fixture_free_2m(struct page **pages, unsigned int n);
unsigned long fixture_gone(struct kunit *test, struct page **pages, unsigned int n);
unsigned long fixture_xen_release(struct kunit *test, struct page **pages,
				  unsigned int n, unsigned int order);
unsigned long fixture_xen_populate(struct kunit *test, struct page **pages,
				   unsigned int n, unsigned int order);
unsigned int fixture_step_to(struct kunit *test, unsigned long target);
void fixture_go(struct kunit *test, unsigned long target);
void fixture_empty(struct kunit *test);

#endif /* XHB_TEST_FIXTURE_H */
