/* The rival of cpu_stream's triad: what one writes to know a machine's bandwidth, done with care. a[i] = b[i] + s *
 * c[i] in double, OpenMP's static schedule, arrays on cache lines, each part first touched by its own thread, a pass
 * repeated until a batch lasts a millisecond, the median over batches. usage: perf_triad BYTES SECONDS
 *
 * BYTES: all three arrays together. OMP_NUM_THREADS, OMP_PROC_BIND and OMP_PLACES say where it runs. Prints
 * "bytes pass_ns batches passes", bytes as they are (whole lines per thread, as cpu_stream rounds them) and pass_ns the
 * median over the batches of their time by pass. */
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLICE_BYTES = 256, LINE = 64, MAX_BATCHES = 100000 };

static double *a, *b, *c;
static size_t count;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Each thread its own part, pass after pass: no thread needs what another wrote, so none waits before the last pass. */
static void run(uint64_t passes) {
#pragma omp parallel
  {
    double* restrict to = a;
    const double* restrict left = b, * restrict right = c;
    const size_t n = count;
    for (uint64_t k = 0; k < passes; ++k) {
      const double scalar = k % 2 == 0 ? 0.5 : 0.25;
#pragma omp for schedule(static) nowait
      for (size_t i = 0; i < n; ++i) to[i] = left[i] + scalar * right[i];
    }
  }
}

static int64_t batch(uint64_t passes) {
  const int64_t begin = now_ns();
  run(passes);
  return now_ns() - begin;
}

static double* array(size_t at) {
  /* Not all at the same offset in a page: stores would look as if they aliased loads. */
  const size_t apart = at * 13 * LINE;
  char* memory = aligned_alloc(4096, (count * sizeof(double) + apart + 2 * 4095) / 4096 * 4096);
  return memory == NULL ? NULL : (double*)(memory + apart);
}

static int ascending(const void* left, const void* right) {
  const double x = *(const double*)left, y = *(const double*)right;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  static double costs[MAX_BATCHES];
  const uint64_t bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
  const double seconds = argc > 2 ? strtod(argv[2], NULL) : 0;
  const uint64_t threads = (uint64_t)omp_get_max_threads();
  uint64_t passes = 1;
  size_t batches = 0;
  int64_t start;

  count = (size_t)(bytes / threads / 3 / SLICE_BYTES * SLICE_BYTES * threads / sizeof(double));
  if (count == 0 || !(seconds > 0)) {
    fprintf(stderr, "usage: perf_triad BYTES SECONDS\n");
    return 2;
  }
  a = array(0);
  b = array(1);
  c = array(2);
  if (a == NULL || b == NULL || c == NULL) {
    fprintf(stderr, "no memory\n");
    return 1;
  }
#pragma omp parallel for schedule(static)
  for (size_t i = 0; i < count; ++i) {
    a[i] = 0;
    b[i] = (double)(i % 7);
    c[i] = (double)(i % 5);
  }
  /* Batches of a millisecond, and a fifth of the time for whatever has to become warm. */
  while (batch(passes) < 1000000) passes *= 2;
  for (start = now_ns(); (double)(now_ns() - start) < seconds * 0.2e9;) batch(passes);
  for (start = now_ns(); batches < 10 || ((double)(now_ns() - start) < seconds * 1e9 && batches < MAX_BATCHES);) {
    costs[batches++] = (double)batch(passes) / (double)passes;
  }
  for (size_t i = 0; i < count; ++i) {
    const double left = b[i], right = c[i];
    if (a[i] != left + 0.5 * right && a[i] != left + 0.25 * right) {
      fprintf(stderr, "wrong at %zu\n", i);
      return 1;
    }
  }
  qsort(costs, batches, sizeof costs[0], ascending);
  printf("%zu %.4f %zu %llu\n", 3 * count * sizeof(double), (costs[(batches - 1) / 2] + costs[batches / 2]) / 2,
         batches, (unsigned long long)passes);
  return 0;
}
