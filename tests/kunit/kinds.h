/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For suites with cases that run against each kind of hypervisor interface.
 */
#ifndef XHB_TEST_KINDS_H
#define XHB_TEST_KINDS_H

#include "fixture.h"

struct kind {
	enum fake_kind kind;
	const char *name;
};

static const struct kind kinds[] = {
	{ FAKE_OPS, "ops" },
	{ FAKE_HVM, "hvm" },
	{ FAKE_PV, "pv" },
};

static void kind_describe(const struct kind *kind, char *text)
{
	strscpy(text, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_describe);

/* A case without parameter runs against the simplest one. */
static int kind_init(struct kunit *test)
{
	const struct kind *kind = test->param_value;

	return fixture_init(test, kind ? kind->kind : FAKE_OPS);
}

#endif /* XHB_TEST_KINDS_H */
