// SPDX-License-Identifier: Apache-2.0
// What a script can set of a camera's electronics: rows of the table in fields.c, which has their
// macros.
#ifndef SCENES_FIELDS_ELECTRONICS_H
#define SCENES_FIELDS_ELECTRONICS_H

// clang-format off
#define ELECTRONICS(member) offsetof(camera_form, electronics.member)
#define FIELDS_OF_ELECTRONICS \
  WORD(CAMERA, "preset", "fast", ELECTRONICS(preset), "fast: a sample a pixel, more on edges; quality: 16 samples a pixel, soft shadows, bounced light, full electronics"), \
  WORD(CAMERA, "electronics", "auto", ELECTRONICS(electronics), "simple: the scene's light developed directly; full: sensor, RAW and ISP, with all fields below; auto: full with preset quality, else simple"), \
  WORD(CAMERA, "exposure", "scene", ELECTRONICS(exposure), "scene: what suits the weather; auto: metered from frame to frame; manual: shutter_s and gain_db"), \
  NUMBER(CAMERA, "exposure_ev", "EV", -8, 8, 0, ELECTRONICS(exposure_ev), "brighter by so many stops; not of manual"), \
  NUMBER(CAMERA, "exposure_tau_s", "s", 0, 30, 0.4, ELECTRONICS(exposure_tau_s), "time constant of auto exposure and auto white balance; 0: at once"), \
  WORD(CAMERA, "metering", "centre", ELECTRONICS(metering), "what auto exposure looks at: centre, weighted, or the average of all"), \
  NUMBER(CAMERA, "shutter_s", "s", 1e-6, 0.1, 0.016, ELECTRONICS(shutter_s), "how long pixels gather light: with manual just so, else at most; what moves is blurred by exposure_s alone"), \
  NUMBER(CAMERA, "gain_db", "dB", 0, 60, 0, ELECTRONICS(gain_db), "manual's gain"), \
  NUMBER(CAMERA, "gain_max_db", "dB", 0, 60, 36, ELECTRONICS(gain_max_db), "largest gain of the others, when the shutter is at its longest"), \
  NUMBER(CAMERA, "f_number", "", 0.7, 32, 1.8, ELECTRONICS(f_number), "of the lens"), \
  WORD(CAMERA, "white_balance", "scene", ELECTRONICS(white_balance), "scene: most of the weather's colour; auto: grey world; fixed: white_k"), \
  NUMBER(CAMERA, "white_k", "K", 2000, 15000, 6500, ELECTRONICS(white_k), "colour temperature that fixed white balance takes for white"), \
  WORD(CAMERA, "bayer", "rggb", ELECTRONICS(bayer), "colours of the sensor's pixels, the first two of rows 0 and 1"), \
  NUMBER(CAMERA, "pixel_um", "um", 0.5, 30, 3, ELECTRONICS(pixel_um), "pitch of the sensor's pixels"), \
  NUMBER(CAMERA, "quantum_efficiency", "", 0.01, 1, 0.6, ELECTRONICS(quantum_efficiency), "electrons a photon"), \
  NUMBER(CAMERA, "full_well_e", "e-", 100, 1e6, 10500, ELECTRONICS(full_well_e), "electrons that a pixel holds; 4095 at a gain of 0 dB"), \
  NUMBER(CAMERA, "read_noise_e", "e-", 0, 1000, 2.2, ELECTRONICS(read_noise_e), "temporal noise in the dark, sigma"), \
  NUMBER(CAMERA, "dark_current_eps", "e-/s", 0, 1e6, 8, ELECTRONICS(dark_current_eps), "dark current at 25 C; doubles each 7 K"), \
  OPTION(CAMERA, "sensor_c", "C", -60, 125, "15 above the air", ELECTRONICS(sensor_c), "temperature of the sensor"), \
  NUMBER(CAMERA, "dsnu_e", "e-", 0, 1000, 1.2, ELECTRONICS(dsnu_e), "fixed pattern in the dark, sigma"), \
  NUMBER(CAMERA, "prnu", "", 0, 0.3, 0.008, ELECTRONICS(prnu), "fixed pattern of the pixels' response, sigma"), \
  WHOLE(CAMERA, "black_level", "", 0, 2048, 168, ELECTRONICS(black_level), "RAW value of no light"), \
  WHOLE(CAMERA, "serial", "", 0, 1000000000, 0, ELECTRONICS(serial), "which sensor of its kind: another fixed pattern; it goes by the camera's name, too"), \
  {FIELDS_CAMERA, "ccm", FIELD_NUMBERS, "", -16, 16, false, NAN, "the sensor's", ELECTRONICS(ccm), "colour matrix, 9 numbers row by row: linear sRGB of white-balanced sensor colour"}, \
  WORD(CAMERA, "tone", "filmic", ELECTRONICS(tone), "filmic: highlights roll off; srgb: its curve alone"), \
  WHOLE(CAMERA, "jpeg", "", 0, 100, 0, ELECTRONICS(jpeg), "quality of the JPEG that the picture goes through, 1 to 100, as libjpeg counts; 0: none"), \
  NUMBER(CAMERA, "sharpen", "", 0, 3, 0.4, ELECTRONICS(sharpen), "unsharp mask of the ISP"), \
  WORD(CAMERA, "vignetting", "polynomial", ELECTRONICS(vignetting), "polynomial: 1 + k1 r^2 + k2 r^4 + k3 r^6 by vignetting_k, r = 1 in the corners; cos4: of the angle off the axis; none"), \
  {FIELDS_CAMERA, "vignetting_k", FIELD_NUMBERS, "", -4, 4, false, NAN, "{-0.24, -0.06}", ELECTRONICS(vignetting_k), "k1 k2 k3 of the polynomial"}, \
  NUMBER(CAMERA, "psf_px", "px", 0, 6, 0.6, ELECTRONICS(psf_px), "sigma of the lens's blur"), \
  NUMBER(CAMERA, "glare", "", 0, 0.5, 0.04, ELECTRONICS(glare), "share of the light that the lens spreads over the picture"),
// clang-format on

#endif
