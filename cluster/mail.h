// SPDX-License-Identifier: Apache-2.0
// Messages between ranks: MPI's two-sided ones under mpirun, a queue without.
// Nothing here spins: waiting means looking now and then, so that the workers have
// the cores. The only header behind which MPI lives.
#ifndef CLUSTER_MAIL_H
#define CLUSTER_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cluster/journal.h"

typedef enum cluster_mail_kind {
  MAIL_IDLE = 1, // to the manager: give me a unit
  MAIL_DONE,     // unit, record: committed; code 1: it was made, 0: found whole
  MAIL_DAMAGED,  // unit: its file was no good and is aside; text says why
  MAIL_FAILED,   // unit, code (status), text; flag: this same rank's worker crashed
  MAIL_RETURNED, // unit: dropped unharmed
  MAIL_CONFLICT, // unit, text: two different results
  MAIL_FULL,     // code (status), number: bytes needed, text: the disk is full or broken
  MAIL_BEAT,     // number: frames made so far in this launch
  MAIL_DEVICE,   // text: this rank's device and host
  MAIL_RETIRED,  // text: this rank's device is no good any more
  MAIL_STOP,     // code (signal): asked to stop
  MAIL_FATAL,    // text: this rank can't go on
  MAIL_LEASE,    // to a rank: unit, number (try), flag: check it
  MAIL_CANCEL,   // to a rank: unit: somebody else was faster
  MAIL_END,      // to a rank: code (exit code): leave
  MAIL_BYE,      // to the manager: leaving
} cluster_mail_kind;

/// One letter of fixed size, small enough for MPI's eager path.
typedef struct cluster_letter {
  int32_t kind, from, unit, code;
  uint64_t number;
  int32_t flag, spare;
  cluster_record record;
  char text[512];
} cluster_letter;

typedef struct cluster_mail cluster_mail;

/// Joins the other ranks: MPI_Init under mpirun or srun, nothing otherwise.
/// Collective.
status cluster_mail_open(cluster_mail **out, trouble *why);
/// MPI_Finalize. Collective.
void cluster_mail_close(cluster_mail *mail);
int cluster_mail_rank(const cluster_mail *mail);
int cluster_mail_size(const cluster_mail *mail);
/// Place among the ranks of this machine.
int cluster_mail_local_rank(const cluster_mail *mail);
int cluster_mail_local_size(const cluster_mail *mail);

/// Sends to a rank, itself included. `from` is filled in.
void cluster_mail_send(cluster_mail *mail, int to, cluster_letter *letter);
/// The next letter, if any.
bool cluster_mail_take(cluster_mail *mail, cluster_letter *out);
/// Rank 0's bytes to all: on the others, *bytes is heap memory that the caller
/// frees. Collective.
status cluster_mail_share(cluster_mail *mail, void **bytes, size_t *size, trouble *why);
/// The largest of all ranks' values, and the lowest rank that has it. Collective.
int cluster_mail_worst(cluster_mail *mail, int value, int *rank);
/// Text of one rank to all. Collective.
void cluster_mail_tell(cluster_mail *mail, int from, char *text, size_t size);

#endif
