// SPDX-License-Identifier: Apache-2.0
#include "render/geometry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/shared_array.h"

enum { LEAF_TRIANGLES = 4 };

struct geometry {
  device *dev;
  int mesh_count, mesh_capacity;
  geometry_mesh *meshes;
  shared_array nodes, facets, triangles, vertices;
  shared_array texels;                                  // the first word is no texture's
  int material_count, material_capacity, material_sent; // known on the device
  gpu_material *material_list;
  cl_mem materials;
};

// Brings them to the device when there are more than before.
static status send_materials(geometry *g, trouble *why) {
  if (g->material_sent == g->material_count)
    return STATUS_OK;
  cl_mem all = NULL;
  status result = device_buffer(g->dev, sizeof *g->material_list * (size_t)g->material_count,
                                g->material_list, &all, why);
  if (result)
    return result;
  clFinish(device_queue(g->dev)); // nothing reads the old ones any more
  if (g->materials)
    clReleaseMemObject(g->materials);
  g->materials = all;
  g->material_sent = g->material_count;
  return STATUS_OK;
}

static status create_materials(geometry *g, trouble *why) {
  static const gpu_material table[MATERIAL_COUNT] = {
#define X(NAME, shader_, palette_, class_, r, g, b, roughness_, metallic_)                         \
  {{r, g, b}, roughness_, metallic_, SHADER_##shader_, palette_, class_, 0, 0, {0}, 0, 0, 0, {0}},
      MATERIALS(X)
#undef X
  };
  if (!ARRAY_RESERVE(g->material_list, g->material_capacity, MATERIAL_COUNT))
    return trouble_set(why, STATUS_MEMORY, "no memory for materials");
  memcpy(g->material_list, table, sizeof table);
  g->material_count = MATERIAL_COUNT;
  return send_materials(g, why);
}

status geometry_add_material(geometry *g, const gpu_material *is, int *number, trouble *why) {
  if (g->material_count > UINT16_MAX)
    return trouble_set(why, STATUS_LIMIT, "the meshes have more than %d materials", UINT16_MAX);
  if (!ARRAY_RESERVE(g->material_list, g->material_capacity, g->material_count + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for materials");
  g->material_list[g->material_count] = *is;
  *number = g->material_count++;
  return STATUS_OK;
}

status geometry_add_texture(geometry *g, const uint32_t *words, int count, uint32_t *first,
                            trouble *why) {
  int at = g->texels.count;
  clFinish(device_queue(g->dev));
  uint32_t *to = count < INT_MAX - at ? shared_array_add(&g->texels, count) : NULL;
  if (!to)
    return trouble_set(why, STATUS_MEMORY, "no memory for textures of %d words", count);
  memcpy(to, words, (size_t)count * sizeof *to);
  *first = (uint32_t)at;
  return STATUS_OK;
}

const gpu_material *geometry_materials(const geometry *g, int *count) {
  *count = g->material_count;
  return g->material_list;
}

status geometry_create(geometry **out, device *dev, trouble *why) {
  *out = NULL;
  geometry *g = calloc(1, sizeof *g);
  if (!g)
    return trouble_set(why, STATUS_MEMORY, "no memory for geometry");
  g->dev = dev;
  g->nodes.item_bytes = sizeof(gpu_node);
  g->facets.item_bytes = sizeof(gpu_facet);
  g->triangles.item_bytes = sizeof(gpu_triangle);
  g->vertices.item_bytes = sizeof(gpu_vertex);
  g->texels.item_bytes = sizeof(uint32_t);
  status result = create_materials(g, why);
  uint32_t *none = shared_array_add(&g->texels, 1);
  if (none)
    *none = 0;
  else if (!result)
    result = trouble_set(why, STATUS_MEMORY, "no memory for geometry");
  if (result) {
    shared_array_free(&g->texels);
    free(g->material_list);
    free(g);
    return result;
  }
  *out = g;
  return STATUS_OK;
}

void geometry_destroy(geometry *g) {
  if (!g)
    return;
  clFinish(device_queue(g->dev)); // a frame that failed may have left kernels running
  if (g->materials)
    clReleaseMemObject(g->materials);
  shared_array_free(&g->nodes);
  shared_array_free(&g->facets);
  shared_array_free(&g->triangles);
  shared_array_free(&g->vertices);
  shared_array_free(&g->texels);
  free(g->material_list);
  free(g->meshes);
  free(g);
}

static void triangle_box(const mesh *m, int triangle, bvh_box *out) {
  for (int k = 0; k < 3; k++) {
    out->lo[k] = out->hi[k] = m->vertices[m->indices[3 * triangle]].p[k];
    for (int i = 1; i < 3; i++) {
      float x = m->vertices[m->indices[3 * triangle + i]].p[k];
      out->lo[k] = x < out->lo[k] ? x : out->lo[k];
      out->hi[k] = x > out->hi[k] ? x : out->hi[k];
    }
  }
}

static void copy_triangle(const mesh *m, uint32_t from, uint32_t vertex_first,
                          gpu_triangle *triangle, gpu_facet *facet) {
  const uint32_t *index = m->indices + 3 * from;
  const float *a = m->vertices[index[0]].p, *b = m->vertices[index[1]].p;
  const float *c = m->vertices[index[2]].p;
  for (int k = 0; k < 3; k++) {
    triangle->v[k] = vertex_first + index[k];
    facet->v0[k] = a[k];
    facet->e1[k] = b[k] - a[k];
    facet->e2[k] = c[k] - a[k];
  }
  const float *e1 = facet->e1, *e2 = facet->e2;
  facet->nx = (float)((double)e1[1] * (double)e2[2] - (double)e1[2] * (double)e2[1]);
  facet->ny = (float)((double)e1[2] * (double)e2[0] - (double)e1[0] * (double)e2[2]);
  facet->nz = (float)((double)e1[0] * (double)e2[1] - (double)e1[1] * (double)e2[0]);
  triangle->material = m->materials[from];
}

// Back to what `about` says was there before.
static void cut(geometry *g, const geometry_mesh *about) {
  shared_array_cut(&g->nodes, (int)about->node_first);
  shared_array_cut(&g->facets, (int)about->triangle_first);
  shared_array_cut(&g->triangles, (int)about->triangle_first);
  shared_array_cut(&g->vertices, (int)about->vertex_first);
}

static status add_with_tree(geometry *g, const mesh *m, const bvh *tree, int *number,
                            trouble *why) {
  geometry_mesh about = {.node_first = (uint32_t)g->nodes.count,
                         .triangle_first = (uint32_t)g->triangles.count,
                         .vertex_first = (uint32_t)g->vertices.count,
                         .node_count = tree->node_count,
                         .triangle_count = m->triangle_count,
                         .vertex_count = m->vertex_count,
                         .has_keypoints = m->has_keypoints};
  memcpy(about.keypoints, m->keypoints, sizeof about.keypoints);
  gpu_node *nodes = shared_array_add(&g->nodes, tree->node_count);
  gpu_facet *facets = shared_array_add(&g->facets, m->triangle_count);
  gpu_triangle *triangles = shared_array_add(&g->triangles, m->triangle_count);
  gpu_vertex *vertices = shared_array_add(&g->vertices, m->vertex_count);
  if (!nodes || !facets || !triangles || !vertices ||
      !ARRAY_RESERVE(g->meshes, g->mesh_capacity, g->mesh_count + 1)) {
    cut(g, &about);
    return trouble_set(why, STATUS_MEMORY, "no memory for %d triangles", m->triangle_count);
  }
  mesh_bounds(m, about.bounds.lo, about.bounds.hi);
  memcpy(nodes, tree->nodes, sizeof *nodes * (size_t)tree->node_count);
  for (int i = 0; i < m->triangle_count; i++)
    copy_triangle(m, tree->order[i], about.vertex_first, &triangles[i], &facets[i]);
  _Static_assert(sizeof(gpu_vertex) == sizeof(mesh_vertex), "vertices are copied as they are");
  if (m->vertex_count)
    memcpy(vertices, m->vertices, sizeof *vertices * (size_t)m->vertex_count);
  g->meshes[g->mesh_count] = about;
  *number = g->mesh_count++;
  return STATUS_OK;
}

status geometry_add(geometry *g, const mesh *m, int *number, trouble *why) {
  bvh tree;
  bvh_box *boxes = malloc(sizeof *boxes * (size_t)(m->triangle_count ? m->triangle_count : 1));
  if (!boxes)
    return trouble_set(why, STATUS_MEMORY, "no memory for %d triangles", m->triangle_count);
  for (int i = 0; i < m->triangle_count; i++)
    triangle_box(m, i, &boxes[i]);
  status result = bvh_build(&tree, boxes, m->triangle_count, LEAF_TRIANGLES, why);
  free(boxes);
  if (result)
    return result;
  result = add_with_tree(g, m, &tree, number, why);
  bvh_free(&tree);
  return result;
}

int geometry_count(const geometry *g) {
  return g->mesh_count;
}
const geometry_mesh *geometry_about(const geometry *g, int number) {
  return &g->meshes[number];
}
const gpu_triangle *geometry_triangles(const geometry *g) {
  return g->triangles.items;
}
const gpu_vertex *geometry_vertices(const geometry *g) {
  return g->vertices.items;
}
const gpu_facet *geometry_facets(const geometry *g) {
  return g->facets.items;
}
const gpu_node *geometry_nodes(const geometry *g) {
  return g->nodes.items;
}

const uint32_t *geometry_texels(const geometry *g) {
  return g->texels.items;
}

void geometry_drop(geometry *g, int number) {
  if (number >= g->mesh_count)
    return;
  clFinish(device_queue(g->dev));
  cut(g, &g->meshes[number]);
  g->mesh_count = number;
}

status geometry_upload(geometry *g, geometry_buffers *out, trouble *why) {
  shared_array *all[] = {&g->nodes, &g->facets, &g->triangles, &g->vertices, &g->texels};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    status result = shared_array_upload(all[i], g->dev, why);
    if (result)
      return result;
  }
  status sent = send_materials(g, why);
  if (sent)
    return sent;
  *out = (geometry_buffers){g->nodes.on_device,    g->facets.on_device, g->triangles.on_device,
                            g->vertices.on_device, g->materials,        g->texels.on_device};
  return STATUS_OK;
}
