// A plugin's program description: checked, and copied into structs of the version that the module speaks.
#pragma once

#include <cstdint>
#include <vector>

#include <benchhost/device.h>

#include "worker/device/device_state.h"

namespace benchhost::device {

/// bh_program_desc_t with arrays of its own. Strings, code and values stay the plugin's: they outlive the call.
class ProgramDesc {
 public:
  /// Checks desc against its contract and the device's limits. BH_OK, or a status with the text set.
  bh_status_t read(const bh_device& device, const bh_program_desc_t* desc);

  /// The description for the module; each source's entry is set. Valid until: read again or gone.
  [[nodiscard]] const bh_program_desc_t& desc() const { return desc_; }
  [[nodiscard]] const std::vector<bh_source_t>& sources() const { return sources_; }
  [[nodiscard]] const std::vector<std::uint32_t>& arg_types() const { return arg_types_; }

 private:
  bh_status_t read_sources(const bh_program_desc_t& desc);
  bh_status_t read_constants(const bh_program_desc_t& desc);
  bh_status_t read_args(const bh_device& device, const bh_program_desc_t& desc);
  bh_status_t check_group(const bh_device& device, const bh_program_desc_t& desc);

  bh_program_desc_t desc_{};
  std::vector<bh_source_t> sources_;
  std::vector<bh_constant_t> constants_;
  std::vector<std::uint32_t> arg_types_;
};

/// True for a parameter that takes a buffer.
[[nodiscard]] constexpr bool is_buffer(std::uint32_t arg_type) {
  return arg_type >= BH_ARG_BUFFER_READ && arg_type <= BH_ARG_BUFFER_READ_WRITE;
}
[[nodiscard]] constexpr bool is_scalar(std::uint32_t arg_type) {
  return arg_type >= BH_SCALAR_I32 && arg_type <= BH_SCALAR_F64;
}

}  // namespace benchhost::device
