#include "worker/device/program_desc.h"

#include <cmath>
#include <cstring>
#include <string_view>

#include "worker/device/thread_error.h"

namespace benchhost::device {
namespace {

template <class Item>
bh_status_t check_list(const void* items, std::uint32_t count, std::uint32_t stride, std::size_t first_size,
                       const char* what) {
  if (count == 0) return BH_OK;
  if (items == nullptr || count > BH_MAX_ITEMS || stride % 8 != 0 || stride < first_size || stride > BH_MAX_STRIDE) {
    return bad_argument("program_build: the list of %s is no list: %u items, %u bytes apart", what, count, stride);
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t size = 0;
    std::memcpy(&size, static_cast<const char*>(items) + static_cast<std::size_t>(i) * stride, sizeof size);
    if (size < first_size || size > stride) {
      return bad_argument("program_build: item %u of %s has a struct_size of %u", i, what, size);
    }
  }
  return BH_OK;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_entry_name(const char* text) {
  if (text == nullptr) return false;
  const std::string_view name(text);
  if (name.empty() || name.size() > BH_MAX_ID || is_digit(name.front())) return false;
  for (const char c : name) {
    if (!is_upper(c) && !is_lower(c) && !is_digit(c) && c != '_') return false;
  }
  return true;
}

bool is_constant_name(const char* text) {
  if (text == nullptr) return false;
  const std::string_view name(text);
  if (name.empty() || name.size() > BH_MAX_ID || !is_upper(name.front()) || name.starts_with("BH_")) return false;
  for (const char c : name) {
    if (!is_upper(c) && !is_digit(c) && c != '_') return false;
  }
  return true;
}

bool is_finite(const bh_constant_t& constant) {
  if (constant.type == BH_SCALAR_F32) {
    float value = 0;
    std::memcpy(&value, constant.value, sizeof value);
    return std::isfinite(value);
  }
  if (constant.type == BH_SCALAR_F64) {
    double value = 0;
    std::memcpy(&value, constant.value, sizeof value);
    return std::isfinite(value);
  }
  return true;
}

bool is_spirv(std::string_view dialect) {
  return dialect == BH_DIALECT_SPIRV_VULKAN || dialect == BH_DIALECT_SPIRV_OPENCL;
}

}  // namespace

bh_status_t ProgramDesc::read(const bh_device& device, const bh_program_desc_t* desc) {
  if (desc == nullptr || !BH_HAS(bh_program_desc_t, desc, group_size)) {
    return bad_argument("program_build: desc is NULL or its struct_size was not set");
  }
  if (!is_entry_name(desc->name)) return bad_argument("program_build: name is no [A-Za-z_][A-Za-z0-9_]*");
  if ((desc->flags & ~(BH_BUILD_NO_CACHE | BH_BUILD_FAST_MATH)) != 0) {
    return bad_argument("program_build: unknown flags %#x", desc->flags);
  }
  desc_ = {};
  desc_.struct_size = sizeof desc_;
  desc_.flags = desc->flags;
  desc_.name = desc->name;
  if (const bh_status_t status = read_sources(*desc); status != BH_OK) return status;
  if (const bh_status_t status = read_constants(*desc); status != BH_OK) return status;
  if (const bh_status_t status = read_args(device, *desc); status != BH_OK) return status;
  return check_group(device, *desc);
}

bh_status_t ProgramDesc::read_sources(const bh_program_desc_t& desc) {
  const auto& list = desc.sources;
  if (const bh_status_t status =
          check_list<bh_source_t>(list.items, list.count, list.stride, BH_SIZE_TO(bh_source_t, native), "sources");
      status != BH_OK) {
    return status;
  }
  if (list.count == 0) return bad_argument("program_build: %s has no source", desc.name);
  sources_.clear();
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const bh_source_t* item = BH_AT(bh_source_t, &list, i);
    bh_source_t own{};
    own.struct_size = sizeof own;
    own.dialect = item->dialect;
    own.entry = item->entry != nullptr && item->entry[0] != '\0' ? item->entry : desc.name;
    own.needs = item->needs;
    own.code = item->code;
    own.native = item->native;
    if (own.dialect == nullptr || own.dialect[0] == '\0') {
      return bad_argument("program_build: source %u of %s has no dialect", i, desc.name);
    }
    const std::string_view dialect(own.dialect);
    const bool native = dialect == BH_DIALECT_NATIVE;
    if (native ? own.native == nullptr : own.code.data == nullptr || own.code.size_bytes == 0) {
      return bad_argument("program_build: source %u of %s, %s, is empty", i, desc.name, own.dialect);
    }
    if (is_spirv(dialect) &&
        (reinterpret_cast<std::uintptr_t>(own.code.data) % 4 != 0 || own.code.size_bytes % 4 != 0)) {
      return bad_argument("program_build: source %u of %s: SPIR-V is made of aligned 32-bit words", i, desc.name);
    }
    sources_.push_back(own);
  }
  desc_.sources = {sources_.data(), static_cast<std::uint32_t>(sources_.size()), sizeof(bh_source_t)};
  return BH_OK;
}

bh_status_t ProgramDesc::read_constants(const bh_program_desc_t& desc) {
  const auto& list = desc.constants;
  if (const bh_status_t status = check_list<bh_constant_t>(list.items, list.count, list.stride,
                                                           BH_SIZE_TO(bh_constant_t, reserved), "constants");
      status != BH_OK) {
    return status;
  }
  constants_.clear();
  for (std::uint32_t i = 0; i < list.count; ++i) {
    const bh_constant_t* item = BH_AT(bh_constant_t, &list, i);
    bh_constant_t own{};
    own.struct_size = sizeof own;
    own.type = item->type;
    own.name = item->name;
    own.value = item->value;
    own.id = item->id;
    if (!is_constant_name(own.name)) {
      return bad_argument("program_build: constant %u of %s: the name is no [A-Z][A-Z0-9_]*, or begins with BH_", i,
                          desc.name);
    }
    if (!is_scalar(own.type) || own.value == nullptr || own.id > 999) {
      return bad_argument("program_build: constant %s: needs a type of BH_SCALAR_*, a value, and an id up to 999",
                          own.name);
    }
    if (!is_finite(own)) return bad_argument("program_build: constant %s is not finite", own.name);
    for (const bh_constant_t& other : constants_) {
      if (other.id == own.id || std::strcmp(other.name, own.name) == 0) {
        return bad_argument("program_build: constants %s and %s have one id or one name", other.name, own.name);
      }
    }
    constants_.push_back(own);
  }
  desc_.constants = {constants_.data(), static_cast<std::uint32_t>(constants_.size()), sizeof(bh_constant_t)};
  return BH_OK;
}

bh_status_t ProgramDesc::read_args(const bh_device& device, const bh_program_desc_t& desc) {
  if (desc.arg_count > BH_MAX_ITEMS || (desc.arg_count != 0 && desc.arg_types == nullptr)) {
    return bad_argument("program_build: %s has %u parameters and %s list of them", desc.name, desc.arg_count,
                        desc.arg_types == nullptr ? "no" : "a");
  }
  arg_types_.assign(desc.arg_types, desc.arg_types + desc.arg_count);
  std::int64_t buffers = 0;
  std::int64_t scalar_bytes = 0;
  for (std::uint32_t i = 0; i < desc.arg_count; ++i) {
    const std::uint32_t type = arg_types_[i];
    if (is_buffer(type)) {
      ++buffers;
    } else if (is_scalar(type)) {
      const auto size = static_cast<std::int64_t>(BH_SCALAR_SIZE(type));
      scalar_bytes = (scalar_bytes + size - 1) / size * size + size;
    } else {
      return bad_argument("program_build: parameter %u of %s: %u is none of BH_ARG_* and BH_SCALAR_*", i, desc.name,
                          type);
    }
  }
  const auto& limits = device.limits;
  if (limits.arg_buffers_max && buffers > *limits.arg_buffers_max) {
    set_error("program_build: %s takes %lld buffers; args.buffers_max of %s is %lld", desc.name,
              static_cast<long long>(buffers), device.name.c_str(), static_cast<long long>(*limits.arg_buffers_max));
    return BH_E_UNSUPPORTED;
  }
  if (limits.arg_bytes_max && scalar_bytes > *limits.arg_bytes_max) {
    set_error("program_build: the scalars of %s take %lld bytes; args.bytes_max of %s is %lld", desc.name,
              static_cast<long long>(scalar_bytes), device.name.c_str(), static_cast<long long>(*limits.arg_bytes_max));
    return BH_E_UNSUPPORTED;
  }
  desc_.arg_types = arg_types_.data();
  desc_.arg_count = desc.arg_count;
  return BH_OK;
}

bh_status_t ProgramDesc::check_group(const bh_device& device, const bh_program_desc_t& desc) {
  std::uint64_t items = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::uint32_t size = desc.group_size[axis];
    if (size == 0) return bad_argument("program_build: group_size[%zu] of %s is 0", axis, desc.name);
    const auto& most = device.limits.group_max[axis];
    if (most && size > static_cast<std::uint64_t>(*most)) {
      set_error("program_build: group_size[%zu] of %s is %u; %s takes %lld", axis, desc.name, size, device.name.c_str(),
                static_cast<long long>(*most));
      return BH_E_UNSUPPORTED;
    }
    desc_.group_size[axis] = size;
    // Three 32-bit factors do not fit 64 bits; no device has a group of 2^40 items.
    items = items > (std::uint64_t{1} << 40) ? items : items * size;
  }
  const auto& most = device.limits.group_items_max;
  if (most && items > static_cast<std::uint64_t>(*most)) {
    set_error("program_build: a group of %s has %llu items; group.items_max of %s is %lld", desc.name,
              static_cast<unsigned long long>(items), device.name.c_str(), static_cast<long long>(*most));
    return BH_E_UNSUPPORTED;
  }
  return BH_OK;
}

}  // namespace benchhost::device
