// SPDX-License-Identifier: Apache-2.0
#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/bvh.h"

static bvh_box *random_boxes(int count, uint32_t which) {
  bvh_box *boxes = malloc(sizeof *boxes * (size_t)(count ? count : 1));
  rng r = rng_at(5, RNG_TEST, which, 0, 0);
  for (int i = 0; i < count; i++)
    for (int k = 0; k < 3; k++) {
      boxes[i].lo[k] = (float)rng_uniform(&r, -100, 100);
      boxes[i].hi[k] = boxes[i].lo[k] + (float)rng_log_uniform(&r, 0.01, 20);
    }
  return boxes;
}

typedef struct walk {
  const bvh *tree;
  const bvh_box *boxes;
  int *seen; // (items) times each item was met
  int faults, deepest;
} walk;

static bool inside(const bvh_box *a, const gpu_node *n, int slot) {
  return a->lo[0] >= n->lo_x[slot] && a->hi[0] <= n->hi_x[slot] && a->lo[1] >= n->lo_y[slot] &&
         a->hi[1] <= n->hi_y[slot] && a->lo[2] >= n->lo_z[slot] && a->hi[2] <= n->hi_z[slot];
}

static void walk_node(walk *w, uint32_t index, int depth, const bvh_box *bound) {
  const gpu_node *node = &w->tree->nodes[index];
  w->deepest = depth > w->deepest ? depth : w->deepest;
  for (int slot = 0; slot < 8; slot++) {
    if (node->lo_x[slot] > node->hi_x[slot])
      continue; // unused
    bvh_box box = {{node->lo_x[slot], node->lo_y[slot], node->lo_z[slot]},
                   {node->hi_x[slot], node->hi_y[slot], node->hi_z[slot]}};
    for (int k = 0; bound && k < 3; k++)
      w->faults += box.lo[k] < bound->lo[k] || box.hi[k] > bound->hi[k];
    uint32_t child = node->child[slot];
    if (!(child & NODE_LEAF)) {
      walk_node(w, child, depth + 1, &box);
      continue;
    }
    for (uint32_t i = 0; i < NODE_COUNT(child); i++) {
      uint32_t item = w->tree->order[(child & NODE_FIRST) + i];
      w->seen[item]++;
      w->faults += !inside(&w->boxes[item], node, slot);
    }
  }
}

static int faults_of(const bvh *tree, const bvh_box *boxes, int count) {
  walk w = {tree, boxes, calloc((size_t)count + 1, sizeof(int)), 0, 0};
  walk_node(&w, 0, 1, NULL);
  for (int i = 0; i < count; i++)
    w.faults += w.seen[i] != 1;
  w.faults += w.deepest != tree->depth;
  free(w.seen);
  return w.faults;
}

static void every_item_lies_once_in_boxes_that_hold_it(void **state) {
  (void)state;
  const int counts[] = {0, 1, 2, 7, 8, 9, 100, 5000};
  trouble why = {0};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    for (int leaf = 1; leaf <= 16; leaf += 5) {
      bvh_box *boxes = random_boxes(counts[i], (uint32_t)i);
      bvh tree;
      assert_int_equal(bvh_build(&tree, boxes, counts[i], leaf, &why), STATUS_OK);
      assert_int_equal(faults_of(&tree, boxes, counts[i]), 0);
      if (counts[i] > 100) { // the walk does see a box that is too small
        tree.nodes[0].hi_x[0] -= 10;
        assert_int_not_equal(faults_of(&tree, boxes, counts[i]), 0);
      }
      bvh_free(&tree);
      free(boxes);
    }
}

static void equal_boxes_make_a_tree_within_the_limit(void **state) {
  (void)state;
  enum { COUNT = 3000 };
  trouble why = {0};
  bvh_box *boxes = malloc(sizeof *boxes * COUNT);
  for (int i = 0; i < COUNT; i++)
    boxes[i] = (bvh_box){{1, 2, 3}, {4, 5, 6}};
  bvh tree;
  assert_int_equal(bvh_build(&tree, boxes, COUNT, 2, &why), STATUS_OK);
  assert_int_equal(faults_of(&tree, boxes, COUNT), 0);
  bvh_free(&tree);
  free(boxes);
}

static void growing_boxes_make_a_tree_within_the_limit(void **state) {
  (void)state;
  enum { COUNT = 120 };
  trouble why = {0};
  bvh_box boxes[COUNT];
  float x = 1e-15f;
  for (int i = 0; i < COUNT; i++, x *= 2)
    boxes[i] = (bvh_box){{x, 0, 0}, {x * 1.5f, 1, 1}};
  bvh tree;
  assert_int_equal(bvh_build(&tree, boxes, COUNT, 1, &why), STATUS_OK);
  assert_int_equal(faults_of(&tree, boxes, COUNT), 0);
  bvh_free(&tree);
}

static void a_tree_follows_boxes_that_move(void **state) {
  (void)state;
  trouble why = {0};
  const int counts[] = {0, 1, 9, 3000};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    for (int leaf = 1; leaf <= 5; leaf += 4) {
      int count = counts[i];
      bvh_box *boxes = random_boxes(count, 5), *moved = random_boxes(count, 6);
      bvh tree;
      assert_int_equal(bvh_build(&tree, boxes, count, leaf, &why), STATUS_OK);
      for (int k = 0; k < count; k++) // every third; others stay
        moved[k] = k % 3 ? boxes[k] : moved[k];
      if (count > 100)
        assert_int_not_equal(faults_of(&tree, moved, count), 0);
      bvh_refit(&tree, moved, tree.nodes);
      assert_int_equal(faults_of(&tree, moved, count), 0);
      bvh_free(&tree);
      free(boxes);
      free(moved);
    }
}

static void the_same_boxes_make_the_same_tree(void **state) {
  (void)state;
  trouble why = {0};
  bvh_box *boxes = random_boxes(2000, 3);
  bvh a, b;
  assert_int_equal(bvh_build(&a, boxes, 2000, 4, &why), STATUS_OK);
  assert_int_equal(bvh_build(&b, boxes, 2000, 4, &why), STATUS_OK);
  assert_int_equal(a.node_count, b.node_count);
  assert_memory_equal(a.nodes, b.nodes, sizeof *a.nodes * (size_t)a.node_count);
  assert_memory_equal(a.order, b.order, sizeof *a.order * 2000);
  bvh_free(&a);
  bvh_free(&b);
  free(boxes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_item_lies_once_in_boxes_that_hold_it),
      cmocka_unit_test(equal_boxes_make_a_tree_within_the_limit),
      cmocka_unit_test(growing_boxes_make_a_tree_within_the_limit),
      cmocka_unit_test(a_tree_follows_boxes_that_move),
      cmocka_unit_test(the_same_boxes_make_the_same_tree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
