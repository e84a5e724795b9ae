#include "worker/loader/field_reader.h"

#include <cstring>

#include <fmt/format.h>

#include "common/base/utf8.h"
#include "common/protocol/descriptor_rules.h"
#include "common/protocol/id.h"

namespace benchhost::loader {
namespace {

bool aligned(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer) % alignof(std::uint64_t) == 0; }

/// struct_size as the plain integer that it is: no lvalue of a struct that may be shorter is formed.
std::uint32_t size_of(const void* structure) {
  std::uint32_t size = 0;
  std::memcpy(&size, structure, sizeof size);
  return size;
}

}  // namespace

std::string_view bounded_text(const char* text, std::size_t cap) {
  const void* end = std::memchr(text, 0, cap + 1);
  return {text, end == nullptr ? cap + 1 : static_cast<std::size_t>(static_cast<const char*>(end) - text)};
}

void FieldReader::Item::rename(std::string_view kind, const char* id) {
  if (id == nullptr) return;
  const std::string_view name = bounded_text(id, BH_MAX_ID);
  if (protocol::is_id(name)) rename(fmt::format("{} '{}'", kind, name));
}

bool FieldReader::spend(std::string_view member, std::size_t bytes) {
  read_bytes_ += bytes;
  return require_shape(
      read_bytes_ <= kMostReadBytes, member,
      fmt::format("with it the texts and items of all descriptors are more than {} MiB", kMostReadBytes >> 20));
}

void FieldReader::refuse(std::string_view member, std::string_view rule) {
  if (error_) return;
  std::string where;
  for (const std::string& item : items_) where += item + ", ";
  error_ = make_error(code_, fmt::format("{}{}: {}", where, member, rule)).in(place_);
}

bool FieldReader::require(bool condition, std::string_view member, std::string_view rule) {
  if (!condition) refuse(member, rule);
  return condition;
}

bool FieldReader::require_shape(bool condition, std::string_view member, std::string_view rule) {
  broke_shape_ = broke_shape_ || (!condition && ok());
  return require(condition, member, rule);
}

std::string FieldReader::text(std::string_view member, const char* value, const TextRule& rule) {
  if (!ok()) return {};
  const std::string_view read = value == nullptr ? std::string_view() : bounded_text(value, rule.cap);
  if (read.empty()) {
    if (rule.mandatory) require_shape(false, member, "is mandatory and absent");
    return {};
  }
  if (read.size() > rule.cap) {
    require_shape(false, member, fmt::format("is longer than {} bytes", rule.cap));
  } else if (!is_utf8(read)) {
    require_shape(false, member, "is not UTF-8");
  } else if (read.starts_with("\xef\xbb\xbf")) {
    require_shape(false, member, "begins with a byte order mark");
  } else if (!protocol::is_printable(read, rule.lines)) {
    require_shape(false, member,
                  rule.lines ? "has a control character other than newline and tab" : "has a control character");
  }
  return ok() && spend(member, read.size()) ? std::string(read) : std::string();
}

std::string FieldReader::id(std::string_view member, const char* value, bool mandatory, bool simple) {
  std::string read = text(member, value, mandatory ? kMandatoryId : kIdRule);
  if (!ok() || read.empty()) return read;
  if (simple) {
    require(protocol::is_id_part(read), member,
            fmt::format("'{}' is no id of one part: [a-z][a-z0-9_]*, not true, false or in", read));
  } else {
    require(protocol::is_id(read), member,
            fmt::format("'{}' is no id: parts [a-z][a-z0-9_]* joined by dots, none of them true, false or in", read));
  }
  return read;
}

bool FieldReader::structure(std::string_view member, const void* value, std::size_t first_size) {
  if (!ok()) return false;
  if (!require_shape(value != nullptr, member, "is mandatory and NULL") ||
      !require_shape(aligned(value), member, "is not aligned to 8 bytes")) {
    return false;
  }
  const std::uint32_t size = size_of(value);
  return require_shape(
      size >= first_size, member,
      fmt::format("struct_size is {}, below the {} bytes of its first publication; was it set?", size, first_size));
}

bool FieldReader::list(std::string_view member, const void* items, std::uint32_t count, std::uint32_t stride,
                       std::size_t first_size, bool sized) {
  if (!ok() || count == 0) return false;
  if (!require_shape(count <= BH_MAX_ITEMS, member, fmt::format("has {} items, more than {}", count, BH_MAX_ITEMS)) ||
      !require_shape(items != nullptr, member, fmt::format("says {} items and is NULL", count)) ||
      !require_shape(aligned(items), member, "is not aligned to 8 bytes") ||
      !require_shape(
          stride % 8 == 0 && stride >= first_size && stride <= BH_MAX_STRIDE, member,
          fmt::format("stride is {}: must be a multiple of 8 from {} to {}", stride, first_size, BH_MAX_STRIDE))) {
    return false;
  }
  if (!spend(member, std::size_t{count} * first_size)) return false;
  for (std::uint32_t i = 0; sized && i < count; ++i) {
    const void* item = static_cast<const char*>(items) + std::size_t{i} * stride;
    const Item scope(*this, fmt::format("{} {}", member, i));
    if (!structure("item", item, first_size)) return false;
    if (!require_shape(size_of(item) <= stride, "struct_size",
                       fmt::format("is {}, above the stride of {}", size_of(item), stride))) {
      return false;
    }
  }
  return true;
}

}  // namespace benchhost::loader
