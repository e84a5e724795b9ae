// Programs of the dialect `native`: a function pointer, its constants, and the values of its parameters.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <benchhost/backend.h>

namespace benchhost::native {

/// Parameters of one program. A command carries a slot for each, so the number is fixed.
inline constexpr std::size_t kParametersMax = 32;

/// Parameter values as a command carries them: the address of a buffer's first byte, or a scalar's object at the front.
using Slots = std::array<std::uint64_t, kParametersMax>;

/// A built native program. Immutable once read. Thread: any.
class Program {
 public:
  /// Copies what it needs of source `index`. False: more than kParametersMax parameters, or no native function.
  bool read(const bh_program_desc_t& desc, std::uint32_t index);

  [[nodiscard]] std::size_t parameters() const { return types_.size(); }
  [[nodiscard]] bool takes_buffer(std::size_t index) const { return types_[index] < BH_SCALAR_I32; }
  [[nodiscard]] std::size_t scalar_bytes(std::size_t index) const { return BH_SCALAR_SIZE(types_[index]); }
  /// Work items of one group.
  [[nodiscard]] std::uint64_t group_items() const;

  /// Calls the function for a box of groups of one dispatch; slots is the caller's own copy, which stays unchanged.
  void run(const Slots& slots, const bh_native_range_t& box) const;
  /// The box that holds all groups, with the program's group size; struct_size is set.
  [[nodiscard]] bh_native_range_t whole(const std::uint32_t groups[3]) const;

 private:
  bh_native_fn_t function_ = nullptr;
  std::vector<std::uint32_t> types_;
  std::array<std::uint32_t, 3> group_size_{};
  std::vector<std::uint64_t> constants_;
  std::vector<const void*> constant_addresses_;
};

}  // namespace benchhost::native
