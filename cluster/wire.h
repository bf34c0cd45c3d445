// SPDX-License-Identifier: Apache-2.0
// Framed messages between a supervisor and its worker over a stream socket. Both
// are the same program on one machine, so structs travel as they are.
#ifndef CLUSTER_WIRE_H
#define CLUSTER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct cluster_wire {
  int fd;
  unsigned char *buffer; // owned
  size_t used, capacity;
} cluster_wire;

typedef struct cluster_wire_message {
  uint32_t kind;
  uint32_t size;
  const unsigned char *bytes; // holds until the next call on the wire
} cluster_wire_message;

/// Sends one message, waiting for room. False when the other end is gone.
bool cluster_wire_send(cluster_wire *wire, uint32_t kind, const void *bytes, size_t size);
/// The next message. With `wait`, sleeps until there is one. 1: got it, 0: none yet,
/// -1: the other end is gone.
int cluster_wire_next(cluster_wire *wire, bool wait, cluster_wire_message *out);
/// Closes the socket and frees the buffer.
void cluster_wire_close(cluster_wire *wire);

#endif
