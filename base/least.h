// SPDX-License-Identifier: Apache-2.0
// The lesser and the greater of two numbers that aren't NaN, each in one instruction: fmin() and
// fmax() are calls.
#ifndef BASE_LEAST_H
#define BASE_LEAST_H

static inline double least_of(double a, double b) {
  return a < b ? a : b;
}

static inline double most_of(double a, double b) {
  return a > b ? a : b;
}

#endif
