// SPDX-License-Identifier: Apache-2.0
// Materials: one table for meshes (host) and shading (kernels).
#ifndef RENDER_KERNELS_MATERIALS_H
#define RENDER_KERNELS_MATERIALS_H

// How a material is shaded; kernels/surface.cl has a function for each.
// clang-format off
#define SHADERS(X)                                                                                 \
  X(PLAIN) X(ASPHALT) X(PAVING) X(CONCRETE) X(GRASS) X(EARTH) X(FIELD) X(ROAD_MARK) X(CAR_PAINT)   \
  X(CAR_GLASS) X(WINDOW) X(SHOP_WINDOW) X(BRICK) X(PLASTER) X(ROOF_TILE) X(WOOD) X(BARK) X(LEAF)   \
  X(SKIN) X(CLOTH) X(HAIR) X(RUBBER) X(METAL) X(PLASTIC) X(HEADLAMP) X(TAIL_LAMP)                  \
  X(LEFT_INDICATOR) X(RIGHT_INDICATOR) X(SIGNAL_RED) X(SIGNAL_YELLOW) X(SIGNAL_GREEN)              \
  X(WORK_LAMP) X(BLUE_LEFT) X(BLUE_RIGHT) X(STREET_LAMP) X(SIGN_FACE) X(BILLBOARD) X(PLATE) X(SHOP_SIGN) X(REFLECTOR) \
  X(TEXTURE) X(TEXTURE_PAINT)
// clang-format on

typedef enum shader {
#define X(NAME) SHADER_##NAME,
  SHADERS(X)
#undef X
      SHADER_COUNT
} shader;

// X(NAME, shader, palette slot or -1, semantic or 0 (the instance's), r, g, b linear albedo,
//   roughness, metallic). A palette slot multiplies the instance's colour by r, g, b.
#define MATERIALS(X)                                                                               \
  X(ASPHALT, ASPHALT, -1, 1, 0.10f, 0.10f, 0.105f, 0.9f, 0.0f)                                     \
  X(SIDEWALK, PAVING, -1, 2, 0.34f, 0.33f, 0.31f, 0.85f, 0.0f)                                     \
  X(KERB, CONCRETE, -1, 2, 0.42f, 0.41f, 0.39f, 0.85f, 0.0f)                                       \
  X(GRASS, GRASS, -1, 10, 0.085f, 0.14f, 0.035f, 0.95f, 0.0f)                                      \
  X(EARTH, EARTH, -1, 10, 0.16f, 0.12f, 0.08f, 0.95f, 0.0f)                                        \
  X(GROUND_PAVING, PAVING, -1, 25, 0.30f, 0.29f, 0.28f, 0.85f, 0.0f)                               \
  X(MARK_WHITE, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                                \
  X(MARK_YELLOW, ROAD_MARK, -1, 24, 0.70f, 0.48f, 0.06f, 0.6f, 0.0f)                               \
  X(MARK_BROKEN_WHITE, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                         \
  X(MARK_BROKEN_YELLOW, ROAD_MARK, -1, 24, 0.70f, 0.48f, 0.06f, 0.6f, 0.0f)                        \
  X(MARK_DOUBLE_WHITE, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                         \
  X(MARK_DOUBLE_YELLOW, ROAD_MARK, -1, 24, 0.70f, 0.48f, 0.06f, 0.6f, 0.0f)                        \
  X(MARK_STOP, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                                 \
  X(MARK_CROSSING, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                             \
  X(MARK_SYMBOL, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                               \
  X(MARK_AREA, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                                 \
  X(MARK_BAY, ROAD_MARK, -1, 24, 0.72f, 0.72f, 0.70f, 0.6f, 0.0f)                                  \
  X(GUARD_RAIL, METAL, -1, 28, 0.55f, 0.56f, 0.57f, 0.45f, 0.9f)                                   \
  X(BARRIER, CONCRETE, -1, 4, 0.40f, 0.40f, 0.38f, 0.85f, 0.0f)                                    \
  X(CAR_PAINT, CAR_PAINT, 0, 0, 1.0f, 1.0f, 1.0f, 0.25f, 0.0f)                                     \
  X(CAR_PAINT_2, CAR_PAINT, 1, 0, 1.0f, 1.0f, 1.0f, 0.25f, 0.0f)                                   \
  X(CAR_GLASS, CAR_GLASS, -1, 0, 0.02f, 0.025f, 0.025f, 0.04f, 0.0f)                               \
  X(CAR_INTERIOR, PLASTIC, 2, 0, 1.0f, 1.0f, 1.0f, 0.8f, 0.0f)                                     \
  X(CAR_TRIM, PLASTIC, -1, 0, 0.025f, 0.025f, 0.027f, 0.5f, 0.0f)                                  \
  X(CAR_SEAM, PLASTIC, -1, 0, 0.008f, 0.008f, 0.008f, 0.8f, 0.0f)                                  \
  X(CHROME, METAL, -1, 0, 0.75f, 0.76f, 0.78f, 0.12f, 1.0f)                                        \
  X(RIM, METAL, 3, 0, 1.0f, 1.0f, 1.0f, 0.3f, 0.9f)                                                \
  X(TYRE, RUBBER, -1, 0, 0.022f, 0.022f, 0.024f, 0.9f, 0.0f)                                       \
  X(HEADLAMP, HEADLAMP, -1, 0, 0.75f, 0.77f, 0.80f, 0.1f, 0.0f)                                    \
  X(TAIL_LAMP, TAIL_LAMP, -1, 0, 0.35f, 0.01f, 0.01f, 0.15f, 0.0f)                                 \
  X(LEFT_INDICATOR, LEFT_INDICATOR, -1, 0, 0.60f, 0.25f, 0.02f, 0.15f, 0.0f)                       \
  X(RIGHT_INDICATOR, RIGHT_INDICATOR, -1, 0, 0.60f, 0.25f, 0.02f, 0.15f, 0.0f)                     \
  X(BLUE_LEFT, BLUE_LEFT, -1, 0, 0.03f, 0.08f, 0.45f, 0.12f, 0.0f)                                 \
  X(BLUE_RIGHT, BLUE_RIGHT, -1, 0, 0.03f, 0.08f, 0.45f, 0.12f, 0.0f)                               \
  X(PLATE, PLATE, -1, 0, 0.75f, 0.75f, 0.72f, 0.5f, 0.0f)                                          \
  X(TOP, CLOTH, 0, 0, 1.0f, 1.0f, 1.0f, 0.95f, 0.0f)                                               \
  X(TROUSERS, CLOTH, 1, 0, 1.0f, 1.0f, 1.0f, 0.95f, 0.0f)                                          \
  X(SKIN, SKIN, 2, 0, 1.0f, 1.0f, 1.0f, 0.55f, 0.0f)                                               \
  X(HAIR, HAIR, 3, 0, 1.0f, 1.0f, 1.0f, 0.6f, 0.0f)                                                \
  X(SHOE, RUBBER, -1, 0, 0.05f, 0.04f, 0.035f, 0.6f, 0.0f)                                         \
  X(BAG, CLOTH, -1, 0, 0.12f, 0.06f, 0.04f, 0.8f, 0.0f)                                            \
  X(WALL_BRICK, BRICK, 0, 3, 1.0f, 1.0f, 1.0f, 0.9f, 0.0f)                                         \
  X(WALL_PLASTER, PLASTER, 0, 3, 1.0f, 1.0f, 1.0f, 0.9f, 0.0f)                                     \
  X(WALL_CONCRETE, CONCRETE, 0, 3, 1.0f, 1.0f, 1.0f, 0.85f, 0.0f)                                  \
  X(WALL_METAL, METAL, 0, 3, 1.0f, 1.0f, 1.0f, 0.5f, 0.3f)                                         \
  X(TRIM, PLASTER, 1, 3, 1.0f, 1.0f, 1.0f, 0.85f, 0.0f)                                            \
  X(ROOF, ROOF_TILE, 2, 3, 1.0f, 1.0f, 1.0f, 0.85f, 0.0f)                                          \
  X(ROOF_FLAT, CONCRETE, -1, 3, 0.16f, 0.16f, 0.16f, 0.95f, 0.0f)                                  \
  X(WINDOW, WINDOW, -1, 3, 0.03f, 0.035f, 0.04f, 0.05f, 0.0f)                                      \
  X(WINDOW_FRAME, PLASTIC, -1, 3, 0.65f, 0.65f, 0.63f, 0.5f, 0.0f)                                 \
  X(SHOP_WINDOW, SHOP_WINDOW, -1, 3, 0.04f, 0.045f, 0.05f, 0.05f, 0.0f)                            \
  X(SHOP_SIGN, SHOP_SIGN, 3, 3, 1.0f, 1.0f, 1.0f, 0.6f, 0.0f)                                      \
  X(AWNING, CLOTH, 3, 3, 1.0f, 1.0f, 1.0f, 0.9f, 0.0f)                                             \
  X(DOOR, WOOD, 1, 3, 0.5f, 0.4f, 0.3f, 0.6f, 0.0f)                                                \
  X(RAILING, METAL, -1, 3, 0.05f, 0.05f, 0.055f, 0.5f, 0.5f)                                       \
  X(BARK, BARK, -1, 9, 0.13f, 0.09f, 0.06f, 0.95f, 0.0f)                                           \
  X(LEAF, LEAF, 0, 9, 1.0f, 1.0f, 1.0f, 0.7f, 0.0f)                                                \
  X(POLE_METAL, METAL, -1, 6, 0.30f, 0.31f, 0.32f, 0.5f, 0.6f)                                     \
  X(POLE_DARK, METAL, -1, 6, 0.05f, 0.055f, 0.05f, 0.5f, 0.3f)                                     \
  X(LAMP_GLASS, STREET_LAMP, -1, 6, 0.8f, 0.8f, 0.75f, 0.3f, 0.0f)                                 \
  X(SIGNAL_BODY, PLASTIC, -1, 7, 0.02f, 0.022f, 0.02f, 0.6f, 0.0f)                                 \
  X(SIGNAL_RED, SIGNAL_RED, -1, 7, 0.08f, 0.006f, 0.006f, 0.2f, 0.0f)                              \
  X(SIGNAL_YELLOW, SIGNAL_YELLOW, -1, 7, 0.085f, 0.045f, 0.006f, 0.2f, 0.0f)                       \
  X(SIGNAL_GREEN, SIGNAL_GREEN, -1, 7, 0.006f, 0.07f, 0.035f, 0.2f, 0.0f)                          \
  X(SIGN_FACE, SIGN_FACE, -1, 8, 0.75f, 0.75f, 0.75f, 0.5f, 0.0f)                                  \
  X(SIGN_BACK, METAL, -1, 8, 0.40f, 0.41f, 0.42f, 0.5f, 0.6f)                                      \
  X(BILLBOARD, BILLBOARD, -1, 20, 0.8f, 0.8f, 0.8f, 0.5f, 0.0f)                                    \
  X(FURNITURE_METAL, METAL, 0, 20, 1.0f, 1.0f, 1.0f, 0.5f, 0.4f)                                   \
  X(FURNITURE_WOOD, WOOD, -1, 20, 0.30f, 0.18f, 0.09f, 0.7f, 0.0f)                                 \
  X(FURNITURE_PLASTIC, PLASTIC, 1, 20, 1.0f, 1.0f, 1.0f, 0.6f, 0.0f)                               \
  X(FURNITURE_GLASS, CAR_GLASS, -1, 20, 0.02f, 0.025f, 0.025f, 0.04f, 0.0f)                        \
  X(BARK_PALE, BARK, -1, 9, 0.48f, 0.46f, 0.42f, 0.9f, 0.0f)                                       \
  X(BOLLARD, CONCRETE, -1, 20, 0.38f, 0.37f, 0.35f, 0.85f, 0.0f)                                   \
  X(RIDER_TOP, CLOTH, 1, 0, 0.8f, 0.8f, 0.8f, 0.95f, 0.0f)                                         \
  X(RIDER_TROUSERS, CLOTH, -1, 0, 0.035f, 0.045f, 0.075f, 0.95f, 0.0f)                             \
  X(RIDER_SKIN, SKIN, -1, 0, 0.50f, 0.31f, 0.22f, 0.55f, 0.0f)                                     \
  X(RIDER_SKIN_DARK, SKIN, -1, 0, 0.16f, 0.085f, 0.055f, 0.55f, 0.0f)                              \
  X(RIDER_HAIR, HAIR, -1, 0, 0.035f, 0.022f, 0.015f, 0.6f, 0.0f)                                   \
  X(CONE, PLASTIC, -1, 0, 0.80f, 0.105f, 0.010f, 0.5f, 0.0f)                                       \
  X(ROAD_RUBBER, RUBBER, -1, 0, 0.030f, 0.030f, 0.032f, 0.9f, 0.0f)                                \
  X(ROAD_METAL, METAL, -1, 0, 0.42f, 0.43f, 0.44f, 0.45f, 0.7f)                                    \
  X(BARRIER_BODY, PLASTIC, -1, 0, 0.60f, 0.035f, 0.020f, 0.5f, 0.0f)                               \
  X(REFLECT_WHITE, REFLECTOR, -1, 0, 0.74f, 0.75f, 0.74f, 0.45f, 0.0f)                             \
  X(REFLECT_RED, REFLECTOR, -1, 0, 0.55f, 0.020f, 0.025f, 0.45f, 0.0f)                             \
  X(WORK_LAMP, WORK_LAMP, -1, 0, 0.70f, 0.33f, 0.02f, 0.15f, 0.0f)                                 \
  X(POST_WHITE, PLASTIC, -1, 0, 0.70f, 0.71f, 0.69f, 0.5f, 0.0f)                                   \
  X(POST_BLACK, PLASTIC, -1, 0, 0.020f, 0.020f, 0.022f, 0.5f, 0.0f)                                \
  X(FENCE_WOOD, WOOD, 0, 5, 1.0f, 1.0f, 1.0f, 0.75f, 0.0f)                                         \
  X(FENCE_METAL, METAL, 0, 5, 1.0f, 1.0f, 1.0f, 0.5f, 0.4f)                                        \
  X(GARDEN_BRICK, BRICK, 0, 4, 1.0f, 1.0f, 1.0f, 0.9f, 0.0f)                                       \
  X(GARDEN_PLASTER, PLASTER, 0, 4, 1.0f, 1.0f, 1.0f, 0.9f, 0.0f)                                   \
  X(GARDEN_STONE, CONCRETE, 0, 4, 1.0f, 1.0f, 1.0f, 0.85f, 0.0f)                                   \
  X(GARDEN_COPING, CONCRETE, 1, 4, 1.0f, 1.0f, 1.0f, 0.85f, 0.0f)                                  \
  X(HEDGE_HEART, PLAIN, 0, 9, 0.13f, 0.13f, 0.11f, 0.95f, 0.0f)                                    \
  X(DRIVEWAY, PAVING, -1, 25, 0.21f, 0.175f, 0.155f, 0.9f, 0.0f)                                   \
  X(DRIVE_PAVING, PAVING, -1, 25, 0.21f, 0.175f, 0.155f, 0.9f, 0.0f)                               \
  X(FIELD_GREEN, FIELD, -1, 10, 0.055f, 0.115f, 0.025f, 0.95f, 0.0f)                               \
  X(FIELD_RIPE, FIELD, -1, 10, 0.40f, 0.29f, 0.11f, 0.95f, 0.0f)                                   \
  X(FIELD_BLOOM, FIELD, -1, 10, 0.55f, 0.47f, 0.02f, 0.95f, 0.0f)                                  \
  X(FIELD_STUBBLE, FIELD, -1, 10, 0.30f, 0.24f, 0.13f, 0.95f, 0.0f)                                \
  X(FIELD_SOIL, FIELD, -1, 10, 0.115f, 0.078f, 0.05f, 0.95f, 0.0f)                                 \
  X(PANEL, PLASTIC, 1, 0, 1.0f, 1.0f, 1.0f, 0.45f, 0.0f)                                           \
  X(TARPAULIN, PLASTIC, 1, 0, 0.95f, 0.95f, 0.95f, 0.7f, 0.0f)                                     \
  X(EYE, PLASTIC, -1, 0, 0.55f, 0.53f, 0.50f, 0.3f, 0.0f)                                          \
  X(LIP, SKIN, 2, 0, 0.74f, 0.47f, 0.44f, 0.45f, 0.0f)

typedef enum material {
#define X(NAME, ...) MATERIAL_##NAME,
  MATERIALS(X)
#undef X
      MATERIAL_COUNT
} material;

#define MATERIAL_UNMET 0xffffffffu // of a ray that met nothing

// How dark it is, 0 by day to 1, when these lamps go on.
#define STREET_LAMP_NIGHT 0.4f
#define WORK_LAMP_NIGHT 0.2f

#endif
