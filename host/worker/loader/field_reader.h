// Reads structs and texts that a plugin published, and refuses what breaks a rule of the SDK's base.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <benchhost/base.h>

#include "common/base/result.h"

namespace benchhost::loader {

/// Rules of a text member.
struct TextRule {
  std::size_t cap = BH_MAX_TEXT;  ///< bytes
  bool mandatory = false;
  bool lines = false;  ///< may hold \n and \t
};
inline constexpr TextRule kIdRule{BH_MAX_ID, false, false};
inline constexpr TextRule kMandatoryId{BH_MAX_ID, true, false};
inline constexpr TextRule kTitle{BH_MAX_TITLE, false, false};
inline constexpr TextRule kMandatoryTitle{BH_MAX_TITLE, true, false};
inline constexpr TextRule kText{BH_MAX_TEXT, false, true};
inline constexpr TextRule kMandatoryText{BH_MAX_TEXT, true, true};

/// Texts and items that one reader may read together, in bytes: more than any author writes, and small beside a probe.
inline constexpr std::size_t kMostReadBytes = std::size_t{16} << 20;

/// Bytes up to the first 0, at most cap + 1 of them: never reads further than it must. Requires: text is not null.
[[nodiscard]] std::string_view bounded_text(const char* text, std::size_t cap);

/// Walks descriptors. The first broken rule is kept, with the item and member that broke it; what is read after it is
/// of no use. So a reading is a straight line of code that asks ok() once in a while, and before it loops. What cannot
/// be checked from inside a process is a pointer that does not lead to memory: hence the probe.
class FieldReader {
 public:
  /// `code` of the errors it makes; `place` is what is being read: a file, a plugin.
  FieldReader(std::string code, std::string place) : code_(std::move(code)), place_(std::move(place)) {}

  /// While it lives, errors name this item: "benchmark 'org.example.triad.dram'", "parameter 2".
  class Item {
   public:
    Item(FieldReader& reader, std::string name) : reader_(reader) { reader_.items_.push_back(std::move(name)); }
    ~Item() { reader_.items_.pop_back(); }
    Item(const Item&) = delete;
    Item& operator=(const Item&) = delete;
    /// Once the item's own name is known.
    void rename(std::string name) { reader_.items_.back() = std::move(name); }
    /// "parameter 2" becomes "parameter 'n'", unless that is no id: what else a name may hold is not for messages.
    void rename(std::string_view kind, const char* id);

   private:
    FieldReader& reader_;
  };

  [[nodiscard]] bool ok() const { return !error_.has_value(); }
  /// Requires: !ok().
  [[nodiscard]] Error take_error() { return *std::move(error_); }
  /// Whether the first broken rule is one of size, list or text: what lies in memory, and not what it means.
  [[nodiscard]] bool broke_shape() const { return broke_shape_; }
  /// Counts bytes that are about to be copied. Lists are bounded one by one, and there are lists in lists of lists: a
  /// small file can publish gigabytes. False: with these it is more than kMostReadBytes.
  bool spend(std::string_view member, std::size_t bytes);
  /// Says which member broke which rule. Only the first one counts.
  void refuse(std::string_view member, std::string_view rule);
  /// refuse() unless the condition holds; the condition.
  bool require(bool condition, std::string_view member, std::string_view rule);

  /// A text member, copied. "" if it is absent.
  std::string text(std::string_view member, const char* value, const TextRule& rule);
  /// A text that is an id; with `simple`, of one part.
  std::string id(std::string_view member, const char* value, bool mandatory, bool simple = false);

  /// Checks a pointer to a struct that begins with struct_size, of which `first_size` bytes were published first.
  bool structure(std::string_view member, const void* value, std::size_t first_size);

  /// Checks a list (pointer, count, stride, each item's struct_size). True if its items may be read.
  /// sized: the items begin with struct_size; false for frozen ones.
  bool list(std::string_view member, const void* items, std::uint32_t count, std::uint32_t stride,
            std::size_t first_size, bool sized = true);

 private:
  /// require() for what lies in memory.
  bool require_shape(bool condition, std::string_view member, std::string_view rule);

  std::string code_;
  std::string place_;
  std::vector<std::string> items_;
  std::optional<Error> error_;
  bool broke_shape_ = false;
  std::size_t read_bytes_ = 0;
};

}  // namespace benchhost::loader
