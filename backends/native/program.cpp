#include "native/program.h"

#include <cstring>

namespace benchhost::native {

bool Program::read(const bh_program_desc_t& desc, std::uint32_t index) {
  const bh_source_t* source = BH_AT(bh_source_t, &desc.sources, index);
  if (desc.arg_count > kParametersMax || source->native == nullptr) return false;
  function_ = source->native;
  types_.assign(desc.arg_types, desc.arg_types + desc.arg_count);
  std::memcpy(group_size_.data(), desc.group_size, sizeof desc.group_size);
  constants_.assign(desc.constants.count, 0);
  constant_addresses_.assign(desc.constants.count, nullptr);
  for (std::uint32_t k = 0; k < desc.constants.count; ++k) {
    const bh_constant_t* constant = BH_AT(bh_constant_t, &desc.constants, k);
    std::memcpy(&constants_[k], constant->value, BH_SCALAR_SIZE(constant->type));
    constant_addresses_[k] = &constants_[k];
  }
  return true;
}

std::uint64_t Program::group_items() const { return std::uint64_t{group_size_[0]} * group_size_[1] * group_size_[2]; }

bh_native_range_t Program::whole(const std::uint32_t groups[3]) const {
  bh_native_range_t box{};
  box.struct_size = sizeof box;
  box.worker_count = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    box.end[axis] = groups[axis];
    box.groups[axis] = groups[axis];
    box.group_size[axis] = group_size_[axis];
  }
  return box;
}

void Program::run(const Slots& slots, const bh_native_range_t& box) const {
  // A function gets non-const addresses of its scalars: what it writes there must not reach the next box.
  Slots scalars = slots;
  std::array<void*, kParametersMax> values{};
  for (std::size_t i = 0; i < types_.size(); ++i) {
    values[i] = takes_buffer(i) ? reinterpret_cast<void*>(static_cast<std::uintptr_t>(slots[i])) : &scalars[i];
  }
  bh_native_args_t args{};
  args.struct_size = sizeof args;
  args.value_count = static_cast<std::uint32_t>(types_.size());
  args.values = values.data();
  args.constants = constant_addresses_.data();
  args.constant_count = static_cast<std::uint32_t>(constants_.size());
  function_(&box, &args);
}

}  // namespace benchhost::native
