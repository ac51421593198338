// SPDX-License-Identifier: GPL-2.0
/*
 * Moving the memory of one page to another.
 *
 * Which method Xen allows depends on the kind of guest and on Xen's version, so
 * Xen is asked once, with a real move.
 */
#include <linux/errno.h>
#include <linux/mm_types.h>

#include "xen/private.h"

static const char * const xhb_method_names[XHB_METHOD_COUNT] = {
	[XHB_METHOD_EXCHANGE] = "exchange",
	[XHB_METHOD_GMFN_MOVE] = "gmfn-move",
	[XHB_METHOD_POPULATE_RELEASE] = "populate-release",
};

static int xhb_populate_release(struct xhb_xen *xen, struct page *from,
				struct page *to)
{
	struct xhb_done gone;

	if (!xen->ops->populate(xen, &to, 1, 0).pages)
		return -EAGAIN;
	gone = xen->ops->release(xen, &from, 1, 0);
	if (gone.pages || gone.stray)
		return 0;
	/* Xen does not refuse to take one of two populated pages. */
	WARN_ON_ONCE(!xen->ops->release(xen, &to, 1, 0).pages);
	return -EAGAIN;
}

static int xhb_xen_move_by(struct xhb_xen *xen, enum xhb_method method,
			   struct page *from, struct page *to)
{
	switch (method) {
	case XHB_METHOD_EXCHANGE:
		return xen->ops->exchange(xen, from, to);
	case XHB_METHOD_GMFN_MOVE:
		return xen->ops->gmfn_move(xen, from, to);
	default:
		return xhb_populate_release(xen, from, to);
	}
}

/**
 * xhb_xen_move() - the memory of one page goes to another
 * @xen: the hypervisor, its method chosen
 * @from: populated, loses its memory
 * @to: not populated, gets memory; its content is undefined
 *
 * Context: may sleep; the caller serialises.
 * Return: 0; or -ENODATA if @from has lost its memory and @to got none; or another
 * error with nothing changed.
 */
int xhb_xen_move(struct xhb_xen *xen, struct page *from, struct page *to)
{
	return xhb_xen_move_by(xen, xen->method, from, to);
}

/**
 * xhb_xen_move_may_fail_half_way() - whether memory may be gone after a move
 * @xen: the hypervisor, its method chosen
 *
 * Context: any.
 * Return: false if xhb_xen_move() does not return -ENODATA.
 */
bool xhb_xen_move_may_fail_half_way(const struct xhb_xen *xen)
{
	return xen->method != XHB_METHOD_POPULATE_RELEASE;
}

/**
 * xhb_xen_move_leaks() - whether a move gives content to Xen
 * @xen: the hypervisor, its method chosen
 *
 * Context: any.
 * Return: true if the page that loses its memory has to be scrubbed before.
 */
bool xhb_xen_move_leaks(const struct xhb_xen *xen)
{
	return xen->method != XHB_METHOD_GMFN_MOVE;
}

/**
 * xhb_xen_assume_two_steps() - the method that needs no asking
 * @xen: the hypervisor; its method is set to what works everywhere
 *
 * Context: any; the caller serialises.
 */
void xhb_xen_assume_two_steps(struct xhb_xen *xen)
{
	xen->method = XHB_METHOD_POPULATE_RELEASE;
}

/**
 * xhb_xen_method_name() - the method in use, for people
 * @xen: the hypervisor, its method chosen
 *
 * Context: any.
 * Return: what sysfs shows of it.
 */
const char *xhb_xen_method_name(const struct xhb_xen *xen)
{
	return xhb_method_names[xen->method];
}

/* Not the method is wrong, but the moment. */
static bool xhb_is_shortage(int err)
{
	return err == -ENOMEM || err == -EAGAIN || err == -EBUSY ||
	       err == -ENODATA;
}

/**
 * xhb_xen_choose_method() - ask Xen which method it allows
 * @xen: the hypervisor; its method is set
 * @from: a scrubbed populated page
 * @to: a page that is not populated
 *
 * Context: may sleep; the caller serialises.
 * Return: 0 if the memory of @from has moved to @to; -ENODATA if @from has lost it
 * and @to got none; or another error with nothing changed: the method exists, but
 * it lacked memory just now.
 */
int xhb_xen_choose_method(struct xhb_xen *xen, struct page *from,
			  struct page *to)
{
	int err = -EOPNOTSUPP;

	for (xen->method = 0; xen->method < XHB_METHOD_POPULATE_RELEASE;
	     xen->method++) {
		err = xhb_xen_move_by(xen, xen->method, from, to);
		if (!err || xhb_is_shortage(err))
			return err;
	}
	return err;
}
