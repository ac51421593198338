// SPDX-License-Identifier: GPL-2.0
/*
 * Moving the memory of one page to another.
 *
 * Which method Xen allows depends on the kind of guest and on Xen's version, so
 * Xen is asked once, with a real move.
 */
#include <linux/errno.h>
#include <linux/mm_types.h>

#include "xhb_xen.h"

const char * const xhb_method_names[XHB_METHOD_COUNT] = {
	[XHB_METHOD_EXCHANGE] = "exchange",
	[XHB_METHOD_GMFN_MOVE] = "gmfn-move",
	[XHB_METHOD_POPULATE_RELEASE] = "populate-release",
};

static int xhb_populate_release(struct xhb_hv *hv, struct page *from,
				struct page *to)
{
	if (!hv->ops->populate(hv, &to, 1, 0))
		return -EAGAIN;
	if (hv->ops->release(hv, &from, 1, 0))
		return 0;
	/* Xen does not refuse to take one of two populated pages. */
	WARN_ON_ONCE(!hv->ops->release(hv, &to, 1, 0));
	return -EAGAIN;
}

static int xhb_hv_move_by(struct xhb_hv *hv, enum xhb_method method,
			  struct page *from, struct page *to)
{
	switch (method) {
	case XHB_METHOD_EXCHANGE:
		return hv->ops->exchange(hv, from, to);
	case XHB_METHOD_GMFN_MOVE:
		return hv->ops->gmfn_move(hv, from, to);
	default:
		return xhb_populate_release(hv, from, to);
	}
}

/**
 * xhb_hv_move() - the memory of one page goes to another
 * @hv: the hypervisor, its method chosen
 * @from: populated, loses its memory
 * @to: not populated, gets memory; its content is undefined
 *
 * Context: may sleep; the caller serialises.
 * Return: 0, or an error with nothing changed.
 */
int xhb_hv_move(struct xhb_hv *hv, struct page *from, struct page *to)
{
	return xhb_hv_move_by(hv, hv->method, from, to);
}

/**
 * xhb_hv_move_leaks() - whether a move gives content to Xen
 * @hv: the hypervisor, its method chosen
 *
 * Context: any.
 * Return: true if the page that loses its memory has to be scrubbed before.
 */
bool xhb_hv_move_leaks(const struct xhb_hv *hv)
{
	return hv->method != XHB_METHOD_GMFN_MOVE;
}

/* Not the method is wrong, but the moment. */
static bool xhb_is_shortage(int err)
{
	return err == -ENOMEM || err == -EAGAIN || err == -EBUSY;
}

/**
 * xhb_hv_choose_method() - ask Xen which method it allows
 * @hv: the hypervisor; its method is set
 * @from: a scrubbed populated page
 * @to: a page that is not populated
 *
 * Context: may sleep; the caller serialises.
 * Return: 0 if the memory of @from has moved to @to, or an error with nothing
 * changed: the method exists, but it lacked memory just now.
 */
int xhb_hv_choose_method(struct xhb_hv *hv, struct page *from,
			 struct page *to)
{
	int err = -EOPNOTSUPP;

	for (hv->method = 0; hv->method < XHB_METHOD_POPULATE_RELEASE;
	     hv->method++) {
		err = xhb_hv_move_by(hv, hv->method, from, to);
		if (!err || xhb_is_shortage(err))
			return err;
	}
	return err;
}
