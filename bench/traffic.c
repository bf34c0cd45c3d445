// SPDX-License-Identifier: Apache-2.0
// How much a step of the traffic takes.
//
// Beside SUMO: the same network (10x10 junctions with signals, from netgenerate, which we read as
// OpenDRIVE), as many cars, steps of 0.1 s, both on one core, in turns. SUMO's cars drive at
// random through the network as ours do. Needs SUMO's programs; without them the bench says so
// and leaves this case out.
//
// linear_10k, linear_100k: nanoseconds of processor time a vehicle and step of 10,000 and 100,000
// cars beside those of 1,000, on grids that grow with them. people: of a person in a city, beside a
// car of 1,000.
#include <libxml/parser.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "bench.h"
#include "grid_map.h"
#include "scenes/script.h"
#include "sim/world.h"

enum { CARS = 1000, SECONDS = 120, STEPS_PER_S = 10, HOPS = 60 };
// A repeat is as many updates for all, so few steps of many cars. After 300 steps a fifth to a
// third of the cars rest in worlds of any size; after 20 hardly any do.
enum { SIZES = 3, PEOPLE = 2000, WARM_STEPS = 300 };

static char folder[] = "/tmp/bench_traffic.XXXXXX";

static void end(int code) {
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command))
    fprintf(stderr, "bench_traffic: %s is left\n", folder);
  exit(code);
}

static void die(const char *what) {
  fprintf(stderr, "bench_traffic: %s\n", what);
  end(1);
}

static char *path_of(const char *name) {
  static char paths[4][96];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static bool shell(const char *command) {
  char line[512];
  snprintf(line, sizeof line, "cd %s && (%s) >>log 2>&1", folder, command);
  return system(line) == 0;
}

// The ways from one of SUMO's edges to the next.
typedef struct edge_link {
  char *from, *to;
} edge_link;

typedef struct edge_links {
  edge_link *list;
  int count;
} edge_links;

static void read_links(const xmlNode *root, edge_links *out) {
  for (const xmlNode *n = root->children; n; n = n->next)
    out->count += n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, "connection");
  out->list = calloc((size_t)out->count + 1, sizeof *out->list);
  if (!out->list)
    die("memory ran out");
  int kept = 0;
  for (xmlNode *n = root->children; n; n = n->next) {
    if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "connection") != 0)
      continue;
    char *from = (char *)xmlGetProp(n, (const xmlChar *)"from");
    char *to = (char *)xmlGetProp(n, (const xmlChar *)"to");
    char *turn = (char *)xmlGetProp(n, (const xmlChar *)"dir");
    if (from && to && turn && from[0] != ':' && turn[0] != 't')
      out->list[kept++] = (edge_link){from, to};
    xmlFree(turn);
  }
  out->count = kept;
}

static const char *draw_next(const edge_links *links, const char *from, rng *r) {
  const char *to = NULL;
  int seen = 0;
  for (int i = 0; i < links->count; i++)
    if (!strcmp(links->list[i].from, from) && rng_below(r, ++seen) == 0)
      to = links->list[i].to;
  return to;
}

// Routes that are longer than the run.
static void write_routes(const edge_links *links) {
  FILE *f = fopen(path_of("routes.xml"), "w");
  if (!f)
    die("cannot write the routes");
  fputs("<routes>\n", f);
  for (int i = 0; i < CARS; i++) {
    rng r = rng_at(1, RNG_TEST, 0, (uint32_t)i, 0);
    const char *edge = links->list[rng_below(&r, links->count)].from;
    fprintf(f,
            "<vehicle id=\"%d\" depart=\"0\" departPos=\"random_free\" departSpeed=\"max\">"
            "<route edges=\"%s",
            i, edge);
    for (int hop = 0; hop < HOPS && (edge = draw_next(links, edge, &r)); hop++)
      fprintf(f, " %s", edge);
    fputs("\"/></vehicle>\n", f);
  }
  fputs("</routes>\n", f);
  if (fclose(f))
    die("cannot write the routes");
}

static void make_network(void) {
  if (!shell("netgenerate --grid --grid.number=10 --grid.length=200 -L 1 -j traffic_light "
             "-o net.xml && netconvert -s net.xml --opendrive-output net.xodr"))
    die("netgenerate and netconvert failed");
  xmlDoc *doc = xmlReadFile(path_of("net.xml"), NULL, XML_PARSE_NONET);
  if (!doc)
    die("cannot read what netgenerate wrote");
  edge_links links = {0};
  read_links(xmlDocGetRootElement(doc), &links);
  write_routes(&links);
  for (int i = 0; i < links.count; i++) {
    xmlFree(links.list[i].from);
    xmlFree(links.list[i].to);
  }
  free(links.list);
  xmlFreeDoc(doc);
}

// Updates of a vehicle in a second, as SUMO counts them itself.
static double run_sumo(void) {
  char command[256], line[256];
  snprintf(command, sizeof command,
           "cd %s && sumo -n net.xml -r routes.xml --step-length %g -e %d --no-step-log "
           "--duration-log.statistics 2>>log",
           folder, 1.0 / STEPS_PER_S, SECONDS);
  FILE *out = popen(command, "r");
  double updates = 0;
  while (out && fgets(line, sizeof line, out))
    sscanf(line, " UPS: %lf", &updates);
  if (!out || pclose(out) || updates <= 0)
    die("sumo failed");
  return updates;
}

static double run_ours(const scene *s) {
  trouble why = {0};
  sim_world *world = NULL;
  if (sim_world_create(&world, s, &why))
    die(why.text);
  double begin_s = bench_now_s();
  for (int i = 0; i < SECONDS * STEPS_PER_S; i++)
    sim_world_step(world, NULL);
  double seconds = bench_now_s() - begin_s;
  sim_world_destroy(world);
  return s->vehicle_count * (double)(SECONDS * STEPS_PER_S) / seconds;
}

static scene *build_scene(script **source, const char *place, int cars, int people) {
  char text[512];
  trouble why = {0};
  scene *out = NULL;
  snprintf(text, sizeof text,
           "return scene { road = %s, step_s = %g, pedestrians = { count = %d }, "
           "traffic = { vehicles = %d, mix = { car = 1 }, drivers = { normal = 1 } } }",
           place, 1.0 / STEPS_PER_S, people, cars - 1); // and the ego
  if (script_open_text(source, "bench.lua", text, folder, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(*source, 1, 0, &out, &why))
    die(why.text);
  if (out->vehicle_count != cars || out->person_count < people) // prams and dogs count, too
    die("the network has no room for the cars and people");
  return out;
}

static void beside_sumo(void) {
  if (system("command -v sumo netgenerate netconvert >/dev/null")) {
    fprintf(stderr, "bench_traffic: skipped, SUMO isn't installed (package sumo)\n");
    return;
  }
  make_network();
  script *source = NULL;
  scene *s = build_scene(&source, "opendrive \"net.xodr\"", CARS, 0);
  bench_samples ours = {0}, peer = {0};
  run_ours(s);
  for (int i = 0; i < BENCH_REPEATS; i++) {
    bench_add(&ours, run_ours(s) * 1e-6);
    bench_add(&peer, run_sumo() * 1e-6);
  }
  bench_report("traffic", "grid10x10_vs_sumo", "Mupdates/s", BENCH_MORE, &ours, "sumo", &peer);
  scene_destroy(s);
  script_close(source);
}

// A world that has got going, and what a step of it takes for each of `things`: cars or people.
typedef struct course {
  script *source;
  scene *scene;
  sim_world *world;
  int steps;
  double things;
  bench_samples ns;
} course;

static void begin_course(course *c, const char *place, int cars, int people) {
  trouble why = {0};
  double begin_s = bench_now_s();
  c->scene = build_scene(&c->source, place, cars, people);
  double built_s = bench_now_s();
  if (sim_world_create(&c->world, c->scene, &why))
    die(why.text);
  fprintf(stderr, "bench_traffic: %d cars, %d people: scene %.2f s, world %.2f s\n", cars, people,
          built_s - begin_s, bench_now_s() - built_s);
  c->things = people ? c->scene->person_count : cars;
  c->steps = (int)(1e6 / c->things);
  for (int i = 0; i < WARM_STEPS; i++)
    sim_world_step(c->world, NULL);
}

// Nobody else takes turns with these, so the time that others have the processor is left out.
static double processor_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void add_to_course(course *c) {
  double begin_s = processor_s();
  for (int i = 0; i < c->steps; i++)
    sim_world_step(c->world, NULL);
  bench_add(&c->ns, (processor_s() - begin_s) * 1e9 / (c->steps * c->things));
}

static void end_course(course *c) {
  sim_world_destroy(c->world);
  scene_destroy(c->scene);
  script_close(c->source);
}

// Some 40 cars a km of lane; of a city of the same streets for people, without cars.
static void by_size(void) {
  static const int size[SIZES] = {5, 14, 41}, cars[SIZES] = {1000, 10000, 100000};
  course by[SIZES] = {0}, people = {0};
  for (int k = 0; k < SIZES; k++) {
    if (!grid_map_write(path_of("grid.xodr"), size[k]))
      die("cannot write the grid");
    begin_course(&by[k], "opendrive \"grid.xodr\"", cars[k], 0);
  }
  begin_course(&people, "grid_city { blocks = { 8, 8 } }", 1, PEOPLE);
  for (int i = 0; i < BENCH_REPEATS; i++) {
    for (int k = 0; k < SIZES; k++)
      add_to_course(&by[k]);
    add_to_course(&people);
  }
  bench_report("traffic", "linear_10k", "ns/step", BENCH_LESS, &by[1].ns, "1k", &by[0].ns);
  bench_report("traffic", "linear_100k", "ns/step", BENCH_LESS, &by[2].ns, "1k", &by[0].ns);
  bench_report("traffic", "people", "ns/step", BENCH_LESS, &people.ns, "car", &by[0].ns);
  for (int k = 0; k < SIZES; k++)
    end_course(&by[k]);
  end_course(&people);
}

int main(void) {
  if (!mkdtemp(folder))
    die("no folder for the networks");
  beside_sumo();
  by_size();
  end(0);
}
