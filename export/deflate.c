// SPDX-License-Identifier: Apache-2.0
#include "export/deflate.h"

#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "export/huffman.h"

enum {
  PIECE = 1 << 15,    // bytes that share codes, at most
  WORDS = PIECE / 64, // of bits that stand for a piece's bytes
  NEAR = 3,           // distances looked at everywhere
  REACH = 32767,      // farthest distance
  LONGEST = 258,      // repeat
  SHORTEST = 3,
  ENDED = 256, // symbol of a block's end, lengths follow
  LENGTH_CODES = 29,
  DISTANCE_CODES = 30,
  SYMBOLS = ENDED + 1 + LENGTH_CODES,
  CODE_BITS = 14, // four literals fit between two flushes
  HASH_BITS = 12,
  HEADER_GUESS = 100, // bytes of a block's header, more or less: what saves less is stored
  // More than a piece can grow by: a header has up to 287 bytes (17 bits, 19 lengths of 3 bits, 316
  // of at most 7), of which HEADER_GUESS are saved, and flush() writes 8 at once.
  HEADER_ROOM = 400,
};
// Bits of a byte, in eighths, by a sample.
enum { BUSY = 52, PLAIN = 40, CALM = 30, DULL = 24 };
// Bits that a repeat takes, in eighths, more or less; bytes that are looked at before it is judged
// whether repeats pay, and the part of the bits that they have to save.
enum { REPEAT = 160, TRIAL = 4096, WORTH = 32 };

static const uint16_t LENGTH_FROM[LENGTH_CODES] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                   15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                   67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t LENGTH_BITS[LENGTH_CODES] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                  2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t DISTANCE_FROM[DISTANCE_CODES] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t DISTANCE_BITS[DISTANCE_CODES] = {0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                      4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                      9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

// `literals` bytes as they are, then `length` (0: the piece ends) from `distance` before.
typedef struct token {
  uint32_t literals;
  uint16_t length, distance;
} token;

struct deflater {
  uint8_t length_code[LONGEST + 1];
  uint8_t near_code[257], far_code[257]; // of distances up to 256; of (distance - 1) / 128
  uint32_t seen[1 << HASH_BITS];         // where four bytes were seen last, + 1
  // Of the piece at hand: distances, which bytes equal the one before; where repeats begin.
  int near_count, near[NEAR];
  int looked, saved; // bytes that find_repeats went over, bits that it saved, in eighths
  uint64_t equal[NEAR][WORDS + 1], begins[WORDS]; // equal: a word of 0 after the last
  token tokens[PIECE / SHORTEST + 2];
  int token_count;
  uint32_t symbols[SYMBOLS], odd[256], distances[DISTANCE_CODES]; // how often each occurs
};

// The bits on their way out.
typedef struct bit_sink {
  uint8_t *out;
  uint64_t bits;
  int count;
} bit_sink;

// At most 63 bits between flushes, of which 7 may be left over from the last one.
static inline void put(bit_sink *b, uint64_t value, int count) {
  b->bits |= value << b->count;
  b->count += count;
}

static inline void flush(bit_sink *b) {
  for (int i = 0; i < 8; i++) // one store of a word where the machine is little-endian
    b->out[i] = (uint8_t)(b->bits >> (8 * i));
  b->out += b->count >> 3;
  b->bits >>= b->count & ~7;
  b->count &= 7;
}

static void fill_byte(bit_sink *b) {
  flush(b);
  if (b->count) {
    put(b, 0, 8 - b->count);
    flush(b);
  }
}

deflater *deflater_create(void) {
  deflater *d = calloc(1, sizeof *d);
  if (!d)
    return NULL;
  for (int code = 0; code < LENGTH_CODES; code++)
    for (int n = LENGTH_FROM[code]; n < LENGTH_FROM[code] + (1 << LENGTH_BITS[code]); n++)
      d->length_code[n] = (uint8_t)code; // 258 has a code of its own, the last
  for (int code = 0; code < DISTANCE_CODES; code++)
    for (int n = DISTANCE_FROM[code]; n < DISTANCE_FROM[code] + (1 << DISTANCE_BITS[code]); n++)
      (n <= 256 ? d->near_code : d->far_code)[n <= 256 ? n : (n - 1) >> 7] = (uint8_t)code;
  return d;
}

static inline int distance_code(const deflater *d, int distance) {
  return distance <= 256 ? d->near_code[distance] : d->far_code[(distance - 1) >> 7];
}

// log2(x) * 256, straight between powers of two.
static uint32_t log2_256(uint32_t x) {
  uint32_t whole = 31 - (uint32_t)__builtin_clz(x);
  return whole * 256 + (x * 256 >> whole) - 256;
}

// Bits that a byte takes by itself, in eighths, from some 1,000 of them.
static int bits_of_bytes(const uint8_t *p, int n) {
  uint16_t counts[4][256]; // in turns, since equal bytes would wait for each other
  memset(counts, 0, sizeof counts);
  uint32_t taken = 0;
  int step = n / 256 < 4 ? 4 : n / 256, quarter = step / 4;
  for (int i = 0; i + step <= n; i += step, taken += 4)
    for (int k = 0; k < 4; k++)
      counts[k][p[i + k * quarter]]++;
  if (taken == 0)
    return 64;
  uint64_t sum = 0;
  for (int i = 0; i < 256; i++) {
    uint32_t count = (uint32_t)counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
    if (count)
      sum += (uint64_t)count * log2_256(count);
  }
  return (int)((log2_256(taken) - sum / taken) / 32);
}

// Which of 64 bytes equal each other, the first in the lowest bit.
static inline uint64_t equal_bytes(const uint8_t *a, const uint8_t *b) {
  uint64_t out = 0;
#if defined(__SSE2__)
  for (int i = 0; i < 4; i++) {
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a + 16 * i));
    __m128i y = _mm_loadu_si128((const __m128i *)(const void *)(b + 16 * i));
    out |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) << (16 * i);
  }
#else
  for (int i = 0; i < 64; i++)
    out |= (uint64_t)(a[i] == b[i]) << i;
#endif
  return out;
}

// Looks at a near distance; `before`: bytes of the stream ahead of p.
static void add_near(deflater *d, const uint8_t *p, int n, size_t before, int distance) {
  if (before < (size_t)distance || distance > REACH)
    return;
  for (int k = 0; k < d->near_count; k++)
    if (d->near[k] == distance)
      return;
  const uint8_t *q = p - distance;
  uint64_t *equal = d->equal[d->near_count];
  d->near[d->near_count++] = distance;
  for (int i = 0; i + 64 <= n; i += 64)
    equal[i / 64] = equal_bytes(p + i, q + i);
  equal[n / 64] = equal[(n + 63) / 64] = 0;
  for (int i = n & ~63; i < n; i++)
    equal[i / 64] |= (uint64_t)(p[i] == q[i]) << (i & 63);
}

// Where `least` (3 to 5) bytes or more equal those some near distance before.
static void find_begins(deflater *d, int n, int least) {
  for (int w = 0; w < (n + 63) / 64; w++) {
    uint64_t any = 0;
    for (int k = 0; k < d->near_count; k++) {
      uint64_t low = d->equal[k][w], high = d->equal[k][w + 1];
      uint64_t all = low & (low >> 1 | high << 63) & (low >> 2 | high << 62);
      if (least > 3)
        all &= low >> 3 | high << 61;
      if (least > 4)
        all &= low >> 4 | high << 60;
      any |= all;
    }
    d->begins[w] = any;
  }
}

// Set bits from i on, up to `end`.
static inline int run(const uint64_t *bits, int i, int end) {
  int w = i >> 6, n = 64 - (i & 63);
  uint64_t clear = ~bits[w] >> (i & 63);
  if (clear)
    n = __builtin_ctzll(clear);
  else
    for (; i + n < end; n += 64) {
      clear = ~bits[++w];
      if (clear) {
        n += __builtin_ctzll(clear);
        break;
      }
    }
  return n < end - i ? n : end - i;
}

static inline void add(deflater *d, const uint8_t *literals, int count, int length, int distance) {
  for (int i = 0; i + 1 < count; i += 2) {
    d->symbols[literals[i]]++;
    d->odd[literals[i + 1]]++;
  }
  if (count & 1)
    d->symbols[literals[count - 1]]++;
  d->tokens[d->token_count++] = (token){(uint32_t)count, (uint16_t)length, (uint16_t)distance};
  if (length) {
    d->symbols[ENDED + 1 + d->length_code[length]]++;
    d->distances[distance_code(d, distance)]++;
  }
}

static inline uint32_t four_bytes(const uint8_t *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline int equal_until(const uint8_t *a, const uint8_t *b, int n, int most) {
  while (n + 8 <= most && memcmp(a + n, b + n, 8) == 0)
    n += 8;
  while (n < most && a[n] == b[n])
    n++;
  return n;
}

// Adds repeats of `least` bytes or more that begin in [from, to) of a piece of n bytes, wherever
// they were seen, and the bytes before each; where the last one ends. Looks more and more seldom
// while it finds nothing.
static int find_repeats(deflater *d, const uint8_t *p, int n, size_t before, int from, int to,
                        int least, int bits) {
  int done = from, misses = 0;
  to = to < n - 8 ? to : n - 8;
  for (int i = from; i < to;) {
    uint32_t *seen = &d->seen[four_bytes(p + i) * 2654435761u >> (32 - HASH_BITS)];
    const uint32_t here = (uint32_t)before + (uint32_t)i + 1, distance = here - *seen;
    bool hit = *seen && distance <= REACH && four_bytes(p + i) == four_bytes(p + i - distance);
    *seen = here;
    if (hit) {
      const uint8_t *q = p - distance;
      int begin = i, length = equal_until(p + i, q + i, 4, n - i < LONGEST ? n - i : LONGEST);
      for (; begin > done && length < LONGEST && before + (size_t)begin > distance &&
             p[begin - 1] == q[begin - 1];
           begin--)
        length++;
      if (length >= least) {
        d->saved += length * bits - REPEAT;
        add(d, p + done, begin - done, length, (int)distance);
        done = i = begin + length;
        misses = 0;
        continue;
      }
    }
    i += 1 + (misses++ >> 3);
  }
  d->looked += to - from;
  return done;
}

static inline bool repeats_pay(const deflater *d, int bits) {
  return d->looked < TRIAL || d->saved * WORTH >= d->looked * bits;
}

// A piece as literals and repeats: the longest near one wherever some begins, others between them.
static void parse(deflater *d, const uint8_t *p, int n, size_t before, int bits) {
  const int words = (n + 63) / 64;
  const int far_least = bits >= BUSY ? 4 : bits >= PLAIN ? 5 : bits >= CALM ? 6 : 8;
  enum { WORTH_LOOKING = 12 };
  int i = 0;
  while (i < n) {
    int w = i >> 6;
    uint64_t begins = d->begins[w] & ~UINT64_C(0) << (i & 63);
    while (!begins && w < words - 1)
      begins = d->begins[++w];
    int next = begins ? w * 64 + __builtin_ctzll(begins) : n;
    if (next - i >= WORTH_LOOKING && repeats_pay(d, bits)) {
      i = find_repeats(d, p, n, before, i, next, far_least, bits);
      if (i > next)
        continue;
    }
    int length = 0, distance = 0;
    for (int k = 0; k < d->near_count && next < n; k++) {
      int here = run(d->equal[k], next, n);
      // Farther ones cost some bits more.
      if (here >= SHORTEST && here > length + (length > 0)) {
        length = here;
        distance = d->near[k];
      }
    }
    int first = length < LONGEST ? length : LONGEST;
    add(d, p + i, next - i, first, distance);
    if (length == 0)
      return;
    for (i = next + first, length -= first; length >= LONGEST; length -= LONGEST, i += LONGEST)
      add(d, p + i, 0, LONGEST, distance); // a long one at once
  }
  add(d, p, 0, 0, 0);
}

static void store(bit_sink *b, const uint8_t *p, int n, bool last) {
  put(b, last, 3);
  fill_byte(b);
  put(b, (uint64_t)n | (uint64_t)(~n & 0xffff) << 16, 32);
  flush(b);
  memcpy(b->out, p, (size_t)n);
  b->out += n;
}

// The codes of a block.
typedef struct block_codes {
  uint8_t symbol_bits[SYMBOLS], distance_bits[DISTANCE_CODES];
  uint16_t symbol[SYMBOLS], distance[DISTANCE_CODES];
} block_codes;

static void make_codes(const deflater *d, block_codes *c) {
  huffman_lengths(d->symbols, SYMBOLS, CODE_BITS, c->symbol_bits);
  huffman_lengths(d->distances, DISTANCE_CODES, CODE_BITS, c->distance_bits);
  int used = 0;
  for (int i = 0; i < DISTANCE_CODES; i++)
    used += c->distance_bits[i] > 0;
  if (used == 0)
    c->distance_bits[0] = 1; // some readers want one
  huffman_codes(c->symbol_bits, SYMBOLS, c->symbol);
  huffman_codes(c->distance_bits, DISTANCE_CODES, c->distance);
}

static size_t block_bytes(const deflater *d, const block_codes *c) {
  uint64_t bits = 0;
  for (int i = 0; i < SYMBOLS; i++)
    bits += (uint64_t)d->symbols[i] *
            (uint64_t)(c->symbol_bits[i] + (i > ENDED ? LENGTH_BITS[i - ENDED - 1] : 0));
  for (int i = 0; i < DISTANCE_CODES; i++)
    bits += (uint64_t)d->distances[i] * (uint64_t)(c->distance_bits[i] + DISTANCE_BITS[i]);
  return (size_t)(bits / 8);
}

enum { COPY_3_TO_6 = 16, ZEROS_3_TO_10, ZEROS_11_TO_138, HEADER_CODES };

// Lengths of codes as a block's header writes them: symbols and what they say beside.
typedef struct header {
  uint8_t symbol[SYMBOLS + DISTANCE_CODES], more[SYMBOLS + DISTANCE_CODES];
  int count;
} header;

static void say(header *h, int symbol, int more) {
  h->symbol[h->count] = (uint8_t)symbol;
  h->more[h->count++] = (uint8_t)more;
}

static void list_lengths(header *h, const uint8_t *lengths, int count) {
  for (int i = 0; i < count;) {
    int same = 1, most = lengths[i] ? 7 : 138;
    while (i + same < count && same < most && lengths[i + same] == lengths[i])
      same++;
    if (lengths[i] == 0 && same >= 11)
      say(h, ZEROS_11_TO_138, same - 11);
    else if (lengths[i] == 0 && same >= 3)
      say(h, ZEROS_3_TO_10, same - 3);
    else if (lengths[i] && same >= 4) {
      say(h, lengths[i], 0);
      say(h, COPY_3_TO_6, same - 4);
    } else {
      say(h, lengths[i], 0);
      same = 1;
    }
    i += same;
  }
}

static void put_header(bit_sink *b, const block_codes *c, bool last) {
  static const uint8_t ORDER[HEADER_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                              11, 4,  12, 3, 13, 2, 14, 1, 15};
  int symbols = SYMBOLS, distances = DISTANCE_CODES, codes = HEADER_CODES;
  while (symbols > ENDED + 1 && c->symbol_bits[symbols - 1] == 0)
    symbols--;
  while (distances > 1 && c->distance_bits[distances - 1] == 0)
    distances--;
  uint8_t lengths[SYMBOLS + DISTANCE_CODES], bits[HEADER_CODES];
  memcpy(lengths, c->symbol_bits, (size_t)symbols);
  memcpy(lengths + symbols, c->distance_bits, (size_t)distances);
  header h = {.count = 0};
  list_lengths(&h, lengths, symbols + distances);
  uint32_t counts[HEADER_CODES] = {0};
  uint16_t code[HEADER_CODES];
  for (int i = 0; i < h.count; i++)
    counts[h.symbol[i]]++;
  huffman_lengths(counts, HEADER_CODES, 7, bits);
  huffman_codes(bits, HEADER_CODES, code);
  while (codes > 4 && bits[ORDER[codes - 1]] == 0)
    codes--;
  put(b, (uint64_t)last | 2u << 1, 3);
  put(b, (uint64_t)(symbols - ENDED - 1), 5);
  put(b, (uint64_t)(distances - 1), 5);
  put(b, (uint64_t)(codes - 4), 4);
  for (int i = 0; i < codes; i++) {
    flush(b);
    put(b, bits[ORDER[i]], 3);
  }
  for (int i = 0; i < h.count; i++) {
    static const uint8_t MORE_BITS[3] = {2, 3, 7};
    flush(b);
    put(b, code[h.symbol[i]], bits[h.symbol[i]]);
    if (h.symbol[i] >= COPY_3_TO_6)
      put(b, h.more[i], MORE_BITS[h.symbol[i] - COPY_3_TO_6]);
  }
  flush(b);
}

// Bits and, above them, how many.
enum { COUNT_SHIFT = 24 };

static inline void put_coded(bit_sink *b, uint32_t coded) {
  put(b, coded & ((1u << COUNT_SHIFT) - 1), (int)(coded >> COUNT_SHIFT));
}

static void put_tokens(const deflater *d, bit_sink *to, const block_codes *c, const uint8_t *p) {
  uint32_t literal[256], length[LONGEST + 1];
  bit_sink b = *to; // in registers
  for (int i = 0; i < 256; i++)
    literal[i] = c->symbol[i] | (uint32_t)c->symbol_bits[i] << COUNT_SHIFT;
  for (int n = SHORTEST; n <= LONGEST; n++) {
    int code = d->length_code[n], symbol = ENDED + 1 + code, bits = c->symbol_bits[symbol];
    length[n] = c->symbol[symbol] | (uint32_t)(n - LENGTH_FROM[code]) << bits |
                (uint32_t)(bits + LENGTH_BITS[code]) << COUNT_SHIFT;
  }
  for (int i = 0; i < d->token_count; i++) {
    token t = d->tokens[i];
    for (; t.literals >= 4; t.literals -= 4, p += 4) {
      put_coded(&b, literal[p[0]]);
      put_coded(&b, literal[p[1]]);
      put_coded(&b, literal[p[2]]);
      put_coded(&b, literal[p[3]]);
      flush(&b);
    }
    for (; t.literals > 0; t.literals--, p++)
      put_coded(&b, literal[*p]);
    flush(&b);
    if (t.length == 0)
      break;
    int code = distance_code(d, t.distance), bits = c->distance_bits[code];
    put_coded(&b, length[t.length]);
    put(&b, c->distance[code] | (uint64_t)(t.distance - DISTANCE_FROM[code]) << bits,
        bits + DISTANCE_BITS[code]);
    flush(&b);
    p += t.length;
  }
  put(&b, c->symbol[ENDED], c->symbol_bits[ENDED]);
  flush(&b);
  *to = b;
}

// One piece as a block of its own.
static void put_piece(deflater *d, bit_sink *b, const deflate_picture *how, const uint8_t *p, int n,
                      size_t before, bool last) {
  const int bits = bits_of_bytes(p, n), least = bits > CALM ? 3 : bits > DULL ? 4 : 5;
  d->near_count = 0;
  add_near(d, p, n, before, how->left);
  add_near(d, p, n, before, 1);
  add_near(d, p, n, before, how->above);
  find_begins(d, n, least);
  memset(d->symbols, 0, sizeof d->symbols);
  memset(d->odd, 0, sizeof d->odd);
  memset(d->distances, 0, sizeof d->distances);
  d->token_count = d->looked = d->saved = 0;
  parse(d, p, n, before, bits);
  for (int i = 0; i < 256; i++)
    d->symbols[i] += d->odd[i];
  d->symbols[ENDED] = 1;
  block_codes codes;
  make_codes(d, &codes);
  if (block_bytes(d, &codes) + HEADER_GUESS >= (size_t)n) {
    store(b, p, n, last);
    return;
  }
  put_header(b, &codes, last);
  put_tokens(d, b, &codes, p);
}

size_t deflate_room(const deflate_picture *how, size_t size) {
  return size + (size / PIECE + size / how->plane + 2) * HEADER_ROOM;
}

size_t deflate_bytes(deflater *d, const deflate_picture *how, const uint8_t *in, size_t size,
                     uint8_t *out) {
  bit_sink b = {.out = out};
  memset(d->seen, 0, sizeof d->seen);
  put(&b, 0x0178, 16); // a window of 32 KiB
  size_t end = 0;
  do {
    size_t in_plane = how->plane - end % how->plane, n = size - end;
    n = n < in_plane ? n : in_plane;
    n = n < PIECE ? n : PIECE;
    put_piece(d, &b, how, in + end, (int)n, end, end + n == size);
    end += n;
  } while (end < size);
  fill_byte(&b);
  uint32_t sum = isal_adler32(1, in, size);
  put(&b, __builtin_bswap32(sum), 32);
  flush(&b);
  return (size_t)(b.out - out);
}
