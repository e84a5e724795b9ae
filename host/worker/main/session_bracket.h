// A session of worker/device behind the interface that measuring sees.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "worker/device/session.h"
#include "worker/measure/device_bracket.h"

namespace benchhost::worker_main {

/// Thread: control.
class SessionBracket final : public measure::DeviceBracket {
 public:
  explicit SessionBracket(std::unique_ptr<device::Session> session) : session_(std::move(session)) {}

  [[nodiscard]] std::span<const bh_device_t* const> devices() const override { return session_->devices(); }
  [[nodiscard]] const void* table() const override { return device::Session::table(); }
  void lend() override { session_->lend(); }
  [[nodiscard]] std::string take_back() override;
  void begin_run() override { session_->begin_run(); }
  void end_run() override { session_->end_run(); }
  [[nodiscard]] std::uint64_t slow_calls_in_run() const override { return session_->slow_calls_in_run(); }
  [[nodiscard]] Result<void> begin_queue_run(std::uint64_t n) override { return session_->begin_queue_run(n); }
  [[nodiscard]] measure::QueueEnd end_queue_run() override;
  [[nodiscard]] std::vector<measure::DeviceBlock> memory_blocks() override;
  [[nodiscard]] std::uint64_t read_backs() const override { return session_->read_backs(); }
  [[nodiscard]] std::string last_error() const override { return device::Session::last_error(); }
  void forget_error() override { device::Session::forget_error(); }
  [[nodiscard]] std::string violation() const override { return session_->violation().value_or(""); }
  [[nodiscard]] std::vector<std::string> flags() const override;

  [[nodiscard]] const device::Session& session() const { return *session_; }

 private:
  std::unique_ptr<device::Session> session_;
  bool bad_span_ = false;
};

}  // namespace benchhost::worker_main
