#include "worker/conform/notebook.h"

#include <fmt/format.h>

namespace benchhost::conform {

using protocol::Finding;
using protocol::Requirement;

void Notebook::note(Requirement requirement, Finding finding, const std::string& where, const std::string& text) {
  reporter_.send(protocol::Observation{static_cast<std::uint32_t>(requirement), finding, where, text});
}

bool Notebook::left_out(Requirement requirement, const std::string& where) const {
  return skip_.contains(fmt::format("{} {}", static_cast<std::uint32_t>(requirement), where));
}

Check::Check(Notebook& notes, Requirement requirement, std::string where)
    : notes_(notes), requirement_(requirement), where_(std::move(where)) {
  left_out_ = notes_.left_out(requirement_, where_);
  if (!left_out_) notes_.note(requirement_, Finding::begun, where_);
}

Check::~Check() {
  if (!left_out_) notes_.note(requirement_, finding_, where_, text_);
}

void Check::say(Finding finding, std::string text) {
  if (!good()) return;
  finding_ = finding;
  text_ = std::move(text);
}

}  // namespace benchhost::conform
