// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_places.h"

static void one_can_walk_from_anywhere_to_everywhere(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    if (net->junction_count == 0) { // nothing joins the two sides of a single road
      scene_destroy(s);
      continue;
    }
    int *queue = calloc((size_t)net->walk_node_count + 1, sizeof *queue), head = 0, tail = 0;
    bool *seen = calloc((size_t)net->walk_node_count + 1, sizeof *seen);
    if (net->walk_node_count > 0) {
      seen[1] = true;
      queue[tail++] = 1;
    }
    while (head < tail) {
      const walk_node *node = &net->walk_nodes[queue[head++] - 1];
      for (int k = 0; k < node->edge_count; k++) {
        const walk_edge *edge = &net->walk_edges[net->walk_links[node->edge_first + k] - 1];
        int ends[2] = {edge->a, edge->b};
        for (int m = 0; m < 2; m++)
          if (!seen[ends[m]]) {
            seen[ends[m]] = true;
            queue[tail++] = ends[m];
          }
      }
    }
    if (tail != net->walk_node_count && net->part_count == 0) // nobody walks from town to town
      fail_msg("scene %d: %d of %d places can be reached on foot", n, tail, net->walk_node_count);
    place_kind place = places_def(n).place;
    assert_true(net->walk_node_count > 0 || place == PLACE_COMPOSE || place == PLACE_RURAL ||
                place == PLACE_HIGHWAY || place == PLACE_INTERCHANGE);
    free(queue);
    free(seen);
    scene_destroy(s);
  }
}

static void edges_run_from_node_to_node(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->walk_edge_count; i++) {
      const walk_edge *edge = &net->walk_edges[i];
      int ends[2] = {edge->a, edge->b};
      for (int k = 0; k < 2; k++) {
        const walk_node *node = &net->walk_nodes[ends[k] - 1];
        road_point p = walk_point(net, edge, k ? edge->length_m : 0);
        double gap = hypot(p.x_m - node->x_m, p.y_m - node->y_m);
        if (gap > 1e-3)
          fail_msg("scene %d: edge %d ends %.4f m from node %d", n, edge->id, gap, ends[k]);
      }
      assert_true(edge->length_m > 0.1 && edge->width_m > 0.5);
    }
    scene_destroy(s);
  }
}

static void sidewalks_stay_off_the_carriageway(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->walk_edge_count; i++) {
      const walk_edge *edge = &net->walk_edges[i];
      if (edge->kind == WALK_CROSSWALK)
        continue;
      for (double s_m = 0; s_m < edge->length_m; s_m += 1.5) {
        road_point p = walk_point(net, edge, s_m);
        double t = 0;
        int lane = lane_nearest(net, p.x_m, p.y_m, NULL, &t);
        // Body width at the edge of the lane, kerb between them.
        if (lane && fabs(t) < net->paths[lane - 1].width_m / 2 + 0.3)
          fail_msg("scene %d: edge %d runs %.2f m from the middle of lane %d", n, edge->id, fabs(t),
                   lane);
        assert_true(net->land.columns > 0 || fabs(p.z_m - ROAD_KERB_M) < 1e-6);
      }
    }
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_can_walk_from_anywhere_to_everywhere),
      cmocka_unit_test(edges_run_from_node_to_node),
      cmocka_unit_test(sidewalks_stay_off_the_carriageway),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
