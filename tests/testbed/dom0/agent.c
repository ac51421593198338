// SPDX-License-Identifier: GPL-2.0
/*
 * dom0's end of the channel to the test host: runs shell commands and takes
 * files. Several commands may run at once; their frames are told apart by id.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"

#define JOBS_MAX	32

/* host to dom0 */
#define RUN		'R'	/* payload: shell command */
#define CREATE		'C'	/* payload: path, NUL, first bytes of the file */
#define APPEND		'A'	/* payload: path, NUL, more bytes */
#define KILL		'K'	/* id: the command to end */
/* dom0 to host */
#define HELLO		'H'
#define ACK		'a'	/* payload: int32 errno */
#define STDOUT		'o'
#define STDERR		'e'
#define EXIT		'x'	/* payload: int32 wait status */

struct job {
	pid_t pid;		/* 0: slot is free */
	uint32_t id;
	int fd[2];		/* its stdout and stderr; -1: closed */
};

static struct job jobs[JOBS_MAX];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void send_number(uint32_t type, uint32_t id, int32_t number)
{
	channel_send(type, id, &number, sizeof(number));
}

static void __attribute__((noreturn)) run_child(const char *command, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(out, 1);
	dup2(err, 2);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

/* Without a copy of our page tables, which takes long on emulated CPUs. */
static pid_t spawn(const char *command, int out, int err)
{
	pid_t pid = vfork();

	if (!pid)
		run_child(command, out, err);
	return pid;
}

static int start_job(uint32_t id, const char *command)
{
	int out[2], err[2];
	struct job *job;

	for (job = jobs; job < jobs + JOBS_MAX && job->pid; job++)
		;
	if (job == jobs + JOBS_MAX)
		return EAGAIN;
	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		die("agent: pipe");

	job->pid = spawn(command, out[1], err[1]);
	if (job->pid < 0)
		die("agent: vfork");
	close(out[1]);
	close(err[1]);
	job->id = id;
	job->fd[0] = out[0];
	job->fd[1] = err[0];
	return 0;
}

static void kill_job(uint32_t id)
{
	struct job *job;

	for (job = jobs; job < jobs + JOBS_MAX; job++)
		if (job->pid && job->id == id)
			kill(-job->pid, SIGKILL);
}

static int write_file(char *payload, size_t length, int flags)
{
	size_t name = strnlen(payload, length);
	int fd, error = 0;

	if (name == length)
		return EINVAL;
	fd = open(payload, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0755);
	if (fd < 0)
		return errno;
	length -= name + 1;
	if (write(fd, payload + name + 1, length) != (ssize_t)length)
		error = ENOSPC;
	close(fd);
	return error;
}

static void handle_frame(const struct channel_header *header, char *payload)
{
	int error = 0;

	switch (header->type) {
	case RUN:
		error = start_job(header->id, payload);
		break;
	case CREATE:
		error = write_file(payload, header->length, O_TRUNC);
		break;
	case APPEND:
		error = write_file(payload, header->length, O_APPEND);
		break;
	case KILL:
		kill_job(header->id);
		break;
	default:
		error = ENOSYS;
	}
	send_number(ACK, header->id, error);
}

static void forward_output(struct job *job, int stream)
{
	char data[65536];
	ssize_t n = read(job->fd[stream], data, sizeof(data));

	if (n > 0) {
		channel_send(stream ? STDERR : STDOUT, job->id, data, n);
	} else if (n == 0 || errno != EINTR) {
		close(job->fd[stream]);
		job->fd[stream] = -1;
	}
}

/*
 * A command has ended when it has exited and its pipes hold nothing more. A
 * background process may keep them open for ever, so end of file is no
 * condition.
 */
static void end_job(struct job *job, int status)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct pollfd p = { job->fd[i], POLLIN, 0 };

		while (job->fd[i] >= 0 && poll(&p, 1, 0) == 1)
			forward_output(job, i);
		if (job->fd[i] >= 0)
			close(job->fd[i]);
	}
	send_number(EXIT, job->id, status);
	job->pid = 0;
}

/* As dom0's first process this is also the parent of all that lost theirs. */
static void reap_children(void)
{
	struct job *job;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (job = jobs; job < jobs + JOBS_MAX; job++)
			if (job->pid == pid)
				end_job(job, status);
}

static void child_ended(int signal)
{
	(void)signal;		/* it is enough that ppoll() returns */
}

static void handle_frames(void)
{
	static char payload[CHANNEL_PAYLOAD_MAX + 1];
	struct channel_header header;
	int received;

	channel_clear_doorbell();
	while ((received = channel_receive(&header, payload)) > 0) {
		payload[header.length] = '\0';
		handle_frame(&header, payload);
	}
	if (received < 0) {
		fprintf(stderr, "agent: lost the frame boundary\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = child_ended };
	struct pollfd fds[1 + 2 * JOBS_MAX];
	sigset_t blocked, during_poll;
	int port, i;

	if (argc != 3)
		return 2;
	port = channel_open(argv[1], argv[2]);
	if (port < 0)
		die("agent: channel");

	/* SIGCHLD only ever arrives inside ppoll(), so none is missed. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &during_poll);
	sigaction(SIGCHLD, &action, NULL);

	channel_send(HELLO, 0, NULL, 0);
	for (;;) {
		fds[0] = (struct pollfd){ port, POLLIN, 0 };
		for (i = 0; i < 2 * JOBS_MAX; i++) {
			struct job *job = &jobs[i / 2];

			fds[1 + i] = (struct pollfd){
				job->pid ? job->fd[i % 2] : -1, POLLIN, 0 };
		}
		if (ppoll(fds, 1 + 2 * JOBS_MAX, NULL, &during_poll) > 0) {
			for (i = 0; i < 2 * JOBS_MAX; i++)
				if (fds[1 + i].revents)
					forward_output(&jobs[i / 2], i % 2);
			if (fds[0].revents)
				handle_frames();
		}
		reap_children();
	}
}
