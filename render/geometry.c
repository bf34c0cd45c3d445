// SPDX-License-Identifier: Apache-2.0
#include "render/geometry.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { LEAF_TRIANGLES = 4 };

struct geometry {
  device *dev;
  int mesh_count, mesh_capacity;
  geometry_mesh *meshes;
  int node_count, node_capacity, facet_capacity, triangle_count, triangle_capacity;
  int vertex_count, vertex_capacity;
  gpu_node *nodes;
  gpu_facet *facets;
  gpu_triangle *triangles;
  gpu_vertex *vertices;
  // How many of each the device has, and the buffers' sizes in bytes.
  int node_sent, triangle_sent, vertex_sent;
  size_t node_bytes, facet_bytes, triangle_bytes, vertex_bytes;
  geometry_buffers on_device;
};

static status create_materials(geometry *g, trouble *why) {
  static const gpu_material table[MATERIAL_COUNT] = {
#define X(NAME, shader_, palette_, class_, r, g, b, roughness_, metallic_)                         \
  {{r, g, b}, roughness_, metallic_, SHADER_##shader_, palette_, class_},
      MATERIALS(X)
#undef X
  };
  return device_buffer(g->dev, sizeof table, table, &g->on_device.materials, why);
}

status geometry_create(geometry **out, device *dev, trouble *why) {
  *out = NULL;
  geometry *g = calloc(1, sizeof *g);
  if (!g)
    return trouble_set(why, STATUS_MEMORY, "no memory for geometry");
  g->dev = dev;
  status result = create_materials(g, why);
  if (result) {
    free(g);
    return result;
  }
  *out = g;
  return STATUS_OK;
}

void geometry_destroy(geometry *g) {
  if (!g)
    return;
  cl_mem buffers[] = {g->on_device.nodes, g->on_device.facets, g->on_device.triangles,
                      g->on_device.vertices, g->on_device.materials};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
    if (buffers[i])
      clReleaseMemObject(buffers[i]);
  free(g->meshes);
  free(g->nodes);
  free(g->facets);
  free(g->triangles);
  free(g->vertices);
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

static void copy_triangle(geometry *g, const mesh *m, uint32_t from, int to,
                          uint32_t vertex_first) {
  gpu_triangle *triangle = &g->triangles[to];
  gpu_facet *facet = &g->facets[to];
  const uint32_t *index = m->indices + 3 * from;
  const float *a = m->vertices[index[0]].p, *b = m->vertices[index[1]].p;
  const float *c = m->vertices[index[2]].p;
  for (int k = 0; k < 3; k++) {
    triangle->v[k] = vertex_first + index[k];
    facet->v0[k] = a[k];
    facet->e1[k] = b[k] - a[k];
    facet->e2[k] = c[k] - a[k];
  }
  facet->v0[3] = facet->e1[3] = facet->e2[3] = 0;
  triangle->material = m->materials[from];
}

static bool make_room(geometry *g, const mesh *m, const bvh *tree) {
  return ARRAY_RESERVE(g->meshes, g->mesh_capacity, g->mesh_count + 1) &&
         ARRAY_RESERVE(g->nodes, g->node_capacity, g->node_count + tree->node_count) &&
         ARRAY_RESERVE(g->facets, g->facet_capacity, g->triangle_count + m->triangle_count) &&
         ARRAY_RESERVE(g->triangles, g->triangle_capacity, g->triangle_count + m->triangle_count) &&
         ARRAY_RESERVE(g->vertices, g->vertex_capacity, g->vertex_count + m->vertex_count);
}

status geometry_add(geometry *g, const mesh *m, int *number, trouble *why) {
  bvh tree = {0};
  status result = STATUS_OK;
  bvh_box *boxes = malloc(sizeof *boxes * (size_t)(m->triangle_count ? m->triangle_count : 1));
  if (!boxes)
    return trouble_set(why, STATUS_MEMORY, "no memory for %d triangles", m->triangle_count);
  for (int i = 0; i < m->triangle_count; i++)
    triangle_box(m, i, &boxes[i]);
  result = bvh_build(&tree, boxes, m->triangle_count, LEAF_TRIANGLES, why);
  if (result)
    goto free_boxes;
  if (!make_room(g, m, &tree)) {
    result = trouble_set(why, STATUS_MEMORY, "no memory for %d triangles", m->triangle_count);
    goto free_tree;
  }
  geometry_mesh *about = &g->meshes[g->mesh_count];
  *about = (geometry_mesh){.node_first = (uint32_t)g->node_count,
                           .triangle_first = (uint32_t)g->triangle_count,
                           .vertex_first = (uint32_t)g->vertex_count,
                           .node_count = tree.node_count,
                           .triangle_count = m->triangle_count,
                           .vertex_count = m->vertex_count};
  mesh_bounds(m, about->bounds.lo, about->bounds.hi);
  memcpy(g->nodes + g->node_count, tree.nodes, sizeof *g->nodes * (size_t)tree.node_count);
  for (int i = 0; i < m->triangle_count; i++)
    copy_triangle(g, m, tree.order[i], g->triangle_count + i, about->vertex_first);
  _Static_assert(sizeof(gpu_vertex) == sizeof(mesh_vertex), "vertices are copied as they are");
  if (m->vertex_count)
    memcpy(g->vertices + g->vertex_count, m->vertices,
           sizeof *g->vertices * (size_t)m->vertex_count);
  g->node_count += tree.node_count;
  g->triangle_count += m->triangle_count;
  g->vertex_count += m->vertex_count;
  *number = g->mesh_count++;
free_tree:
  bvh_free(&tree);
free_boxes:
  free(boxes);
  return result;
}

int geometry_count(const geometry *g) {
  return g->mesh_count;
}
const geometry_mesh *geometry_about(const geometry *g, int number) {
  return &g->meshes[number];
}
const gpu_triangle *geometry_triangles(const geometry *g) {
  return g->triangles;
}
const gpu_vertex *geometry_vertices(const geometry *g) {
  return g->vertices;
}
const gpu_facet *geometry_facets(const geometry *g) {
  return g->facets;
}
const gpu_node *geometry_nodes(const geometry *g) {
  return g->nodes;
}

static int least(int a, int b) {
  return a < b ? a : b;
}

void geometry_drop(geometry *g, int number) {
  if (number >= g->mesh_count)
    return;
  const geometry_mesh *first = &g->meshes[number];
  g->node_count = (int)first->node_first;
  g->triangle_count = (int)first->triangle_first;
  g->vertex_count = (int)first->vertex_first;
  g->mesh_count = number;
  g->node_sent = least(g->node_sent, g->node_count);
  g->triangle_sent = least(g->triangle_sent, g->triangle_count);
  g->vertex_sent = least(g->vertex_sent, g->vertex_count);
}

// Writes items [sent, count) of an array; all of them when the buffer had to grow.
static status send(geometry *g, cl_mem *buffer, size_t *bytes, const void *items, size_t item,
                   int sent, int count, trouble *why) {
  size_t before = *bytes;
  status result = device_reserve(g->dev, buffer, bytes, item * (size_t)count, why);
  if (result)
    return result;
  if (*bytes != before)
    sent = 0;
  if (sent == count)
    return STATUS_OK;
  cl_int code = clEnqueueWriteBuffer(device_queue(g->dev), *buffer, CL_TRUE, item * (size_t)sent,
                                     item * (size_t)(count - sent),
                                     (const char *)items + item * (size_t)sent, 0, NULL, NULL);
  return device_status(code, "clEnqueueWriteBuffer (geometry)", why);
}

status geometry_upload(geometry *g, geometry_buffers *out, trouble *why) {
  status result;
  geometry_buffers *d = &g->on_device;
  result = send(g, &d->nodes, &g->node_bytes, g->nodes, sizeof *g->nodes, g->node_sent,
                g->node_count, why);
  if (result)
    return result;
  result = send(g, &d->facets, &g->facet_bytes, g->facets, sizeof *g->facets, g->triangle_sent,
                g->triangle_count, why);
  if (result)
    return result;
  result = send(g, &d->triangles, &g->triangle_bytes, g->triangles, sizeof *g->triangles,
                g->triangle_sent, g->triangle_count, why);
  if (result)
    return result;
  result = send(g, &d->vertices, &g->vertex_bytes, g->vertices, sizeof *g->vertices, g->vertex_sent,
                g->vertex_count, why);
  if (result)
    return result;
  g->node_sent = g->node_count;
  g->triangle_sent = g->triangle_count;
  g->vertex_sent = g->vertex_count;
  *out = *d;
  return STATUS_OK;
}
