// What a trial finds, told as it goes: a check that the process does not survive was begun and has no end.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/protocol/conformance.h"
#include "worker/measure/reporter.h"

namespace benchhost::conform {

/// Thread: control.
class Notebook {
 public:
  /// `skip`: CheckJob::skip. The reporter must outlive the notebook.
  Notebook(measure::Reporter& reporter, const std::vector<std::string>& skip)
      : reporter_(reporter), skip_(skip.begin(), skip.end()) {}

  void note(protocol::Requirement requirement, protocol::Finding finding, const std::string& where,
            const std::string& text = {});
  void fail(protocol::Requirement requirement, const std::string& where, const std::string& text) {
    note(requirement, protocol::Finding::failed, where, text);
  }
  /// Whether a check ended the process before.
  [[nodiscard]] bool left_out(protocol::Requirement requirement, const std::string& where) const;

 private:
  measure::Reporter& reporter_;
  std::set<std::string> skip_;
};

/// One check in progress: begun when it is made, ended when it dies, and passed unless something else was said.
///   if (Check check{notes, Requirement::prepares, where}) { … check.fail("…"); }
class Check {
 public:
  Check(Notebook& notes, protocol::Requirement requirement, std::string where);
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  ~Check();

  /// False: it is left out.
  explicit operator bool() const { return !left_out_; }

  /// The first word counts.
  void fail(std::string text) { say(protocol::Finding::failed, std::move(text)); }
  void warn(std::string text) { say(protocol::Finding::warned, std::move(text)); }
  void not_applicable(std::string text) { say(protocol::Finding::not_applicable, std::move(text)); }
  [[nodiscard]] bool good() const { return finding_ == protocol::Finding::passed; }

 private:
  void say(protocol::Finding finding, std::string text);

  Notebook& notes_;
  protocol::Requirement requirement_;
  std::string where_;
  bool left_out_ = false;
  protocol::Finding finding_ = protocol::Finding::passed;
  std::string text_;
};

}  // namespace benchhost::conform
