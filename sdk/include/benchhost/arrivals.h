/* SPDX-License-Identifier: MIT
 *
 * benchhost/arrivals.h: requests that arrive by a schedule, whether the one before is done or not (an open loop).
 *
 * A client that sends a request when the last one has returned measures a server that stalls for a second with one slow
 * request: the hundreds that would have come meanwhile were never sent, and no percentile shows the stall. Here each request
 * has an intended start, fixed before anything runs, and its latency counts from that: what had to wait, waited.
 *
 *   bh_arrivals_t arrivals = bh_arrivals(host, 1000.0, seed);     in prepare: 1000 a second, or of each client its share
 *   bh_arrivals_begin(&arrivals);                                  in run
 *   for (uint64_t i = 0; i < batch->n && host->cancelled(host) == 0; ++i) {
 *     const int64_t intended = bh_arrivals_next(&arrivals);        waits for it, or is late
 *     … the request, until it is done …
 *     bh_arrivals_done(&arrivals, recorder, intended);
 *   }
 *
 * The benchmark has SELF metrics alone (waiting belongs to no other kind of run), and its batch_min holds enough requests for
 * the rarest percentile. Each thread has a schedule of its own; those of random distances are seeded differently. Where
 * requests complete out of order, keep what next returned beside the request and pass it to done when that completes.
 *
 * All of this is compiled into the plugin and nothing of it crosses to the host, so it has no layout on record.
 *
 * Left out, and why: skipping what is late (that is the mistake, whatever it is called); a largest number of requests under way
 * (a limit of the system that is measured, and then part of its latency).
 */
#ifndef BENCHHOST_ARRIVALS_H
#define BENCHHOST_ARRIVALS_H

#include <benchhost/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The schedule of one thread. The plugin's; its members are read and set by the functions below only. */
typedef struct {
  const bh_host_t *host;
  int64_t zero_ns;   /* when the batch began */
  double mean_ns;    /* distance of arrivals */
  double at_ns;      /* the next one, after zero_ns */
  uint64_t index;    /* of the next one in the batch */
  uint64_t random;   /* state of the distances; they go on from batch to batch */
  int32_t is_random; /* else all distances are equal */
} bh_arrivals_t;

/* A schedule of per_second arrivals a second (> 0, finite). seed 0: at equal distances. Any other: at random ones, exponentially
   distributed, as of many users who know nothing of each other (a Poisson process); the same seed gives the same distances. One
   that depends on the case: bh_prepare.seed with the thread's index added, and 1 should that be 0.
   [any & untimed, after create] */
static inline bh_arrivals_t bh_arrivals(const bh_host_t *host, double per_second, uint64_t seed) {
  bh_arrivals_t made;
  made.host = host;
  made.zero_ns = 0;
  made.mean_ns = 1e9 / per_second;
  made.at_ns = 0.0;
  made.index = 0;
  made.random = seed;
  made.is_random = seed != 0;
  return made;
}

/* A number from 0 to below 1: SplitMix64 (Steele, Lea & Flood 2014). */
static inline double bh_arrivals_uniform(bh_arrivals_t *arrivals) {
  uint64_t z = arrivals->random += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return (double)(z >> 11) * (1.0 / 9007199254740992.0);
}

/* An exponential number of mean 1, from comparisons alone, so that no plugin links a mathematical library for it: von Neumann
   1951, "Various techniques used in connection with random digits", section 5. */
static inline double bh_arrivals_exponential(bh_arrivals_t *arrivals) {
  double whole = 0.0;
  for (;;) {
    const double first = bh_arrivals_uniform(arrivals);
    double least = first;
    uint32_t falling = 1;
    for (;;) {
      const double next = bh_arrivals_uniform(arrivals);
      if (next >= least) break;
      least = next;
      ++falling;
    }
    if (falling % 2 == 1) return whole + first;
    whole += 1.0;
  }
}

/* Begins the schedule of a batch now: what was left of the last batch is forgotten, which the host's work between two batches would
   only have made late.  [any & timed] */
static inline void bh_arrivals_begin(bh_arrivals_t *arrivals) {
  arrivals->zero_ns = arrivals->host->now_ns(arrivals->host);
  arrivals->at_ns = 0.0;
  arrivals->index = 0;
  if (arrivals->is_random) arrivals->at_ns = arrivals->mean_ns * bh_arrivals_exponential(arrivals);
}

/* Waits for the next arrival, unless it is past or the host cancels, and returns its intended start on the host's clock. The first
   one of equal distances is at once.  [any & timed] */
static inline int64_t bh_arrivals_next(bh_arrivals_t *arrivals) {
  const int64_t intended = arrivals->zero_ns + (int64_t)arrivals->at_ns;
  ++arrivals->index;
  if (arrivals->is_random) {
    arrivals->at_ns += arrivals->mean_ns * bh_arrivals_exponential(arrivals);
  } else {
    /* Not added up: a distance of 1/3 us would drift. */
    arrivals->at_ns = arrivals->mean_ns * (double)arrivals->index;
  }
  if (arrivals->host->now_ns(arrivals->host) < intended) (void)arrivals->host->sleep_until(arrivals->host, intended);
  return intended;
}

/* Records the latency of a request that is done now, from its intended start, and returns it. A request that was cancelled while it
   waited has not begun: do not call this for it.  [any & timed; one thread at a time per recorder] */
static inline int64_t bh_arrivals_done(const bh_arrivals_t *arrivals, bh_recorder_t *recorder, int64_t intended_ns) {
  const int64_t latency = arrivals->host->now_ns(arrivals->host) - intended_ns;
  arrivals->host->record(recorder, latency);
  return latency;
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BENCHHOST_ARRIVALS_H */
