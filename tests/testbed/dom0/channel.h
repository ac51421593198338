/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdint.h>

#define CHANNEL_PAYLOAD_MAX	(1024 * 1024)

struct channel_header {
	uint32_t id;
	uint32_t type;
	uint32_t length;
};

int channel_open(const char *doorbell, const char *memory);
void channel_send(uint32_t type, uint32_t id, const void *data, uint32_t length);
int channel_receive(struct channel_header *header, void *payload);
void channel_clear_doorbell(void);

#endif
