/* A backend module that is wrong in one way, chosen when it is compiled. Shows the gates of loading and probing. */
#include <benchhost/backend.h>

#ifndef BAD
#error "define BAD as one of the ways below"
#endif

#define REFUSES 1
#define OTHER_VERSION 2
#define NO_TABLE 3
#define SHORT_TABLE 4
#define NO_PROBE 5
#define BAD_KIND 6
#define WRONG_TYPE 7
#define UNKNOWN_FACT 8
#define NOT_FINITE 9
#define MISSING_FACT 10
#define TWICE 11
#define NO_REASON 12
#define NO_DEVICE 13
#define UNUSABLE 14
#define SHORT_DEVICE_TABLE 15
#define NO_DISPATCH 16
#define SCORE_ZERO 17
#define START_FAILS 18
#define BAD_WORDS 19
#define NOT_UTF8 20
#define OTHER_KIND 21

static const bh_be_host_t* host;

#define TEXT(fact, value) \
  { BH_STRUCT(bh_cap_t), .type = BH_CAP_TYPE_STRING, .provenance = BH_FROM_DRIVER, .name = fact, .text = value }
#define WORDS(fact, value) \
  { BH_STRUCT(bh_cap_t), .type = BH_CAP_TYPE_WORDS, .provenance = BH_FROM_DRIVER, .name = fact, .text = value }

static const bh_cap_t caps[] = {
#if BAD == OTHER_KIND
    TEXT(BH_CAP_KIND, "cuda"),
#else
    TEXT(BH_CAP_KIND, "bad"),
#endif
    TEXT(BH_CAP_CLASS, "other"),
    TEXT(BH_CAP_NAME, "bad device"),
#if BAD != MISSING_FACT
    TEXT(BH_CAP_MODEL, "bad device"),
#endif
#if BAD == BAD_WORDS
    WORDS(BH_CAP_DIALECTS, "native  wgsl"),
#else
    WORDS(BH_CAP_DIALECTS, "native"),
#endif
#if BAD == WRONG_TYPE
    TEXT(BH_CAP_UNITS, "four"),
#elif BAD == UNKNOWN_FACT
    TEXT("surprise", "x"),
#elif BAD == NOT_FINITE
    {BH_STRUCT(bh_cap_t), .type = BH_CAP_TYPE_NUMBER, .name = BH_CAP_PEAK_MEM, .number = 1e308 * 10},
#elif BAD == TWICE
    TEXT(BH_CAP_VENDOR, "a"),
    TEXT(BH_CAP_VENDOR, "b"),
#elif BAD == NOT_UTF8
    TEXT(BH_CAP_VENDOR, "\xff"),
#endif
    TEXT("maker.note", "a vendor's own fact"),
};

static const bh_be_device_info_t infos[] = {{
    BH_STRUCT(bh_be_device_info_t),
#if BAD == UNUSABLE
    .reason = "the driver is older than the library: update it",
#endif
    .caps = BH_LIST(caps),
}};

#if BAD == SCORE_ZERO || BAD == START_FAILS
static bh_status_t complain(bh_status_t status, const char* text) {
  const bh_be_fault_t fault = {BH_STRUCT(bh_be_fault_t), .fault_class = BH_FAULT_CALL,
                               .status = status,         .call = "badInit",
                               .api_code = -7,           .text = text};
  host->fault(host, &fault);
  return status;
}
#endif

static uint32_t BH_CALL score(void) {
#if BAD == SCORE_ZERO
  (void)complain(BH_E_UNSUPPORTED, "this build needs instructions that the processor lacks");
  return 0;
#else
  return 5000;
#endif
}

static bh_status_t BH_CALL start(void) {
#if BAD == START_FAILS
  return complain(BH_E_FAILED, "cannot start: try again tomorrow");
#else
  return BH_OK;
#endif
}

static bh_status_t BH_CALL probe(bh_be_probe_t* found) {
#if BAD == NO_REASON
  return BH_E_FAILED;
#elif BAD == NO_DEVICE
  found->reason = "libbad.so.1: cannot open shared object file";
  return BH_OK;
#else
  found->devices.items = infos;
  found->devices.count = 1;
  found->devices.stride = sizeof infos[0];
  return BH_OK;
#endif
}

static const bh_be_device_api_t device_table = {
#if BAD == SHORT_DEVICE_TABLE
    .struct_size = 16,
#else
    BH_STRUCT(bh_be_device_api_t),
#endif
};

static bh_status_t BH_CALL device_open(uint32_t index, bh_be_device_t** device, const bh_be_device_api_t** api) {
  (void)index;
  *device = (bh_be_device_t*)(uintptr_t)&host;
  *api = &device_table;
  return BH_OK;
}

static void BH_CALL device_close(bh_be_device_t* device) { (void)device; }
static void BH_CALL stop(void) {}

static const bh_backend_t backend = {
#if BAD == SHORT_TABLE
    .struct_size = 8,
#else
    BH_STRUCT(bh_backend_t),
#endif
    .id = "org.benchhost.bad",
#if BAD == BAD_KIND
    .kind = "Bad:0",
#else
    .kind = "bad",
#endif
    .version = "1",
    .vendor = "test",
    .score = score,
    .start = start,
#if BAD != NO_PROBE
    .probe = probe,
#endif
    .device_open = device_open,
    .device_close = device_close,
    .stop = stop,
};

BH_EXPORT bh_status_t BH_CALL bh_backend_entry(const bh_be_offer_t* offer, bh_be_answer_t* answer) {
  host = offer->host;
  (void)backend;
  (void)probe;
#if BAD == REFUSES
  answer->reason = "this module wants a newer host";
  return BH_E_VERSION;
#else
  answer->abi = BAD == OTHER_VERSION ? BH_ABI_MAKE(9, 9) : offer->abi_max;
  answer->backend = BAD == NO_TABLE ? NULL : &backend;
  return BH_OK;
#endif
}
