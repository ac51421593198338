// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's end of the channel to dom0, over the guest's own subtree of
 * xenstore (paths without a leading slash are relative to it, so that nothing
 * changes when the guest is restored under another domain id):
 *
 *   data/mb/ready		written by the agent once it listens
 *   data/mb/cmd/ID		written by dom0: an operation letter, its argument
 *   data/mb/file/ID/N		written by dom0: pieces of a file
 *   data/mb/out/ID/N		written by the agent: 'o', 'e' and a piece of the
 *				command's output, or 'x' and its exit status
 *
 * It has to answer when the guest is short of memory: everything is static and
 * locked, and the OOM killer is told to look elsewhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xenbus.h"

#define JOBS_MAX	16
#define ID_MAX		32
#define PATH_MAX_	128
/* xenstored allows an unprivileged domain 2048 bytes a node, name included */
#define PIECE_MAX	1900

#define RUN		'r'	/* shell command */
#define FETCH		'f'	/* path for a file whose pieces dom0 has written */
#define KILL		'k'	/* id of the command to end */

struct job {
	pid_t pid;		/* 0: slot is free */
	int pieces;		/* written to xenstore so far */
	int fd[2];		/* its stdout and stderr; -1: closed */
	char id[ID_MAX];
};

static struct job jobs[JOBS_MAX];
static char message[XENBUS_PAYLOAD_MAX + 1];
static char names[XENBUS_PAYLOAD_MAX + 1];

static void log_error(const char *what, int error)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(error));
}

/* Waits while dom0 has not yet fetched what the quota allows to be queued. */
static void send_piece(const char *id, int number, char type, const void *data, size_t length)
{
	static char piece[1 + PIECE_MAX];
	char path[PATH_MAX_];
	int error;

	snprintf(path, sizeof(path), "data/mb/out/%s/%d", id, number);
	piece[0] = type;
	memcpy(piece + 1, data, length);
	while ((error = xenbus_write(path, piece, 1 + length)) == -ENOSPC)
		usleep(10000);
	if (error)
		log_error(path, -error);
}

static void send_status(const char *id, int number, int status)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", status);

	send_piece(id, number, 'x', text, length);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void set_oom_score_adj(const char *value)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		log_error("oom_score_adj", errno);
	close(fd);
}

static void __attribute__((noreturn)) run_child(const char *command, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	set_oom_score_adj("0");
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

static int start_job(const char *id, const char *command)
{
	int out[2], err[2];
	struct job *job;

	for (job = jobs; job < jobs + JOBS_MAX && job->pid; job++)
		;
	if (job == jobs + JOBS_MAX)
		return EAGAIN;
	if (pipe2(out, O_CLOEXEC))
		return errno;
	if (pipe2(err, O_CLOEXEC)) {
		close(out[0]);
		close(out[1]);
		return errno;
	}

	job->pid = spawn(command, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (job->pid < 0) {
		job->pid = 0;
		close(out[0]);
		close(err[0]);
		return ENOMEM;
	}
	snprintf(job->id, sizeof(job->id), "%.*s", ID_MAX - 1, id);
	job->fd[0] = out[0];
	job->fd[1] = err[0];
	job->pieces = 0;
	return 0;
}

static void kill_job(const char *id)
{
	struct job *job;

	for (job = jobs; job < jobs + JOBS_MAX; job++)
		if (job->pid && !strcmp(job->id, id))
			kill(-job->pid, SIGKILL);
}

/* Make a file of the pieces that dom0 has left in xenstore. */
static int fetch_file(const char *id, const char *target)
{
	static char piece[XENBUS_PAYLOAD_MAX + 1];
	char path[PATH_MAX_];
	int fd, length, number, error = 0;

	fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0)
		return errno;
	for (number = 0; !error; number++) {
		snprintf(path, sizeof(path), "data/mb/file/%.*s/%d", ID_MAX, id, number);
		length = xenbus_read(path, piece, sizeof(piece));
		if (length == -ENOENT)
			break;
		if (length < 0)
			error = -length;
		else if (write(fd, piece, length) != length)
			error = ENOSPC;
	}
	close(fd);
	return error;
}

static void handle_command(const char *id)
{
	char path[PATH_MAX_];
	int length, error;

	snprintf(path, sizeof(path), "data/mb/cmd/%.*s", ID_MAX, id);
	length = xenbus_read(path, message, sizeof(message));
	if (length < 0)
		return;		/* an older event for the same command */
	xenbus_remove(path);

	switch (message[0]) {
	case RUN:
		error = start_job(id, message + 1);
		if (error) {
			log_error("cannot start a command", error);
			send_status(id, 0, 126);
		}
		break;
	case FETCH:
		send_status(id, 0, fetch_file(id, message + 1));
		break;
	case KILL:
		kill_job(message + 1);
		break;
	}
}

static void forward_output(struct job *job, int stream)
{
	char data[PIECE_MAX];
	ssize_t n = read(job->fd[stream], data, sizeof(data));

	if (n > 0) {
		send_piece(job->id, job->pieces++, stream ? 'e' : 'o', data, n);
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
static void reap_jobs(void)
{
	struct job *job;
	int i, status;

	for (job = jobs; job < jobs + JOBS_MAX; job++) {
		if (!job->pid || waitpid(job->pid, &status, WNOHANG) != job->pid)
			continue;
		for (i = 0; i < 2; i++) {
			struct pollfd p = { job->fd[i], POLLIN, 0 };

			while (job->fd[i] >= 0 && poll(&p, 1, 0) == 1)
				forward_output(job, i);
			if (job->fd[i] >= 0)
				close(job->fd[i]);
		}
		send_status(job->id, job->pieces, exit_status(status));
		job->pid = 0;
	}
}

/* Everything dom0 may have asked for; also after a restore, into an empty tree. */
static void look(void)
{
	enum xenbus_event event;
	int length;
	char *name;

	while ((event = xenbus_take_event())) {
		if (event == XENBUS_REGISTERED)
			xenbus_write("data/mb/ready", "1", 1);
		length = xenbus_list("data/mb/cmd", names, sizeof(names));
		for (name = names; name < names + length; name += strlen(name) + 1)
			handle_command(name);
	}
}

static void child_ended(int signal)
{
	(void)signal;		/* it is enough that ppoll() returns */
}

int main(void)
{
	struct sigaction action = { .sa_handler = child_ended };
	struct pollfd fds[1 + 2 * JOBS_MAX];
	sigset_t blocked, during_poll;
	int fd, i;

	set_oom_score_adj("-1000");
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		log_error("mlockall", errno);
	fd = xenbus_open();
	if (fd < 0 || xenbus_watch("data/mb/cmd")) {
		log_error("xenbus", errno);
		return 1;
	}

	/* SIGCHLD only ever arrives inside ppoll(), so none is missed. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &during_poll);
	sigaction(SIGCHLD, &action, NULL);

	for (;;) {
		fds[0] = (struct pollfd){ fd, POLLIN, 0 };
		for (i = 0; i < 2 * JOBS_MAX; i++) {
			struct job *job = &jobs[i / 2];

			fds[1 + i] = (struct pollfd){
				job->pid ? job->fd[i % 2] : -1, POLLIN, 0 };
		}
		look();
		if (ppoll(fds, 1 + 2 * JOBS_MAX, NULL, &during_poll) > 0) {
			for (i = 0; i < 2 * JOBS_MAX; i++)
				if (fds[1 + i].revents)
					forward_output(&jobs[i / 2], i % 2);
			if (fds[0].revents)
				xenbus_receive_event();
		}
		reap_jobs();
	}
}
