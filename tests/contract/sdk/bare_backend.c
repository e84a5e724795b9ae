/* The least backend module: it negotiates, and its machine has none of its devices. */
#include <benchhost/backend.h>

static const bh_be_host_t* services;

static uint32_t BH_CALL score(void) { return 1; }
static bh_status_t BH_CALL start(void) { return BH_OK; }
static void BH_CALL stop(void) {}
static bh_status_t BH_CALL probe(bh_be_probe_t* found) {
  const bh_be_device_list_t none = BH_EMPTY_LIST;
  found->devices = none;
  found->reason = "this module serves no device";
  return BH_OK;
}
static bh_status_t BH_CALL device_open(uint32_t index, bh_be_device_t** device, const bh_be_device_api_t** api) {
  const bh_be_fault_t fault = {BH_STRUCT(bh_be_fault_t), .fault_class = BH_FAULT_CALL, .status = BH_E_NOT_FOUND,
                               .text = "this module serves no device"};
  (void)index;
  *device = NULL;
  *api = NULL;
  services->fault(services, &fault);
  return BH_E_NOT_FOUND;
}
static void BH_CALL device_close(bh_be_device_t* device) { (void)device; }

static const bh_backend_t backend = {BH_STRUCT(bh_backend_t),
                                     .id = "org.example.bare",
                                     .kind = "bare",
                                     .version = "1.0.0",
                                     .vendor = "Example Ltd",
                                     .score = score,
                                     .start = start,
                                     .probe = probe,
                                     .device_open = device_open,
                                     .device_close = device_close,
                                     .stop = stop};

BH_EXPORT bh_status_t BH_CALL bh_backend_entry(const bh_be_offer_t* offer, bh_be_answer_t* answer) {
  return bh_be_negotiate(offer, answer, &backend, &services);
}
