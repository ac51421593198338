// SPDX-License-Identifier: GPL-2.0
/*
 * The size that a guest asks of itself, as a function: what it needs, how fast it
 * goes there, and that it gets to rest, on a guest that is a few numbers.
 */
#include <kunit/test.h>

#include "options.h"
#include "xhb_pure.h"

#define MB(mb)	((unsigned long)(mb) << (20 - PAGE_SHIFT))
#define UNIT	512UL

/* A guest of 1 GB: what is not managed, kept free, used by kernel and files. */
#define ALL		MB(1024)
#define UNMANAGED	MB(24)
#define RESERVE		MB(10)
#define FLOOR		MB(72)

/**
 * struct plant - the guest
 * @state: of what is tested
 * @wishes: of its user
 * @size: what it has; at once what was decided, but not more than it can have
 * @kernel: what the kernel uses
 * @cache: files in use
 * @idle: files that are not
 * @turns: how often it has begun to grow after it shrank
 * @shrinks: it did last
 * @returned: pages of files to be read again
 */
struct plant {
	struct xhb_self_state state;
	struct xhb_self_wishes wishes;
	unsigned long size;
	unsigned long kernel;
	unsigned long cache;
	unsigned long idle;
	unsigned int turns;
	bool shrinks;
	unsigned long returned;
};

static struct plant plant_new(void)
{
	return (struct plant) {
		.wishes = { .down = 8, .up = 1 },
		.size = ALL,
		.kernel = MB(50),
		.cache = MB(20),
		.idle = MB(30),
	};
}

static struct xhb_self_sample plant_sample(const struct plant *p,
					   unsigned long demand)
{
	long free = p->size - UNMANAGED - p->kernel - p->cache - p->idle - demand;

	return (struct xhb_self_sample) {
		.size = p->size,
		.ram = p->size - UNMANAGED,
		.ballooned = ALL - p->size,
		.committed = demand,
		.anon = demand,
		.kernel = p->kernel,
		.cache = p->cache,
		.returned = p->returned,
		.reserve = RESERVE,
		.free = max(free, 0L),
		.available = free + (long)(p->cache + p->idle) - (long)RESERVE,
		.floor = FLOOR,
	};
}

static unsigned long plant_goal(const struct plant *p, unsigned long demand)
{
	struct xhb_self_sample sample = plant_sample(p, demand);

	return xhb_self_goal(&sample, &p->wishes);
}

static void plant_look(struct kunit *test, struct plant *p, unsigned long demand,
		       bool step)
{
	struct xhb_self_sample sample = plant_sample(p, demand);
	unsigned long target = xhb_self_decide(&p->state, &sample, &p->wishes,
					       step);
	unsigned long goal = xhb_self_goal(&sample, &p->wishes);

	if (target < p->size) {
		KUNIT_ASSERT_TRUE(test, step);
		KUNIT_ASSERT_GE(test, target, goal);
		/* What is left has the floor available. */
		KUNIT_ASSERT_GE(test, sample.available - (long)(p->size - target),
				(long)FLOOR);
		p->shrinks = true;
	} else if (target > p->size) {
		KUNIT_ASSERT_LT(test, target, goal + UNIT);
		p->turns += p->shrinks;
		p->shrinks = false;
	}
	p->size = min(target, ALL);
}

static void plant_run(struct kunit *test, struct plant *p, unsigned long demand,
		      unsigned int steps)
{
	while (steps--)
		plant_look(test, p, demand, true);
}

/* Shrinks to what it needs and stays there. */
static void goal_idle(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned long goal = plant_goal(&p, MB(100)), size;

	/* Promised, kernel, files, kept free, a tenth of all. */
	KUNIT_EXPECT_EQ(test, goal, UNMANAGED + MB(100) + MB(50) + MB(20) +
				    RESERVE + (ALL - UNMANAGED) / 10);
	plant_run(test, &p, MB(100), 1);
	KUNIT_EXPECT_LE(test, p.size, ALL - (ALL - goal) / 8 + UNIT);
	KUNIT_EXPECT_GE(test, p.size, ALL - (ALL - goal) / 8);
	plant_run(test, &p, MB(100), 60);
	size = p.size;
	KUNIT_EXPECT_GE(test, size, goal);
	KUNIT_EXPECT_LE(test, size, goal + MB(10));
	plant_run(test, &p, MB(100), 1000);
	KUNIT_EXPECT_EQ(test, p.size, size);
	KUNIT_EXPECT_EQ(test, p.turns, 0U);
	/* The balloon is one of whole 2M pages. */
	KUNIT_EXPECT_EQ(test, (ALL - size) % UNIT, 0UL);
}

/* What killed those who went by what was promised to programs alone. */
static void goal_counts_others(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned long before = plant_goal(&p, MB(100));
	struct xhb_self_sample sample;

	p.kernel += MB(300);
	KUNIT_EXPECT_EQ(test, plant_goal(&p, MB(100)), before + MB(300));
	p.cache += MB(40);
	KUNIT_EXPECT_EQ(test, plant_goal(&p, MB(100)), before + MB(340));

	/* In use, though nobody was promised it. */
	p = plant_new();
	sample = plant_sample(&p, MB(100));
	sample.anon = MB(150);
	KUNIT_EXPECT_EQ(test, xhb_self_goal(&sample, &p.wishes), before + MB(50));
	/* Below the floor, whatever for. */
	sample.available = MB(20);
	KUNIT_EXPECT_EQ(test, xhb_self_goal(&sample, &p.wishes),
			sample.size + FLOOR + FLOOR / 4 - MB(20));
	sample.available = -5;
	KUNIT_EXPECT_EQ(test, xhb_self_goal(&sample, &p.wishes),
			sample.size + FLOOR + FLOOR / 4 + 5);
	sample = plant_sample(&p, MB(100));
	sample.returned = 77;
	KUNIT_EXPECT_EQ(test, xhb_self_goal(&sample, &p.wishes), sample.size + 77);
}

static void goal_wishes(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned long usable;

	p.wishes.reserved = MB(300);
	KUNIT_EXPECT_EQ(test, plant_goal(&p, MB(100)),
			UNMANAGED + MB(470) + RESERVE);
	p.wishes.least = MB(600);
	KUNIT_EXPECT_EQ(test, plant_goal(&p, 0), UNMANAGED + MB(600) + RESERVE);

	/* By itself: what has always been left. */
	p.wishes.least = 0;
	p.wishes.reserved = MB(1);
	p.kernel = 0;
	p.cache = 0;
	usable = ALL - UNMANAGED - RESERVE;
	p.idle = MB(900);
	KUNIT_EXPECT_EQ(test, plant_goal(&p, 0), UNMANAGED + RESERVE +
			MB(99) + (usable - MB(99)) / 32);
}

/* Up in one step, down in a few dozen, and never past what is needed. */
static void goal_step(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned long low;

	plant_run(test, &p, MB(100), 100);
	low = p.size;
	plant_run(test, &p, MB(500), 1);
	KUNIT_EXPECT_GE(test, p.size, plant_goal(&p, MB(500)));
	KUNIT_EXPECT_LT(test, p.size, plant_goal(&p, MB(500)) + UNIT);
	plant_run(test, &p, MB(500), 100);
	plant_run(test, &p, MB(100), 7);
	KUNIT_EXPECT_GE(test, p.size, plant_goal(&p, MB(500)));
	plant_run(test, &p, MB(100), 60);
	KUNIT_EXPECT_LE(test, p.size, low + MB(10));
	KUNIT_EXPECT_EQ(test, p.turns, 1U);

	/* Slowly, if the user wants that; but not when memory is short. */
	p.wishes.up = 4;
	low = p.size;
	plant_run(test, &p, MB(500), 1);
	KUNIT_EXPECT_LT(test, p.size, low + MB(110));
	KUNIT_EXPECT_GE(test, p.size, low + MB(90));
	plant_look(test, &p, MB(500), false);
	KUNIT_EXPECT_GE(test, p.size, plant_goal(&p, MB(500)));
}

/* A look in between never takes anything from the guest. */
static void goal_look(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned int i;

	for (i = 0; i < 100; i++)
		plant_look(test, &p, MB(100), false);
	KUNIT_EXPECT_EQ(test, p.size, ALL);
	/* Nor does it make time pass. */
	plant_run(test, &p, MB(100), 60);
	plant_look(test, &p, MB(500), false);
	for (i = 0; i < 100; i++)
		plant_look(test, &p, MB(100), false);
	plant_run(test, &p, MB(100), 6);
	KUNIT_EXPECT_GE(test, p.size, plant_goal(&p, MB(500)));
}

static void goal_ramp(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned int mb;

	plant_run(test, &p, MB(100), 100);
	for (mb = 100; mb < 600; mb += 3) {
		plant_run(test, &p, MB(mb), 1);
		KUNIT_ASSERT_GE(test, p.size, plant_goal(&p, MB(mb)));
	}
	KUNIT_EXPECT_LE(test, p.turns, 1U);
	for (; mb > 100; mb -= 3)
		plant_run(test, &p, MB(mb), 1);
	plant_run(test, &p, MB(100), 60);
	KUNIT_EXPECT_LE(test, p.size, plant_goal(&p, MB(100)) + MB(10));
	KUNIT_EXPECT_LE(test, p.turns, 1U);
}

/* Demand that comes and goes within the time it takes to forget moves nothing. */
static void goal_saw_tooth(struct kunit *test)
{
	struct plant p = plant_new();
	unsigned int i;

	for (i = 0; i < 40; i++)
		plant_run(test, &p, MB(100 + 50 * (i % 8)), 1);
	p.turns = 0;
	p.shrinks = false;
	for (i = 0; i < 800; i++) {
		unsigned long before = p.size;

		plant_run(test, &p, MB(100 + 50 * (i % 8)), 1);
		KUNIT_ASSERT_EQ(test, p.size, before);
	}
}

/* Noise ends in one size, that of its peaks. */
static void goal_noise(struct kunit *test)
{
	struct plant p = plant_new();
	struct rnd_state random;
	unsigned long least = ALL, most = 0;
	unsigned int i;

	options_random(test, &random);
	for (i = 0; i < 2000; i++) {
		plant_run(test, &p, MB(200) + prandom_u32_state(&random) % MB(100), 1);
		if (i < 200)
			continue;
		least = min(least, p.size);
		most = max(most, p.size);
	}
	KUNIT_EXPECT_LE(test, most, plant_goal(&p, MB(300)) + UNIT);
	/* Of 8 numbers at random all are in the lower quarter once in 65536 times. */
	KUNIT_EXPECT_GE(test, least, plant_goal(&p, MB(225)));
	KUNIT_EXPECT_LT(test, p.turns, 2000U / 16);
}

/* Free memory goes first: with little of it only little is asked for. */
static void goal_free_first(struct kunit *test)
{
	struct plant p = plant_new();

	/* Nearly all of it holds files that nobody uses. */
	p.idle = MB(820);
	plant_run(test, &p, MB(100), 1);
	KUNIT_EXPECT_LE(test, ALL - p.size, (ALL - UNMANAGED - MB(990)) / 2 + UNIT);
	KUNIT_EXPECT_LT(test, p.size, ALL);
}

/*
 * Whatever is going on: the floor stays available and the least usable, a guest that
 * needs more gets it, and what is asked for is no more than needed.
 */
static void goal_property(struct kunit *test)
{
	struct xhb_self_state state = {};
	struct rnd_state random;
	unsigned int i;

	options_random(test, &random);
	for (i = 0; i < 200000; i++) {
		struct xhb_self_wishes wishes = {
			.down = 1 + prandom_u32_state(&random) % 20,
			.up = 1 + prandom_u32_state(&random) % 4,
			.least = prandom_u32_state(&random) % 3 * MB(50),
			.reserved = prandom_u32_state(&random) % 3 * MB(50),
		};
		unsigned long size = MB(16) + prandom_u32_state(&random) % MB(4096);
		struct xhb_self_sample sample = {
			.size = size,
			.ram = size - prandom_u32_state(&random) % MB(16),
			.ballooned = prandom_u32_state(&random) % MB(4096),
			.committed = prandom_u32_state(&random) % MB(8192),
			.anon = prandom_u32_state(&random) % MB(4096),
			.kernel = prandom_u32_state(&random) % MB(512),
			.cache = prandom_u32_state(&random) % MB(512),
			.returned = prandom_u32_state(&random) % 5 ? 0 : 100,
			.reserve = prandom_u32_state(&random) % MB(32),
			.free = prandom_u32_state(&random) % size,
			.available = (long)(prandom_u32_state(&random) % size) -
				     MB(8),
			.floor = prandom_u32_state(&random) % MB(256),
		};
		bool step = prandom_u32_state(&random) % 4;
		unsigned long goal = xhb_self_goal(&sample, &wishes);
		unsigned long target = xhb_self_decide(&state, &sample, &wishes,
						       step);
		unsigned long given = size - min(size, target);

		if (given) {
			KUNIT_ASSERT_GE(test, sample.available - (long)given,
					(long)sample.floor);
			KUNIT_ASSERT_GE(test, sample.ram - given,
					sample.reserve + wishes.least);
			KUNIT_ASSERT_GE(test, target, goal);
		} else if (goal > size) {
			KUNIT_ASSERT_GT(test, target, size);
			KUNIT_ASSERT_LT(test, target, goal + UNIT);
		}
	}
}

static const struct {
	unsigned long usable;
	unsigned long floor;
} usable_points[] = {
	{ 0, 0 },
	{ MB(15), MB(15) },
	{ MB(16), MB(16) },
	{ MB(32), MB(24) },
	{ MB(64), MB(43) },
	{ MB(128), MB(51) },
	{ MB(512), MB(99) + MB(413) / 32 },
	{ MB(8192), MB(99) + MB(8093) / 32 },
};

static void goal_usable_floor(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(usable_points); i++)
		KUNIT_EXPECT_EQ(test,
				xhb_usable_floor_pages(usable_points[i].usable),
				usable_points[i].floor);
}

static struct kunit_case goal_cases[] = {
	KUNIT_CASE(goal_idle),
	KUNIT_CASE(goal_counts_others),
	KUNIT_CASE(goal_wishes),
	KUNIT_CASE(goal_step),
	KUNIT_CASE(goal_look),
	KUNIT_CASE(goal_ramp),
	KUNIT_CASE(goal_saw_tooth),
	KUNIT_CASE(goal_noise),
	KUNIT_CASE(goal_free_first),
	KUNIT_CASE(goal_property),
	KUNIT_CASE(goal_usable_floor),
	{}
};

static struct kunit_suite goal_suite = {
	.name = "xhb_selfgoal",
	.test_cases = goal_cases,
};

kunit_test_suite(goal_suite);
