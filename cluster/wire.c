// SPDX-License-Identifier: Apache-2.0
#include "cluster/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct wire_head {
  uint32_t kind, size;
} wire_head;

enum { WIRE_LIMIT = 64 << 20 };

static bool send_all(int fd, const void *bytes, size_t size) {
  const char *at = bytes;
  while (size > 0) {
    ssize_t part = send(fd, at, size, MSG_NOSIGNAL);
    if (part < 0 && errno == EINTR)
      continue;
    if (part <= 0)
      return false;
    at += part;
    size -= (size_t)part;
  }
  return true;
}

bool cluster_wire_send(cluster_wire *wire, uint32_t kind, const void *bytes, size_t size) {
  wire_head head = {.kind = kind, .size = (uint32_t)size};
  return send_all(wire->fd, &head, sizeof head) && send_all(wire->fd, bytes, size);
}

static bool make_room(cluster_wire *wire, size_t needed) {
  if (needed <= wire->capacity)
    return true;
  unsigned char *grown = realloc(wire->buffer, needed);
  if (!grown)
    return false;
  wire->buffer = grown;
  wire->capacity = needed;
  return true;
}

// Reads up to `needed` bytes into the buffer: 1 there, 0 not yet, -1 gone.
static int fill(cluster_wire *wire, size_t needed, bool wait) {
  if (!make_room(wire, needed))
    return -1;
  while (wire->used < needed) {
    ssize_t part =
        recv(wire->fd, wire->buffer + wire->used, needed - wire->used, wait ? 0 : MSG_DONTWAIT);
    if (part < 0 && errno == EINTR)
      continue;
    if (part < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return 0;
    if (part <= 0)
      return -1;
    wire->used += (size_t)part;
  }
  return 1;
}

int cluster_wire_next(cluster_wire *wire, bool wait, cluster_wire_message *out) {
  wire_head head;
  int got = fill(wire, sizeof head, wait);
  if (got != 1)
    return got;
  memcpy(&head, wire->buffer, sizeof head);
  if (head.size > WIRE_LIMIT)
    return -1;
  got = fill(wire, sizeof head + head.size, wait);
  if (got != 1)
    return got;
  *out = (cluster_wire_message){
      .kind = head.kind, .size = head.size, .bytes = wire->buffer + sizeof head};
  wire->used = 0;
  return 1;
}

void cluster_wire_close(cluster_wire *wire) {
  if (wire->fd >= 0)
    close(wire->fd);
  free(wire->buffer);
  *wire = (cluster_wire){.fd = -1};
}
