/* The rival of cpu_peak: what one writes with intrinsics to know a processor's peak, done with care. Twelve sums in
 * registers, x = x * m + a, fused, of the widest vectors that -march=native has; each thread its own, a batch repeated
 * until it lasts a millisecond, the median over batches. usage: perf_peak fp64|fp32 SECONDS
 *
 * OMP_NUM_THREADS, OMP_PROC_BIND and OMP_PLACES say where it runs. Prints "isa threads rate batches": the word of
 * cpu_peak's parameter, and operations in a nanosecond of all threads. */
#include <immintrin.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#define ISA "avx512"
#define WIDTH 512
typedef __m512d fp64;
typedef __m512 fp32;
#define FMA64 _mm512_fmadd_pd
#define FMA32 _mm512_fmadd_ps
#define ALL64 _mm512_set1_pd
#define ALL32 _mm512_set1_ps
#elif defined(__AVX2__) && defined(__FMA__)
#define ISA "avx2"
#define WIDTH 256
typedef __m256d fp64;
typedef __m256 fp32;
#define FMA64 _mm256_fmadd_pd
#define FMA32 _mm256_fmadd_ps
#define ALL64 _mm256_set1_pd
#define ALL32 _mm256_set1_ps
#endif

#if defined(ISA)

enum { MAX_BATCHES = 100000, TURNS = 1000, UNROLLED = 4 };

#define TWELVE(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)
#define KERNEL(name, vector, number, all, fma)             \
  static number name(uint64_t n) {                         \
    const vector m = all((number)0.5), a = all((number)1); \
    BEGIN(vector, all, number)                             \
    for (uint64_t left = n * TURNS; left > 0; --left) {    \
      STEP(fma) STEP(fma) STEP(fma) STEP(fma)              \
    }                                                      \
    END(vector)                                            \
    return *(const number*)(const void*)&sum;              \
  }
#define BEGIN(vector, all, number)                                          \
  vector x0 = all((number)1), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0;  \
  vector x6 = x0, x7 = x0, x8 = x0, x9 = x0, x10 = x0, x11 = x0;            \
  /* Twelve sums that are the same would be one. */                         \
  __asm__("" : "+v"(x0), "+v"(x1), "+v"(x2), "+v"(x3), "+v"(x4), "+v"(x5)); \
  __asm__("" : "+v"(x6), "+v"(x7), "+v"(x8), "+v"(x9), "+v"(x10), "+v"(x11));
#define STEP(fma)       \
  x0 = fma(x0, m, a);   \
  x1 = fma(x1, m, a);   \
  x2 = fma(x2, m, a);   \
  x3 = fma(x3, m, a);   \
  x4 = fma(x4, m, a);   \
  x5 = fma(x5, m, a);   \
  x6 = fma(x6, m, a);   \
  x7 = fma(x7, m, a);   \
  x8 = fma(x8, m, a);   \
  x9 = fma(x9, m, a);   \
  x10 = fma(x10, m, a); \
  x11 = fma(x11, m, a);
#define END(vector) vector sum = x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11;

KERNEL(run64, fp64, double, ALL64, FMA64)
KERNEL(run32, fp32, float, ALL32, FMA32)

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* n times TURNS turns on every thread; a sum that came to nothing would be one that nobody computed. */
static int64_t batch(int is_fp64, uint64_t n) {
  int wrong = 0;
  const int64_t begin = now_ns();
#pragma omp parallel reduction(+ : wrong)
  {
    const double sum = is_fp64 ? run64(n) : (double)run32(n);
    wrong += !(sum > 23 && sum < 25);
  }
  if (wrong != 0) {
    fprintf(stderr, "wrong sums\n");
    exit(1);
  }
  return now_ns() - begin;
}

static int ascending(const void* left, const void* right) {
  const double x = *(const double*)left, y = *(const double*)right;
  return (x > y) - (x < y);
}

int main(int argc, char** argv) {
  static double rates[MAX_BATCHES];
  const int is_fp64 = argc > 1 && strcmp(argv[1], "fp64") == 0;
  const double seconds = argc > 2 ? strtod(argv[2], NULL) : 0;
  const int threads = omp_get_max_threads();
  const double operations = 2.0 * 12 * UNROLLED * TURNS * (WIDTH / (is_fp64 ? 64 : 32)) * threads;
  uint64_t n = 1;
  size_t batches = 0;
  int64_t start;

  if (argc < 3 || (!is_fp64 && strcmp(argv[1], "fp32") != 0) || !(seconds > 0)) {
    fprintf(stderr, "usage: perf_peak fp64|fp32 SECONDS\n");
    return 2;
  }
  /* Batches of a millisecond, and a fifth of the time for whatever has to become warm. */
  while (batch(is_fp64, n) < 1000000) n *= 2;
  for (start = now_ns(); (double)(now_ns() - start) < seconds * 0.2e9;) batch(is_fp64, n);
  for (start = now_ns(); batches < 10 || ((double)(now_ns() - start) < seconds * 1e9 && batches < MAX_BATCHES);) {
    rates[batches++] = operations * (double)n / (double)batch(is_fp64, n);
  }
  qsort(rates, batches, sizeof rates[0], ascending);
  printf("%s %d %.6f %zu\n", ISA, threads, (rates[(batches - 1) / 2] + rates[batches / 2]) / 2, batches);
  return 0;
}

#else

int main(void) {
  fprintf(stderr, "this processor has no fused multiply-add of vectors\n");
  return 1;
}

#endif
