// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <xen/interface/memory.h>

#include "fakes.h"

/* The fake has seen a violation that begins with @what. */
void expect_violation(struct kunit *test, const char *what)
{
	const char *seen = fake_hv_violation();

	if (!seen || strncmp(seen, what, strlen(what)))
		KUNIT_FAIL(test, "not noticed: %s, but: %s", what,
			   seen ?: "nothing");
	fake_hv_forgive();
}

/* A page of the driver's, 2M when @order says so. */
struct page *driver_page(struct kunit *test, unsigned int order)
{
	struct page *page = fake_alloc_pages(GFP_KERNEL | __GFP_ZERO, order);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	return page;
}

/* One page goes to Xen, as the driver does that; returns how many did. */
unsigned long take_one(struct kunit *test, struct page *page)
{
	return fixture_xen_release(test, &page, 1, 0);
}

unsigned long give_one(struct kunit *test, struct page *page)
{
	return fixture_xen_populate(test, &page, 1, 0);
}

/* One frame, past the driver. */
long memory_op(unsigned int cmd, unsigned long frame)
{
	xen_pfn_t frames[] = { frame };
	struct xen_memory_reservation reservation = {
		.nr_extents = 1,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(reservation.extent_start, frames);
	return fake_memory_op(cmd, &reservation);
}
