// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the targets that different parties want is the one to follow.
 */
#include "xhb_pure.h"

/**
 * xhb_effective_target() - the target that follows from all requests
 * @requests: size of the guest that each &enum xhb_requester wants; 4K pages
 * @who: set to whose request it is
 *
 * The host's is the most that the guest may have, and within that it may want
 * less. Pressure comes before both: who requests for it keeps to what the user
 * allows.
 *
 * Context: any.
 * Return: 4K pages.
 */
unsigned long xhb_effective_target(const unsigned long *requests,
				   enum xhb_requester *who)
{
	*who = XHB_REQUESTER_HOST;
	if (requests[XHB_REQUESTER_SELF] < requests[*who])
		*who = XHB_REQUESTER_SELF;
	if (requests[XHB_REQUESTER_PRESSURE] > requests[*who])
		*who = XHB_REQUESTER_PRESSURE;
	return requests[*who];
}

/**
 * xhb_no_request() - what a requester without a wish requests
 * @who: the requester
 *
 * Context: any.
 * Return: 4K pages that change nothing.
 */
unsigned long xhb_no_request(enum xhb_requester who)
{
	return who == XHB_REQUESTER_PRESSURE ? 0 : ULONG_MAX;
}
