// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/string.h>

#include "kernels.h"
#include "options.h"

MODULE_DESCRIPTION("KUnit tests of xen-hugeballoon");
MODULE_LICENSE("GPL");

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Of random tests; 0: a new one (default)");

static char provoke[16];
module_param_string(provoke, provoke, sizeof(provoke), 0444);
MODULE_PARM_DESC(provoke, "What goes wrong: fail, lose, leak, warn, bug, hang");

/*
 * Linux 6.1 runs a module's tests before it looks at the module's parameters,
 * so this does. Later they are in place, and the text is cut up.
 */
static void options_parse(void)
{
	const char *args = kernels_module_args(THIS_MODULE);
	const char *arg;

	arg = strstr(args, "seed=");
	if (arg && !seed && sscanf(arg, "seed=%u", &seed) != 1)
		seed = 0;
	arg = strstr(args, "provoke=");
	if (arg && !provoke[0] && sscanf(arg, "provoke=%15s", provoke) != 1)
		provoke[0] = '\0';
}

/* Random numbers that can be had again: the seed is printed. */
void options_random(struct kunit *test, struct rnd_state *state)
{
	options_parse();
	if (!seed)
		seed = get_random_u32() | 1;
	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(state, seed);
}

/* What the user wants to go wrong, to see whether it is noticed; or "". */
const char *options_provoke(void)
{
	options_parse();
	return provoke;
}
