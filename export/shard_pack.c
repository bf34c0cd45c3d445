// SPDX-License-Identifier: Apache-2.0
#include "export/shard_pack.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "export/deflate.h"

enum { RING = 256, THREADS_MAX = 64 };
// Raw bytes in flight: several frames of an ordinary rig, at least one of a large one.
static const size_t IN_FLIGHT_MAX = (size_t)96 << 20;

typedef struct slot {
  shard_chunk chunk;
  bool done;
} slot;

struct shard_packer {
  pthread_mutex_t lock;
  pthread_cond_t work, ready;
  slot ring[RING];
  unsigned head, next, tail; // taken up to head, begun up to next, pushed up to tail
  size_t raw_bytes;          // pushed and not yet taken
  double seconds;
  bool stop;
  int thread_count;
  pthread_t threads[THREADS_MAX];
};

/// What one thread works with.
typedef struct bench {
  deflater *deflater;
  uint8_t *shuffled, *deflated;
  size_t capacity, room; // of what is shuffled; of what is deflated
} bench;

double shard_cpu_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// Fixed item sizes, so that the compiler can turn each into vector code.
#define SHUFFLE_ITEMS(N)                                                                           \
  for (size_t i = 0; i < count; i++)                                                               \
    for (size_t k = 0; k < (N); k++)                                                               \
      out[k * count + i] = in[i * (N) + k];

void shard_shuffle(uint8_t *restrict out, const uint8_t *restrict in, size_t size,
                   size_t item_bytes) {
  const size_t count = size / item_bytes;
  switch (item_bytes) {
  case 2:
    SHUFFLE_ITEMS(2)
    break;
  case 4:
    SHUFFLE_ITEMS(4)
    break;
  case 8:
    SHUFFLE_ITEMS(8)
    break;
  default:
    SHUFFLE_ITEMS(item_bytes)
    break;
  }
  const size_t rest = count * item_bytes;
  memcpy(out + rest, in + rest, size - rest);
}

static bool grow(uint8_t **bytes, size_t *capacity, size_t size) {
  if (size <= *capacity)
    return true;
  free(*bytes);
  *bytes = malloc(size);
  *capacity = *bytes ? size : 0;
  return *bytes != NULL;
}

static bool bench_reserve(bench *b, const shard_chunk *chunk, const deflate_picture *how) {
  if (!b->deflater && !(b->deflater = deflater_create()))
    return false;
  bool shuffles = chunk->item_bytes > 1 && !chunk->shuffled;
  return (!shuffles || grow(&b->shuffled, &b->capacity, chunk->raw_size)) &&
         grow(&b->deflated, &b->room, deflate_room(how, chunk->raw_size));
}

static void pack(bench *b, shard_chunk *chunk) {
  chunk->packed = NULL;
  const deflate_picture how = {chunk->raw_size / chunk->item_bytes, chunk->left, chunk->above};
  if (!bench_reserve(b, chunk, &how))
    return;
  const bool shuffle = chunk->item_bytes > 1;
  const uint8_t *bytes = chunk->raw;
  if (shuffle && !chunk->shuffled) {
    shard_shuffle(b->shuffled, chunk->raw, chunk->raw_size, chunk->item_bytes);
    bytes = b->shuffled;
  }
  size_t size = deflate_bytes(b->deflater, &how, bytes, chunk->raw_size, b->deflated);
  size = size < chunk->raw_size ? size : 0; // 0: it didn't pay
  chunk->filter_mask = size ? 0 : shuffle ? 2u : 1u;
  chunk->packed_size = size ? size : chunk->raw_size;
  chunk->packed = malloc(chunk->packed_size);
  if (!chunk->packed)
    return;
  memcpy(chunk->packed, size ? b->deflated : bytes, chunk->packed_size);
  chunk->hash = hash_xxh3(chunk->packed, chunk->packed_size);
}

static void *work(void *context) {
  shard_packer *p = context;
  bench b = {0};
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (p->next == p->tail && !p->stop)
      pthread_cond_wait(&p->work, &p->lock);
    if (p->stop)
      break;
    slot *mine = &p->ring[p->next++ % RING];
    pthread_mutex_unlock(&p->lock);
    double begin = shard_cpu_s();
    pack(&b, &mine->chunk);
    free(mine->chunk.raw);
    mine->chunk.raw = NULL;
    double spent = shard_cpu_s() - begin;
    pthread_mutex_lock(&p->lock);
    mine->done = true;
    p->seconds += spent;
    pthread_cond_signal(&p->ready);
  }
  pthread_mutex_unlock(&p->lock);
  free(b.deflater);
  free(b.shuffled);
  free(b.deflated);
  return NULL;
}

status shard_packer_create(shard_packer **out, int threads, trouble *why) {
  *out = NULL;
  shard_packer *p = calloc(1, sizeof *p);
  if (!p)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for the compressing threads");
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->ready, NULL);
  if (threads > THREADS_MAX)
    threads = THREADS_MAX;
  while (p->thread_count < threads &&
         pthread_create(&p->threads[p->thread_count], NULL, work, p) == 0)
    p->thread_count++;
  if (p->thread_count == 0) {
    shard_packer_destroy(p);
    return trouble_set(why, STATUS_LIMIT, "shard: cannot start a compressing thread");
  }
  *out = p;
  return STATUS_OK;
}

void shard_packer_destroy(shard_packer *p) {
  if (!p)
    return;
  pthread_mutex_lock(&p->lock);
  p->stop = true;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->lock);
  for (int i = 0; i < p->thread_count; i++)
    pthread_join(p->threads[i], NULL);
  for (; p->head != p->tail; p->head++) {
    shard_chunk *chunk = &p->ring[p->head % RING].chunk;
    free(chunk->raw);
    free(chunk->packed);
  }
  pthread_cond_destroy(&p->ready);
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

bool shard_packer_full(shard_packer *p) {
  pthread_mutex_lock(&p->lock);
  bool full = p->tail - p->head == RING || p->raw_bytes > IN_FLIGHT_MAX;
  pthread_mutex_unlock(&p->lock);
  return full;
}

void shard_packer_push(shard_packer *p, const shard_chunk *chunk) {
  pthread_mutex_lock(&p->lock);
  slot *mine = &p->ring[p->tail++ % RING];
  mine->chunk = *chunk;
  mine->chunk.packed = NULL;
  mine->done = false;
  p->raw_bytes += chunk->raw_size;
  pthread_cond_signal(&p->work);
  pthread_mutex_unlock(&p->lock);
}

bool shard_packer_take(shard_packer *p, bool wait, shard_chunk *out) {
  pthread_mutex_lock(&p->lock);
  slot *oldest = &p->ring[p->head % RING];
  bool there = p->head != p->tail;
  while (there && wait && !oldest->done)
    pthread_cond_wait(&p->ready, &p->lock);
  there = there && oldest->done;
  if (there) {
    *out = oldest->chunk;
    oldest->chunk.packed = NULL;
    oldest->done = false;
    p->raw_bytes -= out->raw_size;
    p->head++;
  }
  pthread_mutex_unlock(&p->lock);
  return there;
}

double shard_packer_seconds(shard_packer *p) {
  pthread_mutex_lock(&p->lock);
  double seconds = p->seconds;
  pthread_mutex_unlock(&p->lock);
  return seconds;
}
