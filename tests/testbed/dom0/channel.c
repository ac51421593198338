// SPDX-License-Identifier: GPL-2.0
/*
 * Frames between dom0 and the test host, in memory that both see: an emulated
 * PCI device whose BAR is a file of the host. One ring for each direction. An
 * emulated serial port carries about 5 KB/s, so it only serves as doorbell: one
 * byte when a ring that was empty no longer is.
 *
 * A frame is published whole, so a reader never waits for the rest of one.
 * ../bedlib/channel.py is the other end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "channel.h"

#define RING_DATA	(4 * 1024 * 1024)

/* Positions count bytes since the start and wrap with their type. */
struct ring {
	uint32_t head;		/* written by the sender */
	uint32_t tail;		/* written by the receiver */
	uint8_t reserved[4096 - 8];
	uint8_t data[RING_DATA];
};

struct shared {
	struct ring to_dom0;
	struct ring to_host;
};

static struct shared *shared;
static int doorbell;

static int open_port(const char *path)
{
	struct termios tio;
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || tcgetattr(fd, &tio))
		return -1;
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&tio, B115200);
	return tcsetattr(fd, TCSANOW, &tio) ? -1 : fd;
}

/* Returns the descriptor to poll, or -1. */
int channel_open(const char *doorbell_path, const char *memory_path)
{
	int fd = open(memory_path, O_RDWR | O_SYNC | O_CLOEXEC);

	if (fd < 0)
		return -1;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED)
		return -1;
	doorbell = open_port(doorbell_path);
	return doorbell;
}

static void copy_in(struct ring *ring, uint32_t at, const void *data, uint32_t length)
{
	uint32_t offset = at % RING_DATA;
	uint32_t first = RING_DATA - offset < length ? RING_DATA - offset : length;

	memcpy(ring->data + offset, data, first);
	memcpy(ring->data, (const uint8_t *)data + first, length - first);
}

static void copy_out(struct ring *ring, uint32_t at, void *data, uint32_t length)
{
	uint32_t offset = at % RING_DATA;
	uint32_t first = RING_DATA - offset < length ? RING_DATA - offset : length;

	memcpy(data, ring->data + offset, first);
	memcpy((uint8_t *)data + first, ring->data, length - first);
}

void channel_send(uint32_t type, uint32_t id, const void *data, uint32_t length)
{
	struct channel_header header = { id, type, length };
	struct ring *ring = &shared->to_host;
	uint32_t head = ring->head;

	while (RING_DATA - (head - __atomic_load_n(&ring->tail, __ATOMIC_SEQ_CST)) <
	       sizeof(header) + length)
		usleep(1000);
	copy_in(ring, head, &header, sizeof(header));
	copy_in(ring, head + sizeof(header), data, length);
	__atomic_store_n(&ring->head, head + sizeof(header) + length, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&ring->tail, __ATOMIC_SEQ_CST) == head)
		while (write(doorbell, "!", 1) < 0 && (errno == EINTR || errno == EAGAIN))
			;
}

/* 1: a frame was received; 0: there is none; -1: the ring is corrupt. */
int channel_receive(struct channel_header *header, void *payload)
{
	struct ring *ring = &shared->to_dom0;
	uint32_t tail = ring->tail;

	if (__atomic_load_n(&ring->head, __ATOMIC_SEQ_CST) == tail)
		return 0;
	copy_out(ring, tail, header, sizeof(*header));
	if (header->length > CHANNEL_PAYLOAD_MAX)
		return -1;
	copy_out(ring, tail + sizeof(*header), payload, header->length);
	__atomic_store_n(&ring->tail, tail + sizeof(*header) + header->length,
			 __ATOMIC_SEQ_CST);
	return 1;
}

/* Before looking at the ring, so that what comes later rings again. */
void channel_clear_doorbell(void)
{
	char bytes[64];

	while (read(doorbell, bytes, sizeof(bytes)) > 0)
		;
}
