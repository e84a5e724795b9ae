#include "worker/measure/faults.h"

#include <array>

#include <fmt/format.h>

#include "common/base/utf8.h"

namespace benchhost::measure {
namespace {

/// Later texts of one call are context; more than these say nothing new.
constexpr std::size_t kMaxTexts = 8;

constexpr std::array<const char*, 15> kNames = {
    "BH_OK",          "BH_E_FAILED",    "BH_E_ARGUMENT",  "BH_E_STATE",   "BH_E_VERSION",   "BH_E_UNSUPPORTED",
    "BH_E_NOT_FOUND", "BH_E_NO_MEMORY", "BH_E_TOO_SMALL", "BH_E_TIMEOUT", "BH_E_CANCELLED", "BH_E_IO",
    "BH_E_DEVICE",    "BH_E_MISMATCH",  "BH_E_CRASHED"};

}  // namespace

bh_status_t known_status(bh_status_t status) {
  return status <= BH_OK && status >= BH_E_CRASHED ? status : BH_E_FAILED;
}

std::string status_name(bh_status_t status) {
  return known_status(status) == status ? kNames[static_cast<std::size_t>(-status)] : fmt::format("status {}", status);
}

void Faults::begin_call() {
  const std::scoped_lock lock(mutex_);
  texts_.clear();
  refused_in_call_.clear();
}

void Faults::say(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  if (texts_.size() < kMaxTexts && !text.empty()) texts_.push_back(to_valid_utf8(text));
}

bh_status_t Faults::refuse(bh_status_t status, std::string text) {
  const std::scoped_lock lock(mutex_);
  refused_in_call_ = text;
  last_[std::this_thread::get_id()] = std::move(text);
  return status;
}

bh_status_t Faults::violate(std::string text) {
  {
    const std::scoped_lock lock(mutex_);
    if (violation_.empty()) violation_ = text;
  }
  return refuse(BH_E_STATE, std::move(text));
}

const char* Faults::last_error() {
  const std::scoped_lock lock(mutex_);
  return last_[std::this_thread::get_id()].c_str();
}

std::string Faults::reason() const {
  const std::scoped_lock lock(mutex_);
  if (texts_.empty()) return refused_in_call_;
  std::string reason = texts_.front();
  for (std::size_t i = 1; i < texts_.size(); ++i) reason += (i == 1 ? " (" : "; ") + texts_[i];
  return texts_.size() > 1 ? reason + ")" : reason;
}

std::string Faults::violation() const {
  const std::scoped_lock lock(mutex_);
  return violation_;
}

std::size_t Faults::texts() const {
  const std::scoped_lock lock(mutex_);
  return texts_.size();
}

}  // namespace benchhost::measure
