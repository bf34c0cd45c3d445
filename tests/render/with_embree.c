// SPDX-License-Identifier: Apache-2.0
#include "with_embree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static RTCScene make_mesh(RTCDevice device_, const geometry *shapes, int number, bool robust) {
  const geometry_mesh *about = geometry_about(shapes, number);
  const gpu_vertex *vertices = geometry_vertices(shapes) + about->vertex_first;
  const gpu_triangle *triangles = geometry_triangles(shapes) + about->triangle_first;
  RTCScene out = rtcNewScene(device_);
  rtcSetSceneFlags(out, robust ? RTC_SCENE_FLAG_ROBUST : RTC_SCENE_FLAG_NONE);
  RTCGeometry g = rtcNewGeometry(device_, RTC_GEOMETRY_TYPE_TRIANGLE);
  float *v = rtcSetNewGeometryBuffer(g, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                                     3 * sizeof(float), (size_t)about->vertex_count);
  for (int i = 0; i < about->vertex_count; i++)
    memcpy(v + 3 * i, vertices[i].p, 3 * sizeof(float));
  unsigned *index = rtcSetNewGeometryBuffer(g, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                                            3 * sizeof(unsigned), (size_t)about->triangle_count);
  for (int i = 0; i < about->triangle_count; i++)
    for (int k = 0; k < 3; k++)
      index[3 * i + k] = triangles[i].v[k] - about->vertex_first;
  rtcCommitGeometry(g);
  rtcAttachGeometry(out, g);
  rtcReleaseGeometry(g);
  rtcCommitScene(out);
  return out;
}

static int mesh_of(const geometry *shapes, const gpu_instance *it) {
  for (int i = 0; i < geometry_count(shapes); i++)
    if (geometry_about(shapes, i)->node_first == it->root)
      return i;
  abort();
}

// Where an instance is; a wheel turns further than two poses can tell.
static pose spun(const gpu_instance *it, double u) {
  const float *a = it->begin_q, *b = it->end_q;
  pose begin = {{it->begin_p[0], it->begin_p[1], it->begin_p[2]}, {a[3], a[0], a[1], a[2]}};
  pose end = {{it->end_p[0], it->end_p[1], it->end_p[2]}, {b[3], b[0], b[1], b[2]}};
  pose at = pose_between(begin, end, u);
  double half = (double)it->spin * u / 2;
  return (pose){at.p_m, quat_multiply(at.q, (quat){cos(half), 0, sin(half), 0})};
}

static void add_instance(embree_town *e, int mesh_number, unsigned id, const gpu_instance *it) {
  RTCGeometry g = rtcNewGeometry(e->device, RTC_GEOMETRY_TYPE_INSTANCE);
  rtcSetGeometryInstancedScene(g, e->meshes[mesh_number]);
  unsigned steps = it->spin != 0 ? 33 : it->moving ? 2 : 1;
  rtcSetGeometryTimeStepCount(g, steps);
  for (unsigned step = 0; step < steps; step++) {
    pose at = spun(it, steps > 1 ? (double)step / (steps - 1) : 0);
    struct RTCQuaternionDecomposition d;
    rtcInitQuaternionDecomposition(&d);
    rtcQuaternionDecompositionSetQuaternion(&d, (float)at.q.w, (float)at.q.x, (float)at.q.y,
                                            (float)at.q.z);
    rtcQuaternionDecompositionSetTranslation(&d, (float)at.p_m.x, (float)at.p_m.y, (float)at.p_m.z);
    rtcQuaternionDecompositionSetScale(&d, it->scale[0], it->scale[1], it->scale[2]);
    rtcSetGeometryTransformQuaternion(g, step, &d);
  }
  rtcCommitGeometry(g);
  rtcAttachGeometryByID(e->top, g, id);
  rtcReleaseGeometry(g);
}

void embree_create(embree_town *e, const geometry *shapes, const trace_top *top, bool robust) {
  e->device = rtcNewDevice("threads=2");
  e->top = rtcNewScene(e->device);
  rtcSetSceneFlags(e->top, robust ? RTC_SCENE_FLAG_ROBUST : RTC_SCENE_FLAG_NONE);
  e->mesh_count = geometry_count(shapes);
  e->meshes = calloc((size_t)e->mesh_count + 1, sizeof *e->meshes);
  for (int i = 0; i < top->count; i++) {
    int number = mesh_of(shapes, &top->instances[i]);
    if (!e->meshes[number])
      e->meshes[number] = make_mesh(e->device, shapes, number, robust);
    add_instance(e, number, (unsigned)i, &top->instances[i]);
  }
  rtcCommitScene(e->top);
}

void embree_destroy(embree_town *e) {
  for (int i = 0; i < e->mesh_count; i++)
    if (e->meshes[i])
      rtcReleaseScene(e->meshes[i]);
  free(e->meshes);
  rtcReleaseScene(e->top);
  rtcReleaseDevice(e->device);
}
