/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MBTOOL_H
#define MBTOOL_H

/* Each is given its own arguments, its name first, and returns an exit status. */
int settarget(int argc, char **argv);
int await(int argc, char **argv);
int quiet(int argc, char **argv);
int write_file(int argc, char **argv);
int load(int argc, char **argv);
int scatter(int argc, char **argv);
int cached(int argc, char **argv);
int emulated(int argc, char **argv);
int touch(int argc, char **argv);
int record(int argc, char **argv);
int pin_memory(int argc, char **argv);
int share(int argc, char **argv);

/* Writes to a file that others wait for; returns -1, having complained, if it cannot. */
int say(const char *path, const char *text);

#endif
