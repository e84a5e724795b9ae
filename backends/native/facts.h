// The facts that a module reports about a device, with the memory behind their texts.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <benchhost/capabilities.h>

namespace benchhost::native {

/// A list of bh_cap_t. What is not known is not added: an empty text, no words, nullopt.
class Facts {
 public:
  Facts() = default;
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  void text(const char* name, std::string_view text, std::uint32_t provenance = BH_FROM_DRIVER);
  void words(const char* name, const std::vector<std::string>& words, std::uint32_t provenance = BH_FROM_DRIVER);
  void integer(const char* name, std::optional<std::int64_t> value, std::uint32_t provenance = BH_FROM_DRIVER);
  void number(const char* name, std::optional<double> value, std::uint32_t provenance = BH_FROM_DRIVER);
  void truth(const char* name, bool value, std::uint32_t provenance = BH_FROM_DRIVER);

  /// Valid until: the next addition.
  [[nodiscard]] bh_cap_list_t list() const;

 private:
  bh_cap_t& add(const char* name, std::uint32_t type, std::uint32_t provenance);

  std::vector<bh_cap_t> caps_;
  std::deque<std::string> texts_;
};

}  // namespace benchhost::native
