// SPDX-License-Identifier: Apache-2.0
// Letters and digits as strokes, sharp at any distance.
#ifndef LETTERS_CL
#define LETTERS_CL
#include "noise.cl"

// Characters are 0 a blank, 1 .. 10 the digits, 11 .. 36 the letters: strokes on a grid 8 wide
// and 12 high, ends x y x y in four bits each from the lowest; 0 is none.
#define LETTER_STROKES 15
#define LETTER_PITCH 11.0f
#define LETTER_OF(capital) ((capital) - 'A' + 11)
// clang-format off
__constant uint LETTERS[37 * LETTER_STROKES] = {
    0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u,
    0x0602u, 0x2806u, 0xa828u, 0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // 0
    0xc491u, 0x04c4u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // 1
    0xc2a0u, 0xc6c2u, 0xa8c6u, 0x88a8u, 0x0088u, 0x0800u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // 2
    0xc2a0u, 0xc6c2u, 0xa8c6u, 0x88a8u, 0x6688u, 0x4866u, 0x2848u, 0x0628u, 0x0206u, 0x2002u, 0x6663u, 0u, 0u, 0u, 0u, // 3
    0xc606u, 0x40c6u, 0x4840u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // 4
    0xc1c8u, 0x70c1u, 0x8270u, 0x8682u, 0x6886u, 0x2868u, 0x0628u, 0x0206u, 0x2002u, 0u, 0u, 0u, 0u, 0u, 0u, // 5
    0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0x0602u, 0x2806u, 0x5828u, 0x7658u, 0x7276u, 0x5072u, 0u, 0u, 0u, 0u, // 6
    0xc8c0u, 0x03c8u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // 7
    0x8062u, 0xa080u, 0xc2a0u, 0xc6c2u, 0xa8c6u, 0x88a8u, 0x6688u, 0x6266u, 0x4062u, 0x2040u, 0x0220u, 0x0602u, 0x2806u, 0x4828u, 0x6648u, // 8
    0x0220u, 0x0602u, 0x2806u, 0xa828u, 0xc6a8u, 0xc2c6u, 0xa0c2u, 0x70a0u, 0x5270u, 0x5652u, 0x7856u, 0u, 0u, 0u, 0u, // 9
    0xc400u, 0x08c4u, 0x4741u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // A
    0xc000u, 0xc6c0u, 0xa8c6u, 0x88a8u, 0x6688u, 0x4866u, 0x2848u, 0x0628u, 0x0006u, 0x6660u, 0u, 0u, 0u, 0u, 0u, // B
    0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0x0602u, 0x2806u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // C
    0xc000u, 0xc5c0u, 0x98c5u, 0x3898u, 0x0538u, 0x0005u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // D
    0x0008u, 0xc000u, 0xc8c0u, 0x6660u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // E
    0xc000u, 0xc8c0u, 0x6660u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // F
    0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0x0602u, 0x2806u, 0x6828u, 0x6568u, 0u, 0u, 0u, 0u, 0u, 0u, // G
    0xc000u, 0xc808u, 0x6860u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // H
    0xc404u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // I
    0x27c7u, 0x0527u, 0x0205u, 0x2002u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // J
    0xc000u, 0x50c8u, 0x0873u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // K
    0x00c0u, 0x0700u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // L
    0xc000u, 0x44c0u, 0xc844u, 0x08c8u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // M
    0xc000u, 0x08c0u, 0xc808u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // N
    0x0602u, 0x2806u, 0xa828u, 0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // O
    0xc000u, 0xc6c0u, 0xa8c6u, 0x78a8u, 0x5678u, 0x5056u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // P
    0x0602u, 0x2806u, 0xa828u, 0xc6a8u, 0xc2c6u, 0xa0c2u, 0x20a0u, 0x0220u, 0x0835u, 0u, 0u, 0u, 0u, 0u, 0u, // Q
    0xc000u, 0xc6c0u, 0xa8c6u, 0x78a8u, 0x5678u, 0x5056u, 0x0854u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // R
    0xc6a8u, 0xc2c6u, 0xa0c2u, 0x80a0u, 0x6280u, 0x6662u, 0x4866u, 0x2848u, 0x0628u, 0x0206u, 0x2002u, 0u, 0u, 0u, 0u, // S
    0xc8c0u, 0x04c4u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // T
    0x20c0u, 0x0220u, 0x0602u, 0x2806u, 0xc828u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // U
    0x04c0u, 0xc804u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // V
    0x02c0u, 0x9402u, 0x0694u, 0xc806u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // W
    0xc800u, 0x08c0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // X
    0x64c0u, 0xc864u, 0x0464u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // Y
    0xc8c0u, 0x00c8u, 0x0800u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, // Z
};
// Names of places that don't exist, then of shops, six bits a character.
#define PLACE_NAMES 16u
#define SHOP_NAMES 16u
__constant uint NAMES[2 * (PLACE_NAMES + SHOP_NAMES)] = {
    0x1c7983cdu, 0x0000000fu, // CENTRE
    0x1969c4cbu, 0x0000079cu, // AIRPORT
    0x1931c2d2u, 0x0000071fu, // HARBOUR
    0x1378b79du, 0x00000619u, // STATION
    0x194152d9u, 0x0000039cu, // OAKFORD
    0x1e75758fu, 0x0000e2cfu, // ELMSTEAD
    0x1f3213d8u, 0x0000061cu, // NEWBURN
    0x2179c2d2u, 0x0001658fu, // HARTWELL
    0x0f61979du, 0x000008ccu, // STONEBY
    0x1279d3e1u, 0x00017599u, // WESTHOLM
    0x123984d6u, 0x000005cbu, // LINDHAM
    0x1f31274bu, 0x000008dcu, // ASHBURY
    0x1c3e04dcu, 0x0001865eu, // RIVERTON
    0x0c5964d7u, 0x0055965cu, // MILLBROOK
    0x127132d0u, 0x0060f80bu, // FAIRHAVEN
    0x1d4584d5u, 0x000233d6u, // KINGSLEY
    0x1c3d52ccu, 0x00000023u, // BAKERY
    0x003d02cdu, 0x00000000u, // CAFE
    0x1d55964cu, 0x00000000u, // BOOKS
    0x1770b49au, 0x0002334bu, // PHARMACY
    0x0f859590u, 0x0000075cu, // FLOWERS
    0x0f359711u, 0x000008dcu, // GROCERY
    0x195932deu, 0x0000001cu, // TAILOR
    0x0f31c2ccu, 0x0000001cu, // BARBER
    0x2139c2d2u, 0x0000f70bu, // HARDWARE
    0x0d4de699u, 0x000182d3u, // OPTICIAN
    0x0d8cd4ccu, 0x0001d3d6u, // BICYCLES
    0x0f9244dau, 0x0000b4dcu, // PIZZERIA
    0x1276365eu, 0x00000699u, // TOYSHOP
    0x163e13d4u, 0x0001c3d6u, // JEWELLER
    0x0e61f2d6u, 0x000008dcu, // LAUNDRY
    0x1235e7ccu, 0x0000070fu, // BUTCHER
};
// clang-format on

// Distance to the line from a to b.
inline real line_distance(real x, real y, real ax, real ay, real bx, real by) {
  real dx = bx - ax, dy = by - ay, px = x - ax, py = y - ay;
  real u = clamp((px * dx + py * dy) / max(dx * dx + dy * dy, 1e-6f), 0.0f, 1.0f);
  real qx = px - u * dx, qy = py - u * dy;
  return sqrt(qx * qx + qy * qy);
}

// Ink of a character whose lower left corner is the origin, in its grid's units.
inline real letter_ink(real x, real y, word letter, float half_thick, real fp) {
  real nearest = REAL(99.0f);
  whole near = (x > REAL(-2.0f)) & (x < REAL(10.0f)) & (y > REAL(-2.0f)) & (y < REAL(14.0f));
  word first = min(letter, WORD(36u)) * (uint)LETTER_STROKES;
  for (uint k = 0; k < LETTER_STROKES; k++) {
    word ends = GATHER(uint, LETTERS, first + k);
    whole there = near & (ends != WORD(0u));
    if (!any_lane(there))
      break;
    real d =
        line_distance(x, y, to_real(as_whole(ends & 15u)), to_real(as_whole((ends >> 4u) & 15u)),
                      to_real(as_whole((ends >> 8u) & 15u)), to_real(as_whole(ends >> 12u)));
    nearest = select(nearest, min(nearest, d), there);
  }
  return edge(half_thick - nearest, fp);
}

// Ink of one of the names, its first letter at the origin, in the grid's units.
inline real name_ink(real x, real y, word name, float half_thick, real fp) {
  real column = floor((x + 1.5f) * (1.0f / LETTER_PITCH));
  whole inside = (column >= REAL(0.0f)) & (column < REAL(10.0f));
  word at = as_word(to_whole(clamp(column, 0.0f, 9.0f)));
  whole second = at > WORD(4u);
  word half_name = GATHER(uint, NAMES, name * 2u + select(WORD(0u), WORD(1u), second));
  word letter = (half_name >> (6u * select(at, at - 5u, second))) & 63u;
  letter = select(WORD(0u), letter, inside);
  return letter_ink(x - column * LETTER_PITCH, y, letter, half_thick, fp);
}

// A letter from 23 of the alphabet's: I, O and Q look like digits.
inline word plate_letter(word h) {
  word n = h % 23u, none = WORD(0u), one = WORD(1u);
  n += select(none, one, n >= WORD(8u));
  n += select(none, one, n >= WORD(14u));
  n += select(none, one, n >= WORD(16u));
  return n + (uint)LETTER_OF('A');
}

// Ink of a licence plate's text, two letters, three digits, two letters with half a letter between,
// around the origin, in the grid's units.
#define PLATE_WIDTH (8.0f * LETTER_PITCH - 3.0f)
inline real plate_ink(real x, real y, word h, float half_thick, real fp) {
  real left = x + 0.5f * PLATE_WIDTH, one = REAL(1.0f), none = REAL(0.0f);
  // Half a letter's gap after the second and the fifth character.
  real gaps = select(none, one, left > REAL(2.25f * LETTER_PITCH - 1.5f)) +
              select(none, one, left > REAL(5.75f * LETTER_PITCH - 1.5f));
  left -= 0.5f * LETTER_PITCH * gaps;
  real first = select(2.0f * gaps, REAL(5.0f), gaps > one);
  real last = select(1.0f + 3.0f * gaps, REAL(6.0f), gaps > one);
  real column = clamp(floor((left + 1.5f) * (1.0f / LETTER_PITCH)), first, last);
  word at = as_word(to_whole(column)), dice = hash_word(h + at * 2654435761u);
  word letter = select(plate_letter(dice), dice % 10u + 1u, gaps == one);
  return letter_ink(left - column * LETTER_PITCH, y + 6.0f, letter, half_thick, fp);
}

// Ink of lines of small print that nobody can read: words of chance, `letters` long, from the
// origin, in the grid's units.
inline real print_ink(real x, real y, word letters, word seed, float half_thick, real fp) {
  real column = floor((x + 1.5f) * (1.0f / LETTER_PITCH));
  word at = cell_of(column), dice = hash_word(seed + at * 2654435761u);
  whole blank = (column < REAL(0.0f)) | (at >= letters) | (dice % 6u == WORD(0u));
  word letter = select((dice >> 8u) % 26u + (uint)LETTER_OF('A'), WORD(0u), blank);
  return letter_ink(x - column * LETTER_PITCH, y, letter, half_thick, fp);
}

// Ink of a whole number below 1000 around the origin, in the grid's units.
inline real number_ink(real x, real y, word number, float half_thick, real fp) {
  word hundreds = number / 100u, tens = (number / 10u) % 10u;
  word digits = select(select(WORD(1u), WORD(2u), number > WORD(9u)), WORD(3u), number > WORD(99u));
  real left = x + 0.5f * (to_real(as_whole(digits)) * LETTER_PITCH - (LETTER_PITCH - 8.0f));
  real column = floor((left + 1.5f) * (1.0f / LETTER_PITCH));
  // Digits counted from the last.
  word at = digits - 1u - as_word(to_whole(clamp(column, 0.0f, 2.0f)));
  word digit = select(select(hundreds, tens, at == WORD(1u)), number % 10u, at == WORD(0u));
  whole inside = (column >= REAL(0.0f)) & (column < to_real(as_whole(digits)));
  return letter_ink(left - column * LETTER_PITCH, y + 6.0f, select(WORD(0u), digit + 1u, inside),
                    half_thick, fp);
}

#endif
