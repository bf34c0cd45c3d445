// SPDX-License-Identifier: Apache-2.0
#include "with_map_roads.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/opendrive_write.h"
#include "with_network.h"
#include "with_proofs.h"

void map_add(map_writer *w, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int room = (int)sizeof w->text - w->size;
  int size = vsnprintf(w->text + w->size, (size_t)room, format, args);
  va_end(args);
  assert_true(size >= 0 && size < room);
  w->size += size;
}

static const char *type_of(char letter) {
  static const struct {
    char letter;
    const char *type;
  } types[] = {
      {'d', "driving"}, {'s', "shoulder"}, {'m', "median"}, {'w', "sidewalk"}, {'c', "curb"}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].letter == letter)
      return types[i].type;
  fail_msg("'%c' is no lane", letter);
  return "none";
}

static void add_lane(map_writer *w, const map_shape *shape, char letter, int id) {
  map_add(w, "<lane id='%d' type='%s'><link>", id, type_of(letter));
  if (shape->linked)
    map_add(w, "<predecessor id='%d'/><successor id='%d'/>", id, id);
  map_add(w, "</link><width sOffset='0' a='%.17g' b='0' c='0' d='0'/></lane>",
          letter == 'c' ? 0.15 : LANE_M);
}

void map_add_road(map_writer *w, const map_shape *shape) {
  int left = (int)(strchr(shape->lanes, '0') - shape->lanes);
  map_add(w, "<road id='%s' length='%.17g' junction='%s'%s><link>%s</link><planView>", shape->id,
          shape->length_m, shape->junction ? shape->junction : "-1",
          shape->left_hand ? " rule='LHT'" : "", shape->links);
  map_add(w, "<geometry s='0' x='%.17g' y='%.17g' hdg='%.17g' length='%.17g'>", shape->x_m,
          shape->y_m, shape->heading_rad, shape->length_m);
  if (shape->curvature_pm == 0)
    map_add(w, "<line/>");
  else
    map_add(w, "<arc curvature='%.17g'/>", shape->curvature_pm);
  map_add(w, "</geometry></planView><lanes>%s", shape->more ? shape->more : "");
  int sections = shape->sections ? shape->sections : 1;
  for (int k = 0; k < sections; k++) {
    map_add(w, "<laneSection s='%.17g'><left>", shape->length_m * k / sections);
    for (int i = 0; i < left; i++)
      add_lane(w, shape, shape->lanes[i], left - i);
    map_add(w, "</left><center><lane id='0' type='none'/></center><right>");
    for (int i = left + 1; shape->lanes[i]; i++)
      add_lane(w, shape, shape->lanes[i], left - i);
    map_add(w, "</right></laneSection>");
  }
  map_add(w, "</lanes></road>\n");
}

bool map_leads(const road_network *net, double x0, double y0, double x1, double y1) {
  int from = lane_nearest(net, x0, y0, NULL, NULL), to = lane_nearest(net, x1, y1, NULL, NULL);
  if (!from || !to)
    fail_msg("no lane near (%g, %g) or (%g, %g)", x0, y0, x1, y1);
  bool *seen = calloc((size_t)net->path_count + 1, sizeof *seen);
  int *queue = calloc((size_t)net->path_count + 1, sizeof *queue), head = 0, tail = 0;
  assert_true(seen && queue);
  seen[from] = true;
  queue[tail++] = from;
  while (head < tail) {
    const lane_path *lane = &net->paths[queue[head++] - 1];
    for (int k = 0; k < lane->next_count; k++) {
      int next = network_next(net, lane, k)->id;
      if (!seen[next])
        seen[next] = true, queue[tail++] = next;
    }
  }
  bool found = seen[to];
  free(seen);
  free(queue);
  return found;
}

void map_assert_sound(const road_network *net) {
  static const char *const names[] = {"reference lines are smooth",
                                      "elevation is C1 along roads and across links",
                                      "a lane's end joins its successor",
                                      "points are dense and smooth",
                                      "no lane crosses itself",
                                      "neighbours lie side by side",
                                      "conflicts are where swept areas overlap",
                                      "who yields is settled",
                                      "vehicles stop before crosswalks",
                                      "every group gets green"};
  scene_def def = scene_def_default();
  proof_case c = {.net = net, .def = &def, .junctions = 4};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    proof_fault fault = {0};
    proof_find(names[i])->check(&c, &fault);
    if (fault.count > 0)
      fail_msg("%s: %d times not, %s", names[i], fault.count, fault.text);
  }
}

void map_assert_same_again(const road_network *net) {
  char *text = NULL;
  size_t size = 0;
  trouble why = {0};
  if (opendrive_write(net, "again", &text, &size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  read_map again = map_from(text);
  free(text);
  assert_int_equal(again.net.remark_count, 0);
  assert_int_equal(again.net.road_count, net->road_count);
  assert_int_equal(again.net.path_count, net->path_count);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *a = &net->paths[i], *b = &again.net.paths[i];
    assert_int_equal(a->next_count, b->next_count);
    for (int k = 0; k < a->next_count; k++)
      assert_int_equal(network_next(net, a, k)->id, network_next(&again.net, b, k)->id);
    road_point p = lane_point(net, a, a->length_m / 2),
               q = lane_point(&again.net, b, a->length_m / 2);
    if (!(hypot(p.x_m - q.x_m, p.y_m - q.y_m) < 1e-3))
      fail_msg("lane %d: (%.4f, %.4f), again (%.4f, %.4f)", a->id, p.x_m, p.y_m, q.x_m, q.y_m);
    assert_int_equal(a->turn, b->turn);
  }
  map_free(&again);
}
