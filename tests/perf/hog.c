/* A process that takes a CPU away from others for part of the time, and knows when it had it.
 *
 * usage: perf_hog CPU BUSY_MS IDLE_MS FILE
 * Pinned to the CPU it computes for BUSY_MS and sleeps for IDLE_MS, over and over, until it is told to end (SIGTERM) or
 * two minutes have passed. While it computes it reads CLOCK_MONOTONIC all the time: where two readings lie more than
 * 50 us apart it was off the CPU in between. Written to FILE at the end, a line a stretch on the CPU:
 * "begin_ns end_ns"; then "cpu_ns N", what its own CPU clock says of all of them. */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MAX_STRETCHES = 1 << 20, GAP_NS = 50000 };

static struct { int64_t begin_ns, end_ns; } stretches[MAX_STRETCHES];
static size_t stretch_count;
static volatile sig_atomic_t ending;

static void end(int signal) {
  (void)signal;
  ending = 1;
}

static int64_t read_ns(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void note(int64_t begin_ns, int64_t end_ns) {
  if (stretch_count == MAX_STRETCHES) return;
  stretches[stretch_count].begin_ns = begin_ns;
  stretches[stretch_count++].end_ns = end_ns;
}

int main(int argc, char** argv) {
  cpu_set_t cpus;
  struct sigaction action = {0};
  int64_t started, busy_ns, idle_ns;
  FILE* file;
  size_t i;
  if (argc != 5) {
    fprintf(stderr, "usage: perf_hog CPU BUSY_MS IDLE_MS FILE\n");
    return 2;
  }
  CPU_ZERO(&cpus);
  CPU_SET((size_t)atoi(argv[1]), &cpus);
  if (sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
    perror("sched_setaffinity");
    return 1;
  }
  busy_ns = (int64_t)atoi(argv[2]) * 1000000;
  idle_ns = (int64_t)atoi(argv[3]) * 1000000;
  action.sa_handler = end;
  sigaction(SIGTERM, &action, NULL);
  started = read_ns(CLOCK_MONOTONIC);
  while (!ending && read_ns(CLOCK_MONOTONIC) - started < 120000000000) {
    const int64_t until = read_ns(CLOCK_MONOTONIC) + busy_ns;
    struct timespec pause = {idle_ns / 1000000000, idle_ns % 1000000000};
    int64_t begin = read_ns(CLOCK_MONOTONIC), last = begin;
    while (!ending && last < until) {
      const int64_t now = read_ns(CLOCK_MONOTONIC);
      if (now - last > GAP_NS) {
        note(begin, last);
        begin = now;
      }
      last = now;
    }
    note(begin, last);
    nanosleep(&pause, NULL);
  }
  file = fopen(argv[4], "w");
  if (file == NULL) {
    perror(argv[4]);
    return 1;
  }
  for (i = 0; i < stretch_count; ++i) {
    fprintf(file, "%lld %lld\n", (long long)stretches[i].begin_ns, (long long)stretches[i].end_ns);
  }
  fprintf(file, "cpu_ns %lld\n", (long long)read_ns(CLOCK_PROCESS_CPUTIME_ID));
  return fclose(file) == 0 ? 0 : 1;
}
