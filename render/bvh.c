// SPDX-License-Identifier: Apache-2.0
// First a binary tree by binned SAH (Wald 2007), then pulled up to eight children by
// opening the largest child until a node is full.
#include "render/bvh.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "render/float4.h"

enum { BIN_COUNT = 16, WIDTH = 8 };
static const float COST_NODE = 1.0f, COST_ITEM = 0.2f;
static const float LEAST_EXTENT = 1e-36f;

// A box in registers; the fourth lanes are 0.
typedef struct box4 {
  float4 lo, hi;
} box4;

typedef struct split_node {
  bvh_box box;
  int left;         // index of the left child, the right one follows it; -1: leaf
  int first, count; // items of a leaf
} split_node;

typedef struct builder {
  box4 *items;     // (items) in the order of the leaves, as far as it is known
  uint32_t *order; // (items) their numbers
  split_node *nodes;
  int node_count;
  int leaf_max;
} builder;

static inline box4 box_empty(void) {
  return (box4){float4_all(FLT_MAX), float4_all(-FLT_MAX)};
}

static inline box4 box_with(box4 a, box4 b) {
  return (box4){float4_min(b.lo, a.lo), float4_max(b.hi, a.hi)};
}

static inline float extent_area(const float e[4]) {
  return e[0] * e[1] + e[1] * e[2] + e[2] * e[0];
}

// Half the surface of a box that is not empty.
static inline float box_area(box4 b) {
  float e[4];
  float4_store(e, float4_sub(b.hi, b.lo));
  return extent_area(e);
}

// Twice the centre.
static inline float4 box_centre2(box4 b) {
  return float4_add(b.lo, b.hi);
}

// Numbers of bins, for all axes at once: (centre2 - origin) * scale.
typedef struct bin_map {
  float4 origin, scale;
} bin_map;

static inline void find_bins(const bin_map *map, box4 item, int out[4]) {
  float4_to_int(out, float4_mul(float4_sub(box_centre2(item), map->origin), map->scale));
}

// Axes along which all centres coincide get scale 0, so that all items share bin 0. So do
// those whose scale would not be finite.
static bin_map map_bins(box4 centres) {
  float extent[4], scale[4] = {0};
  float4_store(extent, float4_sub(centres.hi, centres.lo));
  for (int k = 0; k < 3; k++)
    scale[k] = extent[k] > LEAST_EXTENT ? (float)BIN_COUNT * 0.9999f / extent[k] : 0;
  return (bin_map){centres.lo, float4_of(scale[0], scale[1], scale[2], 0)};
}

typedef struct bins {
  box4 box[3][BIN_COUNT]; // by axis; undefined where count is 0
  int count[3][BIN_COUNT];
} bins;

static void fill_bins(const box4 *items, int count, const bin_map *map, bins *out) {
  memset(out->count, 0, sizeof out->count);
  if (count < BIN_COUNT) {
    // Few items touch few bins: only those are emptied.
    for (int i = 0; i < count; i++) {
      int at[4];
      find_bins(map, items[i], at);
      for (int k = 0; k < 3; k++)
        out->box[k][at[k]] = items[i];
    }
  } else {
    for (int k = 0; k < 3; k++)
      for (int i = 0; i < BIN_COUNT; i++)
        out->box[k][i] = box_empty();
  }
  for (int i = 0; i < count; i++) {
    int at[4];
    find_bins(map, items[i], at);
    for (int k = 0; k < 3; k++) {
      out->count[k][at[k]]++;
      out->box[k][at[k]] = box_with(out->box[k][at[k]], items[i]);
    }
  }
}

typedef struct split {
  int axis, bin;
  float cost;
} split;

// The cheapest border of an axis' bins if that beats `best`. Between two bins in use all
// borders part the items alike; the first of them stands for all.
static void sweep_axis(const box4 *box, const int *count, int axis, split *best) {
  int used[BIN_COUNT], used_count = 0;
  for (int i = 0; i < BIN_COUNT; i++) {
    used[used_count] = i;
    used_count += count[i] > 0;
  }
  float right_cost[BIN_COUNT];
  box4 sum = box[used[used_count - 1]];
  int items = 0;
  for (int i = used_count - 1; i > 0; i--) {
    sum = box_with(sum, box[used[i]]);
    items += count[used[i]];
    right_cost[i] = box_area(sum) * (float)items;
  }
  sum = box[used[0]];
  items = 0;
  for (int i = 1; i < used_count; i++) {
    sum = box_with(sum, box[used[i - 1]]);
    items += count[used[i - 1]];
    float cost = box_area(sum) * (float)items + right_cost[i];
    if (cost < best->cost)
      *best = (split){axis, used[i - 1] + 1, cost};
  }
}

// The cheapest of the bin borders on all axes; axis -1 when all centres coincide.
static split best_split(const box4 *items, int count, const bin_map *map) {
  bins b;
  split best = {-1, 0, FLT_MAX};
  fill_bins(items, count, map, &b);
  for (int axis = 0; axis < 3; axis++)
    sweep_axis(b.box[axis], b.count[axis], axis, &best);
  return best;
}

// Brings items left of the split to the front; how many there are.
static int partition(builder *b, int first, int count, const bin_map *map, const split *s) {
  int i = first, j = first + count - 1;
  while (i <= j) {
    int at[4];
    box4 item = b->items[i];
    find_bins(map, item, at);
    if (at[s->axis] < s->bin) {
      i++;
    } else {
      uint32_t number = b->order[i];
      b->items[i] = b->items[j];
      b->order[i] = b->order[j];
      b->items[j] = item;
      b->order[j--] = number;
    }
  }
  return i - first;
}

static bvh_box box_unpacked(box4 b) {
  bvh_box out;
  float4_store3(out.lo, b.lo);
  float4_store3(out.hi, b.hi);
  return out;
}

// What no split of the items can cost less than: each lies in one of the halves.
static float least_cost(const box4 *items, int count) {
  float sum = 0;
  for (int i = 0; i < count; i++)
    sum += box_area(items[i]);
  return sum * 0.999999f; // sums of the same areas differ by rounding
}

static void split_recursively(builder *b, int index, int first, int count, int level) {
  const box4 *items = b->items + first;
  box4 box = box_empty(), centres = box_empty();
  for (int i = 0; i < count; i++) {
    float4 centre = box_centre2(items[i]);
    box = box_with(box, items[i]);
    centres = box_with(centres, (box4){centre, centre});
  }
  b->nodes[index] = (split_node){box_unpacked(box), -1, first, count};
  if (count <= 1)
    return;
  float area = box_area(box), leaf_cost = area * (float)count * COST_ITEM;
  bool fits = count <= b->leaf_max;
  if (fits && least_cost(items, count) * COST_ITEM + area * COST_NODE >= leaf_cost)
    return;
  bin_map map = map_bins(centres);
  split s = best_split(items, count, &map);
  if (fits && (s.axis < 0 || s.cost * COST_ITEM + area * COST_NODE >= leaf_cost))
    return;
  // Deep trees come from pathological input: halve by count from there on.
  int left = s.axis < 0 || level > 40 ? count / 2 : partition(b, first, count, &map, &s);
  int children = b->node_count;
  b->nodes[index].left = children;
  b->node_count += 2;
  split_recursively(b, children, first, left, level + 1);
  split_recursively(b, children + 1, first + left, count - left, level + 1);
}

static void set_child(gpu_node *node, int slot, const bvh_box *box, uint32_t child) {
  node->lo_x[slot] = box->lo[0], node->hi_x[slot] = box->hi[0];
  node->lo_y[slot] = box->lo[1], node->hi_y[slot] = box->hi[1];
  node->lo_z[slot] = box->lo[2], node->hi_z[slot] = box->hi[2];
  node->child[slot] = child;
}

static float node_area(const split_node *node) {
  const float *lo = node->box.lo, *hi = node->box.hi;
  return extent_area((float[4]){hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]});
}

static int gather_children(const builder *b, int root, int children[WIDTH]) {
  float areas[WIDTH]; // -1: a leaf
  int count = 1, widest = 0;
  children[0] = root;
  areas[0] = b->nodes[root].left < 0 ? -1 : 0;
  while (count < WIDTH && areas[widest] >= 0) {
    int left = b->nodes[children[widest]].left;
    int places[2] = {widest, count++};
    for (int i = 0; i < 2; i++) {
      const split_node *node = &b->nodes[left + i];
      children[places[i]] = left + i;
      areas[places[i]] = node->left < 0 ? -1 : node_area(node);
    }
    widest = 0;
    for (int i = 1; i < count; i++)
      widest = areas[i] > areas[widest] ? i : widest;
  }
  return count;
}

// Writes nodes[index] from the binary subtree at `root`; the depth below it.
static int widen(const builder *b, bvh *out, int index, int root) {
  bvh_box nothing = {{1e30f, 1e30f, 1e30f}, {-1e30f, -1e30f, -1e30f}};
  int children[WIDTH];
  int count = gather_children(b, root, children), depth = 0;
  gpu_node *node = &out->nodes[index];
  memset(node, 0, sizeof *node);
  for (int i = 0; i < WIDTH; i++) {
    if (i >= count) {
      set_child(node, i, &nothing, NODE_LEAF);
      continue;
    }
    const split_node *child = &b->nodes[children[i]];
    if (child->left < 0) {
      if (child->count == 0)
        set_child(node, i, &nothing, NODE_LEAF);
      else
        set_child(node, i, &child->box,
                  NODE_LEAF | (uint32_t)(child->count - 1) << 27 | (uint32_t)child->first);
      continue;
    }
    int next = out->node_count++;
    set_child(node, i, &child->box, (uint32_t)next);
    int below = widen(b, out, next, children[i]);
    depth = below > depth ? below : depth;
  }
  return depth + 1;
}

static void load_items(builder *b, const bvh_box *boxes, int count) {
  for (int i = 0; i < count; i++) {
    b->items[i] = (box4){float4_load3(boxes[i].lo), float4_load3(boxes[i].hi)};
    b->order[i] = (uint32_t)i;
  }
}

// Fills `b` with the binary tree; the caller frees its arrays, also after trouble.
static bool build_binary(builder *b, const bvh_box *boxes, int count) {
  size_t items = count > 0 ? (size_t)count : 1;
  b->items = malloc(sizeof *b->items * items);
  b->order = malloc(sizeof *b->order * items);
  b->nodes = malloc(sizeof *b->nodes * 2 * items);
  if (!b->items || !b->order || !b->nodes)
    return false;
  load_items(b, boxes, count);
  b->node_count = 1;
  split_recursively(b, 0, 0, count, 0);
  return true;
}

status bvh_build(bvh *out, const bvh_box *boxes, int count, int leaf_max, trouble *why) {
  memset(out, 0, sizeof *out);
  builder b = {.leaf_max = leaf_max};
  if (build_binary(&b, boxes, count)) {
    // Each wide node takes at least one binary node that is no leaf, or the root.
    out->nodes = malloc(sizeof *out->nodes * (size_t)(b.node_count / 2 + 1));
    out->node_count = out->nodes ? 1 : 0;
    out->depth = out->nodes ? widen(&b, out, 0, 0) : 0;
  }
  out->item_count = count;
  out->order = b.order;
  free(b.items);
  free(b.nodes);
  if (!out->nodes) {
    bvh_free(out);
    return trouble_set(why, STATUS_MEMORY, "no memory for a tree over %d boxes", count);
  }
  if (out->depth > BVH_DEPTH_LIMIT) {
    int depth = out->depth;
    bvh_free(out);
    return trouble_set(why, STATUS_LIMIT, "a tree over %d boxes is %d levels deep, the most is %d",
                       count, depth, BVH_DEPTH_LIMIT);
  }
  return STATUS_OK;
}

// What all children of a node take up; unused slots are inside out.
static bvh_box node_bounds(const gpu_node *node) {
  const float *lo[3] = {node->lo_x, node->lo_y, node->lo_z};
  const float *hi[3] = {node->hi_x, node->hi_y, node->hi_z};
  bvh_box box;
  for (int k = 0; k < 3; k++) {
    box.lo[k] = lo[k][0], box.hi[k] = hi[k][0];
    for (int i = 1; i < WIDTH; i++) {
      box.lo[k] = lo[k][i] < box.lo[k] ? lo[k][i] : box.lo[k];
      box.hi[k] = hi[k][i] > box.hi[k] ? hi[k][i] : box.hi[k];
    }
  }
  return box;
}

static bvh_box items_bounds(const bvh *tree, uint32_t leaf, const bvh_box *boxes) {
  const uint32_t *item = tree->order + (leaf & NODE_FIRST);
  bvh_box box = boxes[item[0]];
  for (uint32_t i = 1; i < NODE_COUNT(leaf); i++)
    for (int k = 0; k < 3; k++) {
      const bvh_box *other = &boxes[item[i]];
      box.lo[k] = other->lo[k] < box.lo[k] ? other->lo[k] : box.lo[k];
      box.hi[k] = other->hi[k] > box.hi[k] ? other->hi[k] : box.hi[k];
    }
  return box;
}

void bvh_refit(const bvh *tree, const bvh_box *boxes, gpu_node *nodes) {
  for (int n = tree->node_count - 1; n >= 0; n--) // children come after their parents
    for (int slot = 0; slot < WIDTH; slot++) {
      uint32_t child = nodes[n].child[slot];
      if (nodes[n].lo_x[slot] > nodes[n].hi_x[slot])
        continue; // not used
      bvh_box box =
          child & NODE_LEAF ? items_bounds(tree, child, boxes) : node_bounds(&nodes[child]);
      set_child(&nodes[n], slot, &box, child);
    }
}

void bvh_free(bvh *tree) {
  free(tree->nodes);
  free(tree->order);
  memset(tree, 0, sizeof *tree);
}
