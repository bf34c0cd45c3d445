// SPDX-License-Identifier: Apache-2.0
// The 17 keypoints of a person, in the order of the category "person" of COCO.
// Left is the person's own.
#ifndef RENDER_KEYPOINT_H
#define RENDER_KEYPOINT_H

// X(NAME, "name", NAME on the other side)
#define KEYPOINTS(X)                                                                               \
  X(NOSE, "nose", NOSE)                                                                            \
  X(LEFT_EYE, "left_eye", RIGHT_EYE)                                                               \
  X(RIGHT_EYE, "right_eye", LEFT_EYE)                                                              \
  X(LEFT_EAR, "left_ear", RIGHT_EAR)                                                               \
  X(RIGHT_EAR, "right_ear", LEFT_EAR)                                                              \
  X(LEFT_SHOULDER, "left_shoulder", RIGHT_SHOULDER)                                                \
  X(RIGHT_SHOULDER, "right_shoulder", LEFT_SHOULDER)                                               \
  X(LEFT_ELBOW, "left_elbow", RIGHT_ELBOW)                                                         \
  X(RIGHT_ELBOW, "right_elbow", LEFT_ELBOW)                                                        \
  X(LEFT_WRIST, "left_wrist", RIGHT_WRIST)                                                         \
  X(RIGHT_WRIST, "right_wrist", LEFT_WRIST)                                                        \
  X(LEFT_HIP, "left_hip", RIGHT_HIP)                                                               \
  X(RIGHT_HIP, "right_hip", LEFT_HIP)                                                              \
  X(LEFT_KNEE, "left_knee", RIGHT_KNEE)                                                            \
  X(RIGHT_KNEE, "right_knee", LEFT_KNEE)                                                           \
  X(LEFT_ANKLE, "left_ankle", RIGHT_ANKLE)                                                         \
  X(RIGHT_ANKLE, "right_ankle", LEFT_ANKLE)

typedef enum keypoint {
#define X(NAME, ...) KEYPOINT_##NAME,
  KEYPOINTS(X)
#undef X
      KEYPOINT_COUNT
} keypoint;

/// What COCO calls v.
typedef enum keypoint_visibility {
  KEYPOINT_OUTSIDE, // not in the image: its place there is 0, 0
  KEYPOINT_HIDDEN,  // something, perhaps the person itself, is in front of it
  KEYPOINT_VISIBLE
} keypoint_visibility;

#endif
