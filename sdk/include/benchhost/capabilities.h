/* SPDX-License-Identifier: MIT
 *
 * benchhost/capabilities.h: facts about a device, the closed vocabulary of their names, and the type of each. Backends report
 * them (backend.h), requirements ask for them (expr.h), a plugin reads them by the device table's `cap` (device.h).
 */
#ifndef BENCHHOST_CAPABILITIES_H
#define BENCHHOST_CAPABILITIES_H

#include <benchhost/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a capability holds, and what it is in a requirement expression (expr.h). */
#define BH_CAP_TYPE_INT 1u     /* integer */
#define BH_CAP_TYPE_NUMBER 2u  /* number; finite */
#define BH_CAP_TYPE_BOOL 3u    /* boolean; `integer` is 0 or 1 */
#define BH_CAP_TYPE_STRING 4u  /* text */
#define BH_CAP_TYPE_VERSION 5u /* integer: major * 100 + minor, 103; `text` has all of it, "1.3.230" */
#define BH_CAP_TYPE_WORDS 6u   /* list of text; `text` joins them by one space: `'wgsl' in dialects` */

/* Where the value comes from; stored with it. A peak without provenance is not a peak. */
#define BH_FROM_DRIVER 1u   /* the API said so */
#define BH_FROM_FORMULA 2u  /* computed from what the API said, e.g. units x clock x width */
#define BH_FROM_TABLE 3u    /* looked up by model name */
#define BH_FROM_MEASURED 4u /* measured by the backend when it probed */

/* One fact about a device. A fact that nobody knows is absent: never 0, never "". A requirement on an absent fact is
   unmet, with "not reported" as its reason; a BOOL is reported as 0 where the API denies the feature. */
typedef struct bh_cap {
  uint32_t struct_size;
  uint32_t type;       /* BH_CAP_TYPE_* */
  uint32_t provenance; /* BH_FROM_* */
  uint32_t reserved;
  int64_t integer;
  double number;
  const char *name; /* BH_CAP names below, or vendor.name for others. Valid until: as text */
  const char *text; /* Valid until: the device is closed */
} bh_cap_t;

BH_DEFINE_LIST(bh_cap_list, bh_cap_t);

/* The closed vocabulary of requirement expressions, one line each: type; unit; meaning. Each name is an id of base.h; none
   is the beginning of another up to a dot, so that a grammar may read the dot as it likes. BH_CAP_TABLE repeats name and
   type for programs; a module that reports a name of the table with another type is refused. A name is never reused; new
   ones are appended in a minor. Names outside carry a vendor's prefix ("nvidia.cc") and get no help from the host
   (spelling, documentation). `types`, `features` and limits hold for every dialect of the device, native included: a CPU
   reports fp64 too. A device that is the same hardware through another API has another `kind`, the same `uuid` or
   `pci.address`. */
#define BH_CAP_KIND "kind"                       /* string; the name before the colon: cpu opencl vulkan cuda webgpu */
#define BH_CAP_CLASS "class"                     /* string; cpu gpu npu fpga other */
#define BH_CAP_NAME "name"                       /* string; as the API spells it */
#define BH_CAP_MODEL "model"                     /* string; cleaned of what varies: this goes into the case key */
#define BH_CAP_VENDOR "vendor"                   /* string */
#define BH_CAP_UUID "uuid"                       /* string; 32 hex digits. An attribute, never identity of a case */
#define BH_CAP_PCI_ADDRESS "pci.address"         /* string; 0000:3b:00.0 */
#define BH_CAP_PCI_ID "pci.id"                   /* string; vendor:device, 10de:2335 */
#define BH_CAP_NUMA_NODE "numa.node"             /* int */
#define BH_CAP_DRIVER_NAME "driver.name"         /* string */
#define BH_CAP_DRIVER_VERSION "driver.version"   /* string; as published: not comparable */
#define BH_CAP_FIRMWARE "firmware.version"       /* string */
#define BH_CAP_API_VERSION "api.version"         /* version; of the device, not of the loader */
#define BH_CAP_SOFTWARE "software"               /* bool; a GPU API executed by a CPU (lavapipe, SwiftShader, PoCL) */
#define BH_CAP_SIMULATED "simulated"             /* bool; times are scripted: results are flagged */
#define BH_CAP_DIALECTS "dialects"               /* words; what program_build takes, the backend's preference first */
#define BH_CAP_OPENCL_C "opencl_c.version"       /* version; dialect opencl_c */
#define BH_CAP_SPIRV "spirv.version"             /* version; dialects spirv_vulkan, spirv_opencl */
#define BH_CAP_ISA "isa"                         /* words; sse2 avx2 fma avx512f amx_int8 neon sve sm_90 gfx90a */
#define BH_CAP_TYPES "types"                     /* words; arithmetic in programs: fp64 fp32 fp16 bf16 int64 int32 int8 int16.
                                                    fp32 and int32 are in every device's list */
#define BH_CAP_STORAGE_TYPES "storage_types"     /* words; load and store only */
#define BH_CAP_FEATURES "features"               /* words; subgroups dot8 matrix atomic64 atomic_f32 printf */
#define BH_CAP_MATRIX "matrix.shapes"            /* words; m16n16k16:f16:f16:f32:f32 = A, B, C, result */
#define BH_CAP_UNITS "units"                     /* int; compute units, SMs, cores */
#define BH_CAP_LANES "lanes"                     /* int; fp32 lanes of one unit */
#define BH_CAP_SUBGROUPS "subgroup.sizes"        /* words; 8 32 */
#define BH_CAP_GROUP_ITEMS "group.items_max"     /* int; product of group_size */
#define BH_CAP_GROUP_X "group.x_max"             /* int; likewise y, z */
#define BH_CAP_GROUP_Y "group.y_max"             /* int */
#define BH_CAP_GROUP_Z "group.z_max"             /* int */
#define BH_CAP_GRID_X "grid.x_max"               /* int; groups in one dispatch; likewise y, z; 65535 at least, also where it
                                                    is not reported */
#define BH_CAP_GRID_Y "grid.y_max"               /* int */
#define BH_CAP_GRID_Z "grid.z_max"               /* int */
#define BH_CAP_LOCAL_BYTES "local.bytes"         /* int; local (shared) memory of one group */
#define BH_CAP_ARG_BUFFERS "args.buffers_max"    /* int; buffers of one program */
#define BH_CAP_ARG_BYTES "args.bytes_max"        /* int; scalar block, >= 128 */
#define BH_CAP_MEM_BYTES "mem.bytes"             /* int; device memory. Varies between runs of PoCL: no identity */
#define BH_CAP_MEM_BUFFER "mem.buffer.bytes_max" /* int; one buffer */
#define BH_CAP_MEM_KINDS "mem.kinds"             /* words; device pinned mapped imported */
#define BH_CAP_MEM_COMMIT "mem.commit"           /* bool; BH_BUFFER_COMMIT works: allocation fails cleanly */
#define BH_CAP_MEM_PATHS "mem.paths"             /* words; path:means, "pageable:staged pinned:dma mapped:shared"; means:
                                                    dma kernel cpu (memcpy on the caller) staged shared (no copy) */
#define BH_CAP_MEM_UNIFIED "mem.unified"         /* bool; the device's memory is the host's */
#define BH_CAP_MEM_SUB_ALIGN "mem.sub.align.bytes" /* int; offset of a sub-range; at most 256 on all known APIs */
#define BH_CAP_MEM_COPY_ALIGN "mem.copy.align.bytes" /* int; offsets and sizes of copies: 1 or 4 */
#define BH_CAP_MEM_HOST_ALIGN "mem.import.align.bytes" /* int; address and size of an imported pointer */
#define BH_CAP_CACHE_L1 "cache.l1.bytes"         /* int; per unit */
#define BH_CAP_CACHE_L2 "cache.l2.bytes"         /* int; all of them together */
#define BH_CAP_CACHE_LAST "cache.last.bytes"     /* int; all of the last level together: arrays >= 4 x this */
#define BH_CAP_CACHE_LINE "cache.line.bytes"     /* int */
#define BH_CAP_CLOCK_HZ "clock.hz"               /* int; highest the API admits */
#define BH_CAP_MEM_CLOCK_HZ "mem.clock.hz"       /* int */
#define BH_CAP_MEM_BUS_BITS "mem.bus.bits"       /* int */
#define BH_CAP_PEAK_FP64 "peak.fp64"             /* number; operations/s; theoretical; see provenance */
#define BH_CAP_PEAK_FP32 "peak.fp32"             /* number; operations/s */
#define BH_CAP_PEAK_FP16 "peak.fp16"             /* number; operations/s */
#define BH_CAP_PEAK_MEM "peak.mem"               /* number; bytes/s */
#define BH_CAP_TIME_SPAN "time.span"             /* bool; spans carry device times: QUEUE metrics have values */
#define BH_CAP_TIME_SPAN_KIND "time.span_kind"   /* string; markers or commands: see "Spans" */
#define BH_CAP_TIME_EVENT "time.event"           /* bool; events of kind TIMES can be made */
#define BH_CAP_TIME_STEP "time.step.ns"          /* int; resolution as the API says; 65536 in a browser */
#define BH_CAP_TIME_GATE "time.gate"             /* bool; work can be held back until all of it is enqueued */
#define BH_CAP_QUEUES "queue.parallel"           /* int; queues that can really overlap; 1: they are serialised */
#define BH_CAP_QUEUE_DEPTH "queue.depth"         /* int; commands that a closed gate holds; 0: no gate */
#define BH_CAP_PEERS "peers"                     /* words; names of devices with which benchhost.peer/1 works: opencl:1 */
#define BH_CAP_EXTENSIONS "extensions"           /* words; ids of the device's optional interfaces */

/* The vocabulary for programs: X(BH_CAP_name, type) with the last word of BH_CAP_TYPE_type. */
#define BH_CAP_TABLE(X)                                                                                              \
  X(BH_CAP_KIND, STRING) X(BH_CAP_CLASS, STRING) X(BH_CAP_NAME, STRING) X(BH_CAP_MODEL, STRING)                      \
  X(BH_CAP_VENDOR, STRING) X(BH_CAP_UUID, STRING) X(BH_CAP_PCI_ADDRESS, STRING) X(BH_CAP_PCI_ID, STRING)             \
  X(BH_CAP_NUMA_NODE, INT) X(BH_CAP_DRIVER_NAME, STRING) X(BH_CAP_DRIVER_VERSION, STRING) X(BH_CAP_FIRMWARE, STRING) \
  X(BH_CAP_API_VERSION, VERSION) X(BH_CAP_SOFTWARE, BOOL) X(BH_CAP_SIMULATED, BOOL) X(BH_CAP_DIALECTS, WORDS)        \
  X(BH_CAP_OPENCL_C, VERSION) X(BH_CAP_SPIRV, VERSION) X(BH_CAP_ISA, WORDS) X(BH_CAP_TYPES, WORDS)                   \
  X(BH_CAP_STORAGE_TYPES, WORDS) X(BH_CAP_FEATURES, WORDS) X(BH_CAP_MATRIX, WORDS) X(BH_CAP_UNITS, INT)              \
  X(BH_CAP_LANES, INT) X(BH_CAP_SUBGROUPS, WORDS) X(BH_CAP_GROUP_ITEMS, INT) X(BH_CAP_GROUP_X, INT)                  \
  X(BH_CAP_GROUP_Y, INT) X(BH_CAP_GROUP_Z, INT) X(BH_CAP_GRID_X, INT) X(BH_CAP_GRID_Y, INT) X(BH_CAP_GRID_Z, INT)    \
  X(BH_CAP_LOCAL_BYTES, INT) X(BH_CAP_ARG_BUFFERS, INT) X(BH_CAP_ARG_BYTES, INT) X(BH_CAP_MEM_BYTES, INT)            \
  X(BH_CAP_MEM_BUFFER, INT) X(BH_CAP_MEM_KINDS, WORDS) X(BH_CAP_MEM_COMMIT, BOOL) X(BH_CAP_MEM_PATHS, WORDS)         \
  X(BH_CAP_MEM_UNIFIED, BOOL) X(BH_CAP_MEM_SUB_ALIGN, INT) X(BH_CAP_MEM_COPY_ALIGN, INT)                             \
  X(BH_CAP_MEM_HOST_ALIGN, INT) X(BH_CAP_CACHE_L1, INT) X(BH_CAP_CACHE_L2, INT) X(BH_CAP_CACHE_LAST, INT)            \
  X(BH_CAP_CACHE_LINE, INT) X(BH_CAP_CLOCK_HZ, INT) X(BH_CAP_MEM_CLOCK_HZ, INT) X(BH_CAP_MEM_BUS_BITS, INT)          \
  X(BH_CAP_PEAK_FP64, NUMBER) X(BH_CAP_PEAK_FP32, NUMBER) X(BH_CAP_PEAK_FP16, NUMBER) X(BH_CAP_PEAK_MEM, NUMBER)     \
  X(BH_CAP_TIME_SPAN, BOOL) X(BH_CAP_TIME_SPAN_KIND, STRING) X(BH_CAP_TIME_EVENT, BOOL) X(BH_CAP_TIME_STEP, INT)     \
  X(BH_CAP_TIME_GATE, BOOL) X(BH_CAP_QUEUES, INT) X(BH_CAP_QUEUE_DEPTH, INT) X(BH_CAP_PEERS, WORDS)                  \
  X(BH_CAP_EXTENSIONS, WORDS)

/* ---- Layout ------------------------------------------------------------------------------------------------------ */

BH_ASSERT_SIZE(bh_cap_t, 48);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BENCHHOST_CAPABILITIES_H */
