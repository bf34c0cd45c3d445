// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Meshes that users bring: where glTF's axes go, transforms, what is refused and how, and that
// whatever is done to a good file, reading it ends.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/body.h"
#include "scenes/gltf_read.h"
#include "scenes/scene.h"
#include "with_glb.h"

static body_mesh read_wedge(const char *json) {
  size_t size;
  char *bytes = glb_wedge(json, &size);
  body_mesh b;
  trouble why = {0};
  if (gltf_read_body("wedge.glb", bytes, size, &b, &why))
    fail_msg("%s", why.text);
  free(bytes);
  return b;
}

static void near_to(const char *what, double is, double wanted) {
  if (!(fabs(is - wanted) < 1e-5))
    fail_msg("%s is %g, not %g", what, is, wanted);
}

static void front_is_x_left_is_y_top_is_z(void **state) {
  (void)state;
  body_mesh b = read_wedge(NULL);
  near_to("length", b.size_m[0], 4);
  near_to("width", b.size_m[1], 2);
  near_to("height", b.size_m[2], 1);
  assert_int_equal(b.triangle_count, 8);
  near_to("red", (double)b.of[b.materials[0]].base[0], 0.5);
  near_to("roughness", (double)b.of[b.materials[0]].roughness, 0.75);
  double volume = 0, front_height = 0;
  for (int i = 0; i < b.triangle_count; i++) {
    const float *p[3];
    for (int k = 0; k < 3; k++)
      p[k] = b.positions[b.indices[3 * i + k]];
    // Outward faces enclose a positive volume; the wedge is sharp in front.
    for (int k = 0; k < 3; k++) {
      int m = (k + 1) % 3, n = (k + 2) % 3;
      volume += (double)(p[0][k] * (p[1][m] * p[2][n] - p[1][n] * p[2][m])) / 6;
      if (p[k][0] > 1.99f)
        front_height = fmax(front_height, (double)p[k][2]);
      assert_true(p[k][2] > -1e-5f);
    }
  }
  near_to("volume", volume, 4);
  near_to("height in front", front_height, 0);
  body_mesh_free(&b);
}

static char *replaced(const char *from, const char *by) {
  const char *at = strstr(glb_wedge_json, from);
  assert_non_null(at);
  size_t size = strlen(glb_wedge_json) + strlen(by) + 1;
  char *out = calloc(size, 1);
  snprintf(out, size, "%.*s%s%s", (int)(at - glb_wedge_json), glb_wedge_json, by,
           at + strlen(from));
  return out;
}

static void mirrored_nodes_keep_their_outside_out(void **state) {
  (void)state;
  char *json = replaced("[2,1,4]", "[-2,1,4]");
  body_mesh b = read_wedge(json);
  double volume = 0;
  for (int i = 0; i < b.triangle_count; i++) {
    const float *p = b.positions[b.indices[3 * i]], *q = b.positions[b.indices[3 * i + 1]];
    const float *r = b.positions[b.indices[3 * i + 2]];
    volume += (double)(p[0] * (q[1] * r[2] - q[2] * r[1]) + p[1] * (q[2] * r[0] - q[0] * r[2]) +
                       p[2] * (q[0] * r[1] - q[1] * r[0])) /
              6;
    // Flat normals look out as the corners say.
    const float *n = b.normals[b.indices[3 * i]];
    double e[3], f[3];
    for (int k = 0; k < 3; k++)
      e[k] = (double)(q[k] - p[k]), f[k] = (double)(r[k] - p[k]);
    double along = 0;
    for (int k = 0; k < 3; k++)
      along += (double)n[k] * (e[(k + 1) % 3] * f[(k + 2) % 3] - e[(k + 2) % 3] * f[(k + 1) % 3]);
    assert_true(along > 0);
  }
  near_to("volume", volume, 4);
  body_mesh_free(&b);
  free(json);
}

static void normals_of_its_own_turn_along_and_lone_vertices_stay_behind(void **state) {
  (void)state;
  size_t size;
  char *bytes = glb_smooth(&size);
  body_mesh b;
  trouble why = {0};
  if (gltf_read_body("smooth.glb", bytes, size, &b, &why))
    fail_msg("%s", why.text);
  near_to("length", b.size_m[0], 2);
  near_to("width", b.size_m[1], 4);
  near_to("height", b.size_m[2], 1);
  assert_int_equal(b.triangle_count, 8);
  assert_in_range(b.vertex_count, 6, 12); // of two primitives, without the seventh
  double volume = 0, middle[3] = {0};
  for (int i = 0; i < b.vertex_count; i++)
    for (int k = 0; k < 3; k++) {
      assert_true(fabs((double)b.positions[i][k]) < 3);
      middle[k] += (double)b.positions[i][k] / b.vertex_count;
    }
  for (int i = 0; i < b.vertex_count; i++) {
    double out = 0, length = 0;
    for (int k = 0; k < 3; k++) {
      out += (double)b.normals[i][k] * ((double)b.positions[i][k] - middle[k]);
      length += (double)b.normals[i][k] * (double)b.normals[i][k];
    }
    near_to("normal's length", length, 1);
    assert_true(out > 0);
  }
  for (int i = 0; i < b.triangle_count; i++) {
    const float *p = b.positions[b.indices[3 * i]], *q = b.positions[b.indices[3 * i + 1]];
    const float *r = b.positions[b.indices[3 * i + 2]];
    for (int k = 0; k < 3; k++) {
      int m = (k + 1) % 3, n = (k + 2) % 3;
      volume += (double)(p[k] * (q[m] * r[n] - q[n] * r[m])) / 6;
    }
  }
  near_to("volume", volume, 4);
  body_mesh_free(&b);
  free(bytes);
}

static void refuse(const char *bytes, size_t size, const char *says) {
  body_mesh b;
  trouble why = {0};
  status got = gltf_read_body("bad.glb", bytes, size, &b, &why);
  if (!got || !strstr(why.text, says) || strchr(why.text, '\n'))
    fail_msg("wanted \"%s\", got %d \"%s\"", says, (int)got, why.text);
  assert_true(b.vertex_count == 0 && !b.positions && !b.indices);
}

static void what_cant_be_is_one_clear_line(void **state) {
  (void)state;
  static const struct {
    const char *from, *by, *says;
  } bad[] = {
      {"\"count\":24", "\"count\":25", "accessor 1 reaches beyond its data"},
      {"\"count\":6", "\"count\":2000000000", "2000000000 values"},
      {"\"count\":6", "\"count\":-1", "outside the file"},
      {"\"count\":24", "\"count\":0", "outside the file"},
      {"\"byteOffset\":72", "\"byteOffset\":720000", "outside the file"},
      {"\"byteLength\":72", "\"byteLength\":9223372036854775807", "outside the file"},
      {"\"POSITION\":0", "\"POSITION\":7", "no accessor 7"},
      {"\"componentType\":5123", "\"componentType\":5126", "reaches beyond its data"},
      {"\"indices\":1", "\"indices\":0", "isn't one of meshes"},
      {"\"material\":0", "\"material\":4", "material 4 of 1"},
      {"\"children\":[1]", "\"children\":[0]", "deeper than"},
      {"\"children\":[1]", "\"children\":[9]", "no node 9"},
      {"\"nodes\":[0]", "\"nodes\":[]", "no triangles"},
      {"\"scale\":[2,1,4]", "\"scale\":[2,1e300,4]", "isn't a place"},
      {"\"scene\":0", "\"extensionsRequired\":[\"KHR_draco_mesh_compression\"],\"scene\":0",
       "KHR_draco_mesh_compression"},
      {"\"byteLength\":120", "\"uri\":\"car.bin\",\"byteLength\":120", "another file"},
      {"{\"asset\"", "{{\"asset\"", "JSON can't be read"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char *json = replaced(bad[i].from, bad[i].by);
    size_t size;
    char *bytes = glb_wedge(json, &size);
    refuse(bytes, size, bad[i].says);
    free(bytes);
    free(json);
  }
  size_t size;
  char *bytes = glb_wedge(NULL, &size);
  const float nan_ = NAN;
  memcpy(bytes + size - 120, &nan_, sizeof nan_);
  refuse(bytes, size, "isn't a place");
  memcpy(bytes + size - 120, "\0\0\0\0", 4);
  bytes[size - 48] = 77;
  refuse(bytes, size, "index 77 is beyond a mesh's 6 vertices");
  bytes[4] = 1;
  refuse(bytes, size, "is glTF 1; only 2.0");
  refuse("PK\3\4 this is a zip file", 23, "isn't binary glTF");
  free(bytes);
}

// A short file may ask for much work: meshes shown again and again, and JSON without end.
static void bombs_are_refused(void **state) {
  (void)state;
  char *json = calloc(1 << 16, 1), *at = json;
  at += sprintf(at, "{\"asset\":{\"version\":\"2.0\"},\"scenes\":[{\"nodes\":[0]}],"
                    "\"nodes\":[{\"children\":[1");
  for (int i = 0; i < 300; i++)
    at += sprintf(at, ",1");
  at += sprintf(at, "]},{\"mesh\":0}],\"meshes\":[{\"primitives\":[{\"mode\":1}");
  for (int i = 0; i < 1000; i++)
    at += sprintf(at, ",{\"mode\":1}");
  sprintf(at, "]}]}");
  size_t size;
  char *bytes = glb_make(json, "", 0, &size);
  refuse(bytes, size, "too often");
  free(bytes);
  free(json);
  size_t much = (size_t)9 << 20;
  char *wide = malloc(much + 1);
  memset(wide, ' ', much);
  wide[0] = '{', wide[much - 1] = '}', wide[much] = 0;
  bytes = glb_make(wide, "", 0, &size);
  refuse(bytes, size, "its JSON has");
  free(bytes);
  free(wide);
}

static void nothing_to_see_and_terminals_words_are_refused(void **state) {
  (void)state;
  static const float thin[3][3] = {{0, 0, 0}, {1.8f, 1.4f, 4.4f}, {0, 0, 0}};
  static const char json[] =
      "{\"scenes\":[{\"nodes\":[0]}],\"nodes\":[{\"mesh\":0}],"
      "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0}}]}],"
      "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":3,\"type\":\"VEC3\"}],"
      "\"bufferViews\":[{\"buffer\":0,\"byteLength\":36}],\"buffers\":[{\"byteLength\":36}]}";
  static const char *const texts[][2] = {{json, "none of its triangles has an area"},
                                         {"{\"extensionsRequired\":[\"\\u001b[2J\\nK\\u009bX\"]}",
                                          "needs the extension ?[2J?K??X, which"},
                                         {"{\"a\":0\x1b[2J\n}", "its JSON can't be read"}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    size_t size;
    body_mesh b;
    trouble why = {0};
    char *bytes = glb_make(texts[i][0], thin, sizeof thin, &size);
    assert_int_equal(gltf_read_body("x.glb", bytes, size, &b, &why), STATUS_SYNTAX);
    if (!strstr(why.text, texts[i][1]) || strpbrk(why.text, "\n\x1b"))
      fail_msg("'%s' for '%s'", why.text, texts[i][1]);
    free(bytes);
  }
}

static void cut_files_are_refused(void **state) {
  (void)state;
  size_t size;
  char *bytes = glb_wedge(NULL, &size);
  for (size_t length = 0; length < size; length++) {
    char *cut = malloc(length + 1); // so that sanitizers see what is read past the end
    memcpy(cut, bytes, length);
    refuse(cut, length, length < 20 ? "isn't binary glTF" : "cut off");
    free(cut);
  }
  free(bytes);
}

static void a_file_with_other_bytes_is_read_or_refused(void **state) {
  (void)state;
  int read = 0, refused = 0;
  for (uint32_t n = 0; n < 20000; n++) {
    rng r = rng_at(31, RNG_TEST, 0, n, 0);
    size_t size;
    char *bytes = n % 3 ? glb_wedge(NULL, &size) : glb_smooth(&size);
    for (int k = rng_below(&r, 3); k >= 0; k--)
      bytes[rng_below(&r, (int)size)] =
          (char)(n % 2 ? rng_below(&r, 256) : '0' + rng_below(&r, 10));
    body_mesh b;
    trouble why = {0};
    if (gltf_read_body("damaged.glb", bytes, size, &b, &why)) {
      assert_true(why.text[0] != 0);
      refused++;
    } else {
      for (int i = 0; i < 3 * b.triangle_count; i++)
        assert_true(b.indices[i] < (uint32_t)b.vertex_count);
      for (int i = 0; i < b.triangle_count; i++)
        assert_true(b.materials[i] < b.material_count);
      for (int i = 0; i < b.vertex_count; i++)
        for (int k = 0; k < 3; k++)
          assert_true(isfinite(b.positions[i][k]) && isfinite(b.normals[i][k]));
      body_mesh_free(&b);
      read++;
    }
    free(bytes);
  }
  if (read < 1000 || refused < 1000)
    fail_msg("%d read, %d refused", read, refused);
}

static void bodies_have_sizes_of_their_class(void **state) {
  (void)state;
  char text[256];
  const double car[3] = {4.4, 1.8, 1.5}, centimetres[3] = {440, 180, 150},
               aside[3] = {1.8, 4.4, 1.5};
  assert_null(body_misfit(THING_CAR, car, text, sizeof text));
  assert_non_null(strstr(body_misfit(THING_CAR, centimetres, text, sizeof text), "440 x 180"));
  assert_non_null(strstr(body_misfit(THING_CAR, aside, text, sizeof text), "long"));
  assert_non_null(body_misfit(THING_BUS, car, text, sizeof text));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(front_is_x_left_is_y_top_is_z),
      cmocka_unit_test(mirrored_nodes_keep_their_outside_out),
      cmocka_unit_test(normals_of_its_own_turn_along_and_lone_vertices_stay_behind),
      cmocka_unit_test(what_cant_be_is_one_clear_line),
      cmocka_unit_test(bombs_are_refused),
      cmocka_unit_test(nothing_to_see_and_terminals_words_are_refused),
      cmocka_unit_test(cut_files_are_refused),
      cmocka_unit_test(a_file_with_other_bytes_is_read_or_refused),
      cmocka_unit_test(bodies_have_sizes_of_their_class),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
