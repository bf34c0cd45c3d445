// SPDX-License-Identifier: Apache-2.0
// First a binary tree by binned SAH (Wald 2007), then pulled up to eight children by
// opening the largest child until a node is full.
#include "render/bvh.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BIN_COUNT = 16, WIDTH = 8 };
static const float COST_NODE = 1.0f, COST_ITEM = 0.6f;

typedef struct split_node {
  bvh_box box;
  int left;         // index of the left child, the right one follows it; -1: leaf
  int first, count; // items of a leaf
} split_node;

typedef struct builder {
  const bvh_box *boxes;
  uint32_t *order;
  split_node *nodes;
  int node_count;
  int leaf_max;
} builder;

static bvh_box box_empty(void) {
  return (bvh_box){{FLT_MAX, FLT_MAX, FLT_MAX}, {-FLT_MAX, -FLT_MAX, -FLT_MAX}};
}

static void box_add(bvh_box *a, const bvh_box *b) {
  for (int k = 0; k < 3; k++) {
    a->lo[k] = b->lo[k] < a->lo[k] ? b->lo[k] : a->lo[k];
    a->hi[k] = b->hi[k] > a->hi[k] ? b->hi[k] : a->hi[k];
  }
}

static float box_area(const bvh_box *b) {
  float x = b->hi[0] - b->lo[0], y = b->hi[1] - b->lo[1], z = b->hi[2] - b->lo[2];
  return x < 0 ? 0 : x * y + y * z + z * x;
}

static float centre2(const bvh_box *b, int axis) {
  return b->lo[axis] + b->hi[axis];
}

typedef struct split {
  int axis, bin;
  float cost, origin, scale;
} split;

// The cheapest of the bin borders on all axes; axis -1 when all centres coincide.
static split best_split(const builder *b, int first, int count, const bvh_box *centres) {
  split best = {-1, 0, FLT_MAX, 0, 0};
  for (int axis = 0; axis < 3; axis++) {
    float extent = centres->hi[axis] - centres->lo[axis];
    if (!(extent > 0))
      continue;
    float scale = (float)BIN_COUNT * 0.9999f / extent;
    bvh_box bins[BIN_COUNT];
    int counts[BIN_COUNT] = {0};
    for (int i = 0; i < BIN_COUNT; i++)
      bins[i] = box_empty();
    for (int i = first; i < first + count; i++) {
      const bvh_box *box = &b->boxes[b->order[i]];
      int bin = (int)((centre2(box, axis) - centres->lo[axis]) * scale);
      counts[bin]++;
      box_add(&bins[bin], box);
    }
    float right_cost[BIN_COUNT];
    bvh_box sum = box_empty();
    int items = 0;
    for (int i = BIN_COUNT - 1; i > 0; i--) {
      box_add(&sum, &bins[i]);
      items += counts[i];
      right_cost[i] = box_area(&sum) * (float)items;
    }
    sum = box_empty();
    items = 0;
    for (int i = 1; i < BIN_COUNT; i++) {
      box_add(&sum, &bins[i - 1]);
      items += counts[i - 1];
      float cost = box_area(&sum) * (float)items + right_cost[i];
      if (items > 0 && items < count && cost < best.cost)
        best = (split){axis, i, cost, centres->lo[axis], scale};
    }
  }
  return best;
}

static int partition(const builder *b, int first, int count, const split *s) {
  int i = first, j = first + count - 1;
  while (i <= j) {
    float c = centre2(&b->boxes[b->order[i]], s->axis);
    if ((int)((c - s->origin) * s->scale) < s->bin) {
      i++;
    } else {
      uint32_t other = b->order[i];
      b->order[i] = b->order[j];
      b->order[j--] = other;
    }
  }
  return i - first;
}

static void split_recursively(builder *b, int index, int first, int count, int level) {
  split_node *node = &b->nodes[index];
  bvh_box centres = box_empty();
  node->box = box_empty();
  for (int i = first; i < first + count; i++) {
    const bvh_box *box = &b->boxes[b->order[i]];
    box_add(&node->box, box);
    bvh_box centre;
    for (int k = 0; k < 3; k++)
      centre.lo[k] = centre.hi[k] = centre2(box, k);
    box_add(&centres, &centre);
  }
  node->left = -1;
  node->first = first;
  node->count = count;
  if (count <= 1)
    return;
  split s = best_split(b, first, count, &centres);
  float area = box_area(&node->box);
  bool cheap =
      s.axis < 0 || s.cost * COST_ITEM + area * COST_NODE >= area * (float)count * COST_ITEM;
  if (count <= b->leaf_max && cheap)
    return;
  // Deep trees come from pathological input: halve by count from there on.
  int left = s.axis < 0 || level > 40 ? count / 2 : partition(b, first, count, &s);
  node->left = b->node_count;
  b->node_count += 2;
  int children = node->left;
  split_recursively(b, children, first, left, level + 1);
  split_recursively(b, children + 1, first + left, count - left, level + 1);
}

static void set_child(gpu_node *node, int slot, const bvh_box *box, uint32_t child) {
  node->lo_x[slot] = box->lo[0], node->hi_x[slot] = box->hi[0];
  node->lo_y[slot] = box->lo[1], node->hi_y[slot] = box->hi[1];
  node->lo_z[slot] = box->lo[2], node->hi_z[slot] = box->hi[2];
  node->child[slot] = child;
}

static int gather_children(const builder *b, int root, int children[WIDTH]) {
  int count = 1;
  children[0] = root;
  while (count < WIDTH) {
    int widest = -1;
    float area = -1;
    for (int i = 0; i < count; i++) {
      const split_node *node = &b->nodes[children[i]];
      if (node->left >= 0 && box_area(&node->box) > area) {
        widest = i;
        area = box_area(&node->box);
      }
    }
    if (widest < 0)
      break;
    int left = b->nodes[children[widest]].left;
    children[widest] = left;
    children[count++] = left + 1;
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

status bvh_build(bvh *out, const bvh_box *boxes, int count, int leaf_max, trouble *why) {
  memset(out, 0, sizeof *out);
  size_t node_limit = 2 * (size_t)(count > 0 ? count : 1);
  builder b = {.boxes = boxes, .leaf_max = leaf_max};
  b.order = malloc(sizeof *b.order * (size_t)(count > 0 ? count : 1));
  b.nodes = malloc(sizeof *b.nodes * node_limit);
  out->nodes = malloc(sizeof *out->nodes * node_limit);
  out->order = b.order;
  if (!b.order || !b.nodes || !out->nodes) {
    free(b.nodes);
    bvh_free(out);
    return trouble_set(why, STATUS_MEMORY, "no memory for a tree over %d boxes", count);
  }
  for (int i = 0; i < count; i++)
    b.order[i] = (uint32_t)i;
  b.node_count = 1;
  split_recursively(&b, 0, 0, count, 0);
  out->item_count = count;
  out->node_count = 1;
  out->depth = widen(&b, out, 0, 0);
  free(b.nodes);
  gpu_node *fitted = realloc(out->nodes, sizeof *fitted * (size_t)out->node_count);
  out->nodes = fitted ? fitted : out->nodes;
  if (out->depth > BVH_DEPTH_LIMIT) {
    int depth = out->depth;
    bvh_free(out);
    return trouble_set(why, STATUS_LIMIT, "a tree over %d boxes is %d levels deep, the most is %d",
                       count, depth, BVH_DEPTH_LIMIT);
  }
  return STATUS_OK;
}

void bvh_free(bvh *tree) {
  free(tree->nodes);
  free(tree->order);
  memset(tree, 0, sizeof *tree);
}
