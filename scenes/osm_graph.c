// SPDX-License-Identifier: Apache-2.0
// From ways to a graph: vertices where streets meet, end or change, strands between them.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/osm_reader.h"

static const double CROSSING_REACH_M = 35; // from a junction, of a zebra that is the junction's
static const double LINE_REACH_M = 60;     // same of lights, stop and yield
static const double LEAST_SPLIT_M = 4;     // from a zebra of its own to the street's end
static const double EDGE_M = 20;           // so near to <bounds> a street leaves the extract
enum { STRANDS = 100000, TWINS = 64, LOOKS = 50000000 };
static const double LONGEST_M = 1.5e6; // of all streets

// A way between two of its nodes that follow each other.
typedef struct piece {
  int node[2], way;
  bool used;
} piece;

typedef struct graph {
  osm_reader *r;
  int piece_count, piece_capacity;
  piece *pieces;
  int *first; // (node_count + 1) into ends
  int *ends;  // (2 piece_count) 2 * piece + which of its nodes
  int feature_count, feature_capacity;
  struct feature *features;
  double length_m;
} graph;

// What stands at a street between its vertices.
typedef struct feature {
  int strand, node, point; // index in osm_reader.points
  unsigned mark;
  int toward; // +1 for who drives along the strand, -1 against, 0 both
  const xmlNode *at;
} feature;

// Pieces ----------------------------------------------------------------------

static bool add_piece(graph *g, int a, int b, int way) {
  osm_node *p = &g->r->nodes[a], *q = &g->r->nodes[b];
  if (!ARRAY_RESERVE(g->pieces, g->piece_capacity, g->piece_count + 1))
    return map_fail_memory(&g->r->map);
  g->length_m += hypot(p->x_m - q->x_m, p->y_m - q->y_m);
  if (g->length_m > LONGEST_M)
    return map_fail(&g->r->map, g->r->ways[way].at, "more than %.0f km of streets",
                    LONGEST_M / 1000);
  g->pieces[g->piece_count++] = (piece){.node = {a, b}, .way = way};
  p->degree++;
  q->degree++;
  return true;
}

static bool find_pieces(graph *g) {
  osm_reader *r = g->r;
  for (int i = 0; i < r->way_count; i++) {
    const osm_way *way = &r->ways[i];
    int last = -1;
    for (int k = 0; k < way->ref_count; k++) {
      int node = r->refs[way->ref_first + k];
      if (node < 0) {
        if (last >= 0)
          r->nodes[last].cut = true;
        last = -1;
        continue;
      }
      if (k > 0 && r->refs[way->ref_first + k - 1] < 0)
        r->nodes[node].cut = true;
      if (last >= 0 && last != node && !add_piece(g, last, node, i))
        return false;
      last = node;
    }
  }
  return true;
}

static bool index_ends(graph *g);

// A street that is drawn twice is one.
static bool drop_twins(graph *g) {
  osm_reader *r = g->r;
  int kept = 0;
  for (int n = 0; n < r->node_count; n++)
    for (int i = g->first[n]; i < g->first[n + 1]; i++)
      for (int k = i + 1; k < g->first[n + 1] && k < i + TWINS; k++) {
        piece *p = &g->pieces[g->ends[i] / 2], *q = &g->pieces[g->ends[k] / 2];
        bool same = p->node[1 - g->ends[i] % 2] == q->node[1 - g->ends[k] % 2];
        if (!same || p->used || q->used)
          continue;
        (p < q ? q : p)->used = true;
        map_remark(&r->map, r->ways[q->way].at, "a street that lies on another one is left out");
      }
  for (int i = 0; i < g->piece_count; i++) {
    if (g->pieces[i].used) {
      r->nodes[g->pieces[i].node[0]].degree--;
      r->nodes[g->pieces[i].node[1]].degree--;
    } else {
      g->pieces[kept++] = g->pieces[i];
    }
  }
  if (kept == g->piece_count)
    return true;
  g->piece_count = kept;
  return index_ends(g);
}

static bool index_ends(graph *g) {
  int nodes = g->r->node_count;
  free(g->first);
  free(g->ends);
  g->first = calloc((size_t)nodes + 2, sizeof *g->first);
  g->ends = malloc(sizeof *g->ends * (2 * (size_t)g->piece_count + 1));
  if (!g->first || !g->ends)
    return map_fail_memory(&g->r->map);
  for (int i = 0; i < 2 * g->piece_count; i++)
    g->first[g->pieces[i / 2].node[i % 2] + 2]++;
  for (int i = 0; i < nodes; i++)
    g->first[i + 2] += g->first[i + 1];
  for (int i = 0; i < 2 * g->piece_count; i++)
    g->ends[g->first[g->pieces[i / 2].node[i % 2] + 1]++] = i;
  return true;
}

// The street as it leaves the node at a piece's end.
static osm_street street_from(const graph *g, int end) {
  const osm_street *street = &g->r->ways[g->pieces[end / 2].way].street;
  return end % 2 ? osm_street_flip(street) : *street;
}

// Where two pieces meet and nothing changes, the street goes on.
static bool goes_on(const graph *g, int node) {
  const int *ends = &g->ends[g->first[node]];
  if (g->r->nodes[node].degree != 2 || g->r->nodes[node].cut)
    return false;
  osm_street out = street_from(g, ends[1]), in = street_from(g, ends[0]);
  in = osm_street_flip(&in);
  return osm_street_equal(&in, &out) &&
         g->r->ways[g->pieces[ends[0] / 2].way].ring == g->r->ways[g->pieces[ends[1] / 2].way].ring;
}

// Vertices and strands -----------------------------------------------------------

static int add_vertex(osm_reader *r, int node, double x, double y) {
  if (!ARRAY_RESERVE(r->vertices, r->vertex_capacity, r->vertex_count + 1)) {
    map_fail_memory(&r->map);
    return -1;
  }
  const double *box = r->bounds_m;
  bool outside = r->bounded && (x < box[0] + EDGE_M || x > box[2] - EDGE_M || y < box[1] + EDGE_M ||
                                y > box[3] - EDGE_M);
  r->vertices[r->vertex_count] =
      (osm_vertex){.x_m = x,
                   .y_m = y,
                   .node = node,
                   .root = r->vertex_count,
                   .end = -1,
                   .dead_end = r->nodes[node].degree == 1 && !r->nodes[node].cut && !outside,
                   .mark = osm_marks_of(r->nodes[node].at)};
  return r->vertex_count++;
}

static bool add_point(osm_reader *r, const osm_strand *strand, int node) {
  const osm_node *n = &r->nodes[node];
  if (!ARRAY_RESERVE(r->points, r->point_capacity, r->point_count + 1))
    return map_fail_memory(&r->map);
  osm_point p = {n->x_m, n->y_m, 0};
  if (strand->point_count > 0) {
    const osm_point *last = &r->points[r->point_count - 1];
    p.s_m = last->s_m + hypot(p.x_m - last->x_m, p.y_m - last->y_m);
  }
  r->points[r->point_count++] = p;
  return true;
}

static bool add_feature(graph *g, int strand, int node, int end) {
  osm_reader *r = g->r;
  unsigned mark = osm_marks_of(r->nodes[node].at);
  if (!mark)
    return true;
  if (!ARRAY_RESERVE(g->features, g->feature_capacity, g->feature_count + 1))
    return map_fail_memory(&r->map);
  const char *said = osm_tag(r->nodes[node].at, "direction");
  said = said ? said : osm_tag(r->nodes[node].at, "traffic_signals:direction");
  int toward = !said                           ? 0
               : strcmp(said, "forward") == 0  ? 1
               : strcmp(said, "backward") == 0 ? -1
                                               : 0;
  g->features[g->feature_count++] = (feature){.strand = strand,
                                              .node = node,
                                              .point = r->point_count - 1,
                                              .mark = mark,
                                              .toward = end % 2 ? -toward : toward,
                                              .at = r->nodes[node].at};
  return true;
}

static void turn_strand(graph *g, int index, int first_feature) {
  osm_reader *r = g->r;
  osm_strand *s = &r->strands[index];
  osm_point *points = &r->points[s->point_first];
  double length = points[s->point_count - 1].s_m;
  for (int i = 0; i < s->point_count / 2; i++) {
    osm_point swap = points[i];
    points[i] = points[s->point_count - 1 - i];
    points[s->point_count - 1 - i] = swap;
  }
  for (int i = 0; i < s->point_count; i++)
    points[i].s_m = length - points[i].s_m;
  for (int i = first_feature; i < g->feature_count; i++) {
    g->features[i].point = 2 * s->point_first + s->point_count - 1 - g->features[i].point;
    g->features[i].toward = -g->features[i].toward;
  }
  int vertex = s->vertex[0], way = s->way[0];
  osm_turns turns = s->turns[0];
  s->vertex[0] = s->vertex[1], s->vertex[1] = vertex;
  s->way[0] = s->way[1], s->way[1] = way;
  s->turns[0] = s->turns[1], s->turns[1] = turns;
  s->street = osm_street_flip(&s->street);
}

// From a vertex along a piece to the next vertex.
static bool follow(graph *g, int end) {
  osm_reader *r = g->r;
  if (r->strand_count == STRANDS)
    return map_fail(&r->map, r->ways[g->pieces[end / 2].way].at, "more than %d pieces of street",
                    STRANDS);
  if (!ARRAY_RESERVE(r->strands, r->strand_capacity, r->strand_count + 1))
    return map_fail_memory(&r->map);
  int index = r->strand_count++, first_feature = g->feature_count;
  int node = g->pieces[end / 2].node[end % 2];
  osm_strand *s = &r->strands[index];
  *s = (osm_strand){.vertex = {r->nodes[node].vertex, 0},
                    .point_first = r->point_count,
                    .way = {g->pieces[end / 2].way, 0},
                    .street = street_from(g, end),
                    .ring = r->ways[g->pieces[end / 2].way].ring};
  s->turns[0] = s->street.turns[1];
  bool ok = add_point(r, s, node);
  for (bool more = ok; more;) {
    piece *p = &g->pieces[end / 2];
    s->point_count++;
    p->used = true;
    s->way[1] = p->way;
    s->turns[1] = street_from(g, end).turns[0];
    node = p->node[1 - end % 2];
    ok = add_point(r, s, node);
    more = ok && r->nodes[node].vertex < 0;
    if (!more)
      break;
    ok = add_feature(g, index, node, end);
    const int *ends = &g->ends[g->first[node]];
    end = ends[ends[0] / 2 == end / 2];
    more = ok;
  }
  s->point_count++;
  s->vertex[1] = ok ? r->nodes[node].vertex : 0;
  if (ok && s->street.lanes[0] == 0)
    turn_strand(g, index, first_feature);
  return ok;
}

static bool find_strands(graph *g) {
  osm_reader *r = g->r;
  for (int i = 0; i < r->node_count; i++)
    if (r->nodes[i].degree > 0 && !goes_on(g, i)) {
      r->nodes[i].vertex = add_vertex(r, i, r->nodes[i].x_m, r->nodes[i].y_m);
      if (r->nodes[i].vertex < 0)
        return false;
    }
  for (int i = 0; i < 2 * g->piece_count; i++)
    if (!g->pieces[i / 2].used && r->nodes[g->pieces[i / 2].node[i % 2]].vertex >= 0 &&
        !follow(g, i))
      return false;
  // What is left goes round and meets nothing.
  for (int i = 0; i < g->piece_count; i++) {
    int node = g->pieces[i].node[0];
    if (g->pieces[i].used)
      continue;
    r->nodes[node].vertex = add_vertex(r, node, r->nodes[node].x_m, r->nodes[node].y_m);
    if (r->nodes[node].vertex < 0 || !follow(g, 2 * i))
      return false;
  }
  return true;
}

// Crossings without a junction ----------------------------------------------------

// A piece's box, for a sweep from west to east.
typedef struct span {
  double x0, x1, y0, y1;
  int piece;
} span;

static int by_west(const void *a, const void *b) {
  const span *p = a, *q = b;
  return p->x0 != q->x0 ? (p->x0 < q->x0 ? -1 : 1) : p->piece - q->piece;
}

static bool cross(const osm_reader *r, const piece *p, const piece *q) {
  if (p->node[0] == q->node[0] || p->node[0] == q->node[1] || p->node[1] == q->node[0] ||
      p->node[1] == q->node[1])
    return false;
  const osm_node *a = &r->nodes[p->node[0]], *b = &r->nodes[p->node[1]];
  const osm_node *c = &r->nodes[q->node[0]], *d = &r->nodes[q->node[1]];
  double ax = b->x_m - a->x_m, ay = b->y_m - a->y_m, bx = d->x_m - c->x_m, by = d->y_m - c->y_m;
  double dx = c->x_m - a->x_m, dy = c->y_m - a->y_m, over = ax * by - ay * bx;
  if (fabs(over) < 1e-9)
    return false;
  double u = (dx * by - dy * bx) / over, v = (dx * ay - dy * ax) / over;
  return u >= 0 && u <= 1 && v >= 0 && v <= 1;
}

static void remark_crossing(osm_reader *r, const piece *p, const piece *q) {
  const osm_way *a = &r->ways[p->way], *b = &r->ways[q->way];
  const osm_way *upper = b->layer > a->layer ? b : a;
  map_remark(&r->map, upper->at,
             a->layer != b->layer
                 ? "streets cross on two layers: both lie on the ground, without a junction"
                 : "streets cross without a common node: without a junction");
}

static bool find_crossings(graph *g) {
  osm_reader *r = g->r;
  long looks = 0;
  span *all = malloc(sizeof *all * ((size_t)g->piece_count + 1));
  if (!all)
    return map_fail_memory(&r->map);
  for (int i = 0; i < g->piece_count; i++) {
    const osm_node *a = &r->nodes[g->pieces[i].node[0]], *b = &r->nodes[g->pieces[i].node[1]];
    all[i] = (span){fmin(a->x_m, b->x_m), fmax(a->x_m, b->x_m), fmin(a->y_m, b->y_m),
                    fmax(a->y_m, b->y_m), i};
  }
  qsort(all, (size_t)g->piece_count, sizeof *all, by_west);
  for (int i = 0; i < g->piece_count && looks < LOOKS; i++)
    for (int k = i + 1; k < g->piece_count && all[k].x0 <= all[i].x1 && looks < LOOKS; k++) {
      const piece *p = &g->pieces[all[i].piece], *q = &g->pieces[all[k].piece];
      looks++;
      if (all[k].y0 <= all[i].y1 && all[k].y1 >= all[i].y0 && cross(r, p, q))
        remark_crossing(r, p, q);
    }
  if (looks == LOOKS)
    map_remark(&r->map, xmlDocGetRootElement(r->map.doc),
               "not all streets are looked at for crossings without a common node");
  free(all);
  return true;
}

// Marks -------------------------------------------------------------------------

static bool is_junction(const osm_reader *r, int vertex) {
  return r->nodes[r->vertices[vertex].node].degree > 2;
}

// The end of the strand whose junction a feature belongs to; -1 for none.
static int near_end(const osm_reader *r, const osm_strand *s, const feature *f) {
  bool zebra = f->mark & OSM_CROSSING;
  double reach = zebra ? CROSSING_REACH_M : LINE_REACH_M;
  double from = r->points[f->point].s_m - r->points[s->point_first].s_m;
  double away[2] = {from, osm_strand_length(r, s) - from};
  int best = -1;
  for (int k = 0; k < 2; k++) {
    bool wrong = f->toward && !zebra && (f->toward > 0) != (k == 1);
    wrong = wrong || (!zebra && s->street.lanes[k == 1 ? 0 : 1] == 0);
    if (!wrong && is_junction(r, s->vertex[k]) && away[k] <= reach &&
        (best < 0 || away[k] < away[best]))
      best = k;
  }
  return best;
}

static bool split(osm_reader *r, feature *f) {
  osm_strand *s = &r->strands[f->strand];
  double from = r->points[f->point].s_m - r->points[s->point_first].s_m;
  if (from < LEAST_SPLIT_M || from > osm_strand_length(r, s) - LEAST_SPLIT_M) {
    r->vertices[s->vertex[from > LEAST_SPLIT_M]].mark |= f->mark;
    return true;
  }
  if (!ARRAY_RESERVE(r->strands, r->strand_capacity, r->strand_count + 1))
    return map_fail_memory(&r->map);
  s = &r->strands[f->strand];
  const osm_point *p = &r->points[f->point];
  int vertex = add_vertex(r, f->node, p->x_m, p->y_m);
  if (vertex < 0)
    return false;
  r->vertices[vertex].mark = f->mark;
  osm_strand *rest = &r->strands[r->strand_count++];
  *rest = *s;
  rest->vertex[0] = s->vertex[1] = vertex;
  rest->way[0] = s->way[1]; // near enough: turns are only banned at junctions
  rest->point_first = f->point;
  rest->point_count = s->point_first + s->point_count - f->point;
  rest->turns[0] = s->turns[1] = (osm_turns){0};
  rest->mark[0] = 0;
  s->point_count = f->point - s->point_first + 1;
  s->mark[1] = 0;
  return true;
}

// From the last to the first of a strand, so that splitting leaves the earlier ones in place.
static bool place_features(graph *g) {
  osm_reader *r = g->r;
  for (int i = g->feature_count - 1; i >= 0; i--) {
    feature *f = &g->features[i];
    osm_strand *s = &r->strands[f->strand];
    int end = near_end(r, s, f);
    if (end >= 0)
      s->mark[end] |= f->mark;
    else if (f->mark & (OSM_CROSSING | OSM_SIGNALS)) {
      if (!split(r, f))
        return false;
    } else {
      map_remark(&r->map, f->at, "a %s away from any crossing is left out",
                 f->mark & OSM_YIELD ? "give-way line" : "stop line");
    }
  }
  return true;
}

bool osm_build_graph(osm_reader *r) {
  graph g = {.r = r};
  bool ok = find_pieces(&g) && index_ends(&g) && drop_twins(&g) && find_crossings(&g) &&
            find_strands(&g) && place_features(&g);
  free(g.features);
  free(g.ends);
  free(g.first);
  free(g.pieces);
  return ok;
}

// Along strands -------------------------------------------------------------------

double osm_strand_length(const osm_reader *r, const osm_strand *s) {
  const osm_point *points = &r->points[s->point_first];
  return points[s->point_count - 1].s_m - points[0].s_m;
}

osm_point osm_strand_at(const osm_reader *r, const osm_strand *strand, double s_m) {
  const osm_point *points = &r->points[strand->point_first];
  int lo = 0, hi = strand->point_count - 1;
  double s = fmax(0, fmin(osm_strand_length(r, strand), s_m)) + points[0].s_m;
  while (hi - lo > 1) {
    int middle = (lo + hi) / 2;
    if (points[middle].s_m <= s)
      lo = middle;
    else
      hi = middle;
  }
  const osm_point *a = &points[lo], *b = &points[hi];
  double u = b->s_m > a->s_m ? (s - a->s_m) / (b->s_m - a->s_m) : 0;
  return (osm_point){a->x_m + u * (b->x_m - a->x_m), a->y_m + u * (b->y_m - a->y_m), s};
}

osm_point osm_arm_at(const osm_reader *r, const osm_arm *arm, double out_m) {
  const osm_strand *s = &r->strands[arm->strand];
  return osm_strand_at(r, s, arm->at_end ? osm_strand_length(r, s) - out_m : out_m);
}
