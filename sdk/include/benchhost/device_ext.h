/* SPDX-License-Identifier: MIT
 *
 * benchhost/device_ext.h: what some devices offer beyond device.h, by its `extension`: graphs, peers, telemetry. States,
 * threads and errors are those of device.h.
 */
#ifndef BENCHHOST_DEVICE_EXT_H
#define BENCHHOST_DEVICE_EXT_H

#include <benchhost/device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Optional: graphs ---------------------------------------------------------------------------------------------- */

/* Commands recorded once, replayed at the cost of one launch: extension(device, id). Absent on WebGPU. */
#define BH_EXT_GRAPH "benchhost.graph/1"

typedef struct bh_graph bh_graph_t;

typedef struct bh_graph_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* Until end, dispatch, copy and fill on queue are recorded and not run; with an event, and everything else on that queue,
     is BH_E_STATE. main_queue is allowed. [any & slow] */
  bh_status_t(BH_CALL *begin)(bh_queue_t *queue);
  /* Ends the recording and builds it; on failure there is none. An empty one is BH_E_ARGUMENT. [any & slow] */
  bh_status_t(BH_CALL *end)(bh_queue_t *queue, bh_graph_t **graph);
  /* Enqueues the recording as one command, on any queue of the device, with the argument values of the recording: a later
     args_set does not reach it. Its args and buffers must outlive it. Launches of one graph run one after the other. In
     a span it counts as one command. [any & lent] */
  bh_status_t(BH_CALL *launch)(bh_queue_t *queue, bh_graph_t *graph, bh_event_t *event);
  /* Requires: no unfinished launch. NULL does nothing. [any & slow] */
  void(BH_CALL *destroy)(bh_graph_t *graph);
} bh_graph_api_t;

/* ---- Optional: peers ----------------------------------------------------------------------------------------------- */

/* Two devices of one kind in one case. Absent: copy through memory of the plugin, with read, queue_finish, write. */
#define BH_EXT_PEER "benchhost.peer/1"

#define BH_PEER_DIRECT 1u /* device to device; else staged through host memory by the API */

typedef struct bh_peer_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* Stores BH_PEER_* of copies from one to the other. BH_E_UNSUPPORTED: none can be made. [any & slow] */
  bh_status_t(BH_CALL *path)(const bh_device_t *from, const bh_device_t *to, uint32_t *flags);
  /* As copy; queue is of either device, from and to are DEVICE buffers of both. Direction is the pair (from, to): the
     bidirectional rate takes two queues. In a queue run: timed by the span of queue's device. [any & lent] */
  bh_status_t(BH_CALL *copy)(bh_queue_t *queue, bh_buffer_t *from, uint64_t from_offset_bytes, bh_buffer_t *to,
                             uint64_t to_offset_bytes, uint64_t size_bytes, bh_event_t *event);
  /* queue_wait for an event of the other device. [any & lent] */
  bh_status_t(BH_CALL *wait)(bh_queue_t *queue, bh_event_t *event);
} bh_peer_api_t;

/* ---- Optional: telemetry ------------------------------------------------------------------------------------------- */

/* What the host's sampler of this device read last. For workloads that react (soak until warm); metrics of energy and power
   are the host's. Absent: no sensor at all. */
#define BH_EXT_TELEMETRY "benchhost.telemetry/1"

/* Names of readings. Absent sensors do not exist; a reading is never 0 for "unknown". */
#define BH_READ_TEMPERATURE "temperature.c"     /* hottest point of the chip */
#define BH_READ_MEM_TEMPERATURE "temperature.mem.c"
#define BH_READ_POWER "power.w"                 /* averaged by the sensor */
#define BH_READ_ENERGY "energy.j"               /* counter: only differences mean something */
#define BH_READ_CLOCK "clock.hz"
#define BH_READ_MEM_CLOCK "mem.clock.hz"
#define BH_READ_BUSY "busy.ratio"               /* 0 to 1 */
#define BH_READ_MEM_USED "mem.used.bytes"       /* all processes */
#define BH_READ_MEM_FREE "mem.free.bytes"
#define BH_READ_THROTTLE "throttle.bits"        /* BH_THROTTLE_* */

#define BH_THROTTLE_THERMAL 1u
#define BH_THROTTLE_POWER 2u
#define BH_THROTTLE_OTHER 4u

/* A sampled value. */
typedef struct bh_reading {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t time_ns; /* host clock, when the sensor was read */
  double value;    /* in the unit that the name ends in */
} bh_reading_t;

typedef struct bh_telemetry_api {
  uint32_t struct_size;
  uint32_t reserved;
  /* Name of sensor i, NULL from the first that does not exist. Valid until: the end of teardown. [any & lent] */
  const char *(BH_CALL *name)(const bh_device_t *device, uint32_t index);
  /* The newest sample: no hardware, lock or allocation, about 20 ns; as old as time_ns says. BH_E_NOT_FOUND: no such sensor,
     or it has not answered yet. [any & lent] */
  bh_status_t(BH_CALL *latest)(const bh_device_t *device, uint32_t index, bh_reading_t *reading);
} bh_telemetry_api_t;

/* ---- Layout ------------------------------------------------------------------------------------------------------ */

BH_ASSERT_SIZE(bh_reading_t, 24);
BH_ASSERT_SIZE(bh_graph_api_t, 40);
BH_ASSERT_SIZE(bh_peer_api_t, 32);
BH_ASSERT_SIZE(bh_telemetry_api_t, 24);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BENCHHOST_DEVICE_EXT_H */
