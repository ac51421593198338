// SPDX-License-Identifier: GPL-2.0
/*
 * fpustorm: restore the state of the FPU, over and over, until ended.
 */

static unsigned char state[512] __attribute__((aligned(16)));

int main(void)
{
	asm volatile("fninit\n\tfxsave %0" : "=m" (state));
	for (;;)
		asm volatile("fxrstor %0" : : "m" (state));
}
