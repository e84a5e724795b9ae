// A backend module, loaded from the file that the environment names, with one open session: what every test starts
// from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchhost/device.h>

#include "worker/device/session.h"

namespace benchhost::device::test {

using Options = std::vector<std::pair<std::string, std::string>>;

/// File of the module under test: BENCHHOST_TEST_BACKEND.
std::string backend_file();

std::unique_ptr<BackendModule> load_module(const std::string& file, Options options = {});

struct RigOptions {
  bool queue_metrics = false;
  bool gate = true;
  Options module;
  std::vector<std::uint32_t> slots = {0};  ///< indices of devices
  std::string file;                        ///< "": backend_file()
  std::function<std::int64_t()> clock_ns;  ///< empty: the steady clock
  std::function<bool()> cancelled;
};

/// Everything is lent until the rig goes.
class Rig {
 public:
  explicit Rig(RigOptions options = {});
  ~Rig();

  [[nodiscard]] const bh_device_t* device(std::size_t slot = 0) const { return session->devices()[slot]; }
  [[nodiscard]] bh_queue_t* queue() const { return api->main_queue(device()); }
  [[nodiscard]] const protocol::DeviceRecord& record() const { return session->record(0); }

  bh_buffer_t* buffer(std::uint64_t size_bytes, std::uint32_t kind = BH_BUFFER_DEVICE, void* host_pointer = nullptr,
                      std::uint32_t flags = 0) const;
  bh_buffer_t* buffer_of(const std::vector<std::uint32_t>& words, std::uint32_t kind = BH_BUFFER_DEVICE) const;
  [[nodiscard]] std::vector<std::uint32_t> words_of(bh_buffer_t* buffer, std::size_t count) const;
  bh_program_t* program(const char* name, bh_native_fn_t function, const std::vector<std::uint32_t>& types,
                        const std::vector<bh_constant_t>& constants = {}, std::uint32_t group_x = 1,
                        std::uint32_t group_y = 1, std::uint32_t group_z = 1) const;
  bh_args_t* args(bh_program_t* program, const std::vector<bh_arg_t>& values) const;
  bh_event_t* event(std::uint32_t flags = 0) const;
  /// Text of the last failure of this thread.
  [[nodiscard]] std::string why() const { return api->last_error(device()); }

  std::unique_ptr<BackendModule> module;
  std::unique_ptr<Session> session;
  const bh_device_api_t* api = nullptr;
};

/// out[i] = in[i] + scalar for u32; parameters: READ in, WRITE out, U32. One item per group of one.
void BH_CALL add_kernel(const bh_native_range_t* range, const bh_native_args_t* args);
/// out[item] = what the position, an I64, an F64 and two constants say; parameters: WRITE out, I64, F64.
void BH_CALL grid_kernel(const bh_native_range_t* range, const bh_native_args_t* args);
/// What grid_kernel writes for item (x, y, z).
std::uint32_t grid_value(std::uint32_t x, std::uint32_t y, std::uint32_t z, std::int64_t i64, double f64,
                         std::uint32_t first, double second);

}  // namespace benchhost::device::test
