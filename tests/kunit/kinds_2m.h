/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For suites with cases that run against each kind of guest with superpages.
 */
#ifndef XHB_TEST_KINDS_2M_H
#define XHB_TEST_KINDS_2M_H

#include "fixture.h"

static const enum fake_kind kinds_2m[] = { FAKE_OPS, FAKE_HVM };

static void kind_2m_describe(const enum fake_kind *kind, char *text)
{
	strscpy(text, *kind == FAKE_OPS ? "ops" : "hvm",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind_2m, kinds_2m, kind_2m_describe);

/* A case without parameter runs against the simplest one. */
static int kind_2m_init(struct kunit *test)
{
	const enum fake_kind *kind = test->param_value;

	return fixture_init(test, kind ? *kind : FAKE_OPS);
}

#endif /* XHB_TEST_KINDS_2M_H */
