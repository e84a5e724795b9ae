#include "worker/device/backend_module.h"

#include <string_view>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "worker/device/caps.h"
#include "worker/device/module_host.h"
#include "worker/device/thread_error.h"
#include "worker/loader/shared_library.h"

namespace benchhost::device {
namespace {

constexpr std::string_view kCode = "BH0502";

/// The module's words for its last fault on this thread, or a sentence that says that there are none.
std::string fault_words(std::string_view function, bh_status_t status) {
  if (take_fault() != 0) return error_text();
  return fmt::format("{} gave status {} and no reason", function, status);
}

Result<std::string> read_line(const char* text, std::string_view what) {
  if (text == nullptr || text[0] == '\0') return make_error(kCode, fmt::format("the module has no {}", what));
  std::string line = text;
  if (line.size() > BH_MAX_ID || !is_utf8(line)) {
    return make_error(kCode, fmt::format("the module's {} is longer than {} bytes or not UTF-8", what, BH_MAX_ID));
  }
  return line;
}

bool is_kind(std::string_view kind) {
  if (kind.empty() || kind.front() < 'a' || kind.front() > 'z') return false;
  for (const char c : kind) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) return false;
  }
  return true;
}

Result<void> check_backend(const bh_backend_t* backend) {
  if (backend == nullptr) return make_error(kCode, "the entry answered without a table");
  if (!BH_HAS(bh_backend_t, backend, extension)) {
    return make_error(kCode, fmt::format("the module's table has a struct_size of {}", backend->struct_size));
  }
  if (backend->score == nullptr || backend->start == nullptr || backend->probe == nullptr ||
      backend->device_open == nullptr || backend->device_close == nullptr || backend->stop == nullptr) {
    return make_error(kCode, "the module's table lacks one of score, start, probe, device_open, device_close, stop");
  }
  BH_CHECK([&]() -> Result<void> {
    BH_TRY(const std::string id, read_line(backend->id, "id"));
    BH_TRY(const std::string version, read_line(backend->version, "version"));
    BH_TRY(const std::string vendor, read_line(backend->vendor, "vendor"));
    BH_TRY(const std::string kind, read_line(backend->kind, "kind"));
    if (!is_kind(kind)) return make_error(kCode, fmt::format("the module's kind '{}' is no [a-z][a-z0-9]*", kind));
    return {};
  }());
  return {};
}

/// Every function that backend.h does not mark as optional is there, and those that go together come together.
Result<void> check_device_api(const bh_be_device_api_t* api) {
  if (api == nullptr || !BH_HAS(bh_be_device_api_t, api, extension)) {
    return make_error(kCode, "device_open gave no table, or one with a wrong struct_size");
  }
  struct Function {
    std::string_view name;
    bool present;
  };
#define BENCHHOST_NEED(name) \
  { #name, api->name != nullptr }
  const Function functions[] = {
      BENCHHOST_NEED(caps),
      BENCHHOST_NEED(queue_create),
      BENCHHOST_NEED(queue_destroy),
      BENCHHOST_NEED(queue_flush),
      BENCHHOST_NEED(queue_finish),
      BENCHHOST_NEED(queue_wait),
      BENCHHOST_NEED(read_back),
      BENCHHOST_NEED(buffer_create),
      BENCHHOST_NEED(buffer_view),
      BENCHHOST_NEED(buffer_destroy),
      BENCHHOST_NEED(buffer_map),
      BENCHHOST_NEED(buffer_unmap),
      BENCHHOST_NEED(write),
      BENCHHOST_NEED(read),
      BENCHHOST_NEED(copy),
      BENCHHOST_NEED(fill),
      BENCHHOST_NEED(dispatch),
      BENCHHOST_NEED(program_build),
      BENCHHOST_NEED(program_destroy),
      BENCHHOST_NEED(args_create),
      BENCHHOST_NEED(args_set),
      BENCHHOST_NEED(args_destroy),
      BENCHHOST_NEED(event_create),
      BENCHHOST_NEED(event_wait),
      BENCHHOST_NEED(event_destroy),
  };
#undef BENCHHOST_NEED
  for (const Function& function : functions) {
    if (!function.present) return make_error(kCode, fmt::format("the device's table lacks {}", function.name));
  }
  if (api->span_begin != nullptr && (api->span_end == nullptr || api->span_read == nullptr)) {
    return make_error(kCode, "the device's table has span_begin without span_end and span_read");
  }
  return {};
}

}  // namespace

struct BackendModule::State {
  const bh_backend_t* backend = nullptr;
  std::uint32_t abi = 0;
  ModuleHost* host = nullptr;  ///< never freed: the module may use it until the process ends
  std::string file;
  std::string id;
  std::string kind;
  bool started = false;
  bool probed = false;
  std::uint32_t devices = 0;

  Result<bh_be_probe_t> probe();
};

BackendModule::BackendModule(std::unique_ptr<State> state) : state_(std::move(state)) {}

BackendModule::~BackendModule() {
  stop();
  state_->host->detach();
}

Result<std::unique_ptr<BackendModule>> BackendModule::load(const std::string& file, ModuleServices services) {
  auto library = loader::SharedLibrary::open(file);
  if (!library.ok()) {
    Error error = std::move(library).error();
    error.code = kCode;
    return error;
  }
  void* symbol = library->symbol(BH_BACKEND_ENTRY_NAME);
  if (symbol == nullptr) {
    return make_error(kCode, fmt::format("it exports no {}, so it is no backend module", BH_BACKEND_ENTRY_NAME))
        .in(file);
  }
  const auto entry = reinterpret_cast<bh_backend_entry_fn_t>(symbol);
  auto state = std::make_unique<State>();
  state->file = file;
  state->host = &ModuleHost::create(std::move(services));

  bh_be_offer_t offer{};
  offer.struct_size = sizeof offer;
  offer.abi_min = BH_BACKEND_ABI_VERSION;
  offer.abi_max = BH_BACKEND_ABI_VERSION;
  offer.host = state->host->table();
  bh_be_answer_t answer{};
  answer.struct_size = sizeof answer;
  clear_fault();
  const bh_status_t status = entry(&offer, &answer);
  if (status != BH_OK) {
    std::string why = answer.reason != nullptr ? answer.reason : fault_words(BH_BACKEND_ENTRY_NAME, status);
    state->host->detach();
    return make_error(kCode, fmt::format("the module refused: {}", why)).in(file);
  }
  if (answer.abi < offer.abi_min || answer.abi > offer.abi_max) {
    state->host->detach();
    return make_error(kCode, fmt::format("the module answered version {}.{}, which was not offered",
                                         BH_ABI_GET_MAJOR(answer.abi), BH_ABI_GET_MINOR(answer.abi)))
        .in(file);
  }
  if (auto checked = check_backend(answer.backend); !checked.ok()) {
    state->host->detach();
    return std::move(checked).error().in(file);
  }
  state->backend = answer.backend;
  state->abi = answer.abi;
  state->id = answer.backend->id;
  state->kind = answer.backend->kind;
  return std::unique_ptr<BackendModule>(new BackendModule(std::move(state)));
}

std::string BackendModule::id() const { return state_->id; }
std::string BackendModule::kind() const { return state_->kind; }

std::uint32_t BackendModule::score() {
  clear_fault();
  const std::uint32_t score = state_->backend->score();
  return score <= 1000 ? score : 1000;
}

Result<void> BackendModule::start() {
  if (state_->started) return {};
  clear_fault();
  if (const bh_status_t status = state_->backend->start(); status != BH_OK) {
    return make_error(kCode, fault_words("start", status)).in(state_->id);
  }
  state_->started = true;
  return {};
}

void BackendModule::stop() {
  if (!state_->started) return;
  state_->backend->stop();
  state_->started = false;
  state_->probed = false;
  state_->devices = 0;
}

Result<bh_be_probe_t> BackendModule::State::probe() {
  bh_be_probe_t found{};
  found.struct_size = sizeof found;
  clear_fault();
  if (const bh_status_t status = backend->probe(&found); status != BH_OK) {
    return make_error(kCode, fault_words("probe", status)).in(id);
  }
  const auto& list = found.devices;
  constexpr std::size_t kFirstSize = BH_SIZE_TO(bh_be_device_info_t, caps);
  if (list.count != 0 && (list.items == nullptr || list.count > BH_MAX_ITEMS || list.stride % 8 != 0 ||
                          list.stride < kFirstSize || list.stride > BH_MAX_STRIDE)) {
    return make_error(kCode,
                      fmt::format("the list of devices is no list: {} items, {} bytes apart", list.count, list.stride))
        .in(id);
  }
  devices = list.count;
  probed = true;
  return found;
}

Result<protocol::BackendRecord> BackendModule::probe() {
  protocol::BackendRecord record;
  record.id = state_->id;
  record.kind = state_->kind;
  record.version = state_->backend->version;
  record.vendor = state_->backend->vendor;
  record.abi = state_->abi;
  record.score = score();
  if (record.score == 0) {
    record.reason = fault_words("score", BH_E_UNSUPPORTED);
    return record;
  }
  BH_CHECK(start());
  BH_TRY(const bh_be_probe_t found, state_->probe());
  for (std::uint32_t i = 0; i < found.devices.count; ++i) {
    const bh_be_device_info_t* info = BH_AT(bh_be_device_info_t, &found.devices, i);
    protocol::DeviceRecord device;
    device.name = fmt::format("{}:{}", state_->kind, i);
    device.kind = state_->kind;
    device.index = i;
    if (!BH_HAS(bh_be_device_info_t, info, caps)) {
      return make_error(kCode, fmt::format("its struct_size is {}", info->struct_size)).in(device.name);
    }
    device.reason = info->reason != nullptr ? info->reason : "";
    auto caps = read_caps(info->caps);
    if (!caps.ok()) return std::move(caps).error().in(device.name).in(state_->id);
    device.caps = std::move(caps).value();
    if (auto complete = check_mandatory(device.caps, state_->kind); !complete.ok()) {
      return std::move(complete).error().in(device.name).in(state_->id);
    }
    record.devices.push_back(std::move(device));
  }
  if (record.devices.empty()) {
    record.reason = found.reason != nullptr && found.reason[0] != '\0'
                        ? found.reason
                        : "the module found no device and gave no reason";
  }
  return record;
}

Result<BackendModule::Opened> BackendModule::open(std::uint32_t index) {
  BH_CHECK(start());
  if (!state_->probed) BH_CHECK(state_->probe());
  if (index >= state_->devices) {
    return make_error("BH0501", fmt::format("{} has {} devices, so there is no {}:{}", state_->id, state_->devices,
                                            state_->kind, index));
  }
  Opened opened;
  clear_fault();
  const std::string name = fmt::format("{}:{}", state_->kind, index);
  if (const bh_status_t status = state_->backend->device_open(index, &opened.device, &opened.api); status != BH_OK) {
    return make_error(kCode, fault_words("device_open", status)).in(name);
  }
  if (opened.device == nullptr) return make_error(kCode, "device_open gave no device").in(name);
  if (auto checked = check_device_api(opened.api); !checked.ok()) {
    state_->backend->device_close(opened.device);
    return std::move(checked).error().in(name);
  }
  return opened;
}

void BackendModule::close(bh_be_device_t* device) { state_->backend->device_close(device); }

void BackendModule::add_observer(bh_be_device_t* device, FaultObserver* observer) {
  state_->host->add_observer(device, observer);
}

void BackendModule::remove_observer(FaultObserver* observer) { state_->host->remove_observer(observer); }

}  // namespace benchhost::device
