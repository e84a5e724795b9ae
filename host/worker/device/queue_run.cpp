#include "worker/device/queue_run.h"

#include <fmt/format.h>

#include "worker/device/thread_error.h"

namespace benchhost::device {
namespace {

bool has_span(const bh_device& device) {
  return device.limits.time_span && BH_CAN(bh_be_device_api_t, device.api, span_begin);
}

std::int64_t now(const bh_device& device) { return device.shared->options.clock_ns(); }

bool is_alive(const WrittenWord& word) {
  return word.buffer != nullptr && word.buffer->tag == bh_buffer::kTag && word.buffer->generation == word.generation &&
         word.buffer->root->mapped.load(std::memory_order_relaxed) == nullptr;
}

/// Why a span's duration is no time of this batch; "" if it is one. bracket_ns: of the host, around all of it.
std::string doubt(const bh_device& device, const bh_be_span_times_t& times, std::int64_t bracket_ns) {
  if (times.duration_ns < 0) return fmt::format("{} reports a span of {} ns", device.name, times.duration_ns);
  if (times.duration_ns == 0 && device.held != 0) {
    return fmt::format("{} reports a span of 0 ns around {} commands (its clock's step: {} ns)", device.name,
                       device.held, times.step_ns);
  }
  // A scripted clock has nothing to do with the host's.
  if (device.record.simulated()) return "";
  const std::int64_t slack_ns = times.step_ns + bracket_ns / 100 + 1'000;
  if (times.duration_ns > bracket_ns + slack_ns) {
    return fmt::format("{} reports a span of {} ns inside a bracket of {} ns by the host's clock", device.name,
                       times.duration_ns, bracket_ns);
  }
  return "";
}

/// Makes a device ready for a queue run: what prepare_batch enqueued and did not wait for is no part of it.
Result<void> prepare(bh_device& device, std::uint64_t iterations) {
  device.span = nullptr;
  device.gated = false;
  device.held = 0;
  device.waits = 0;
  device.iterations = iterations;
  device.last_word = {};
  if (device.lost.load(std::memory_order_relaxed)) {
    return make_error("BH0503", "the device is lost after an earlier fault").in(device.name);
  }
  for (bh_queue* queue : device.queues.live()) {
    const Lane& lane = device.lanes[queue->lane];
    if (lane.enqueued.load(std::memory_order_acquire) == lane.finished.load(std::memory_order_acquire)) continue;
    if (finish_queue(queue, true) != BH_OK) return make_error("BH0502", error_text()).in(device.name);
  }
  return {};
}

}  // namespace

Result<void> QueueBracket::begin(std::span<bh_device* const> devices, bool gate, std::uint64_t iterations) {
  for (bh_device* device : devices) BH_CHECK(prepare(*device, iterations));
  for (bh_device* device : devices) {
    if (!has_span(*device)) continue;
    const Limits& limits = device->limits;
    const bool wish = gate && devices.size() == 1 && limits.time_gate && limits.queue_depth > 0;
    clear_fault();
    const bh_status_t status = device->api->span_begin(device->main->be, wish ? BH_SPAN_GATE : 0U, &device->span);
    if (leave(device, status, "span_begin") != BH_OK) {
      device->span = nullptr;
      Error error = make_error("BH0502", error_text()).in(device->name);
      (void)end(devices);
      return error;
    }
    device->gated = wish;
  }
  if (!devices.empty()) begin_ns_ = now(*devices.front());
  return {};
}

bh_status_t QueueBracket::close_spans(std::span<bh_device* const> devices) {
  bh_status_t worst = BH_OK;
  for (bh_device* device : devices) {
    if (device->lost.load(std::memory_order_relaxed)) {
      set_error("%s is lost after an earlier fault", device->name.c_str());
      worst = BH_E_DEVICE;
      continue;
    }
    device->gated = false;
    clear_fault();
    if (device->span != nullptr) {
      if (const bh_status_t status = leave(device, device->api->span_end(device->span), "span_end"); status != BH_OK) {
        worst = status;
      }
    } else if (const bh_status_t status = leave(device, device->api->queue_flush(device->main->be), "queue_flush");
               status != BH_OK) {
      worst = status;
    }
  }
  // All are handed over before any is waited for: several devices run at the same time.
  for (bh_device* device : devices) {
    if (device->lost.load(std::memory_order_relaxed)) continue;
    if (const bh_status_t status = finish_queue(device->main, true); status != BH_OK) worst = status;
  }
  return worst;
}

void QueueBracket::read_back(std::span<bh_device* const> devices, QueueRun& run) {
  const auto read = [&](bh_device& device) {
    std::uint32_t word = 0;
    clear_fault();
    const bh_status_t status =
        leave(&device,
              device.api->read_back(device.main->be, device.last_word.buffer->be, device.last_word.offset_bytes, &word),
              "read_back");
    if (status != BH_OK) {
      run.status = status;
      run.text = error_text();
    }
    return status == BH_OK;
  };
  std::int64_t before_ns = run.finish_ns;
  std::int64_t idle_ns = 0;
  bool any = false;
  for (bh_device* device : devices) {
    if (!is_alive(device->last_word) || !read(*device)) continue;
    any = true;
  }
  run.read_back_ns = any ? now(*devices.front()) : run.finish_ns;
  if (!any) return;
  const std::int64_t first_ns = run.read_back_ns - before_ns;
  // The same reads again: the queues are idle for certain now.
  before_ns = now(*devices.front());
  for (bh_device* device : devices) {
    if (is_alive(device->last_word)) (void)read(*device);
  }
  idle_ns = now(*devices.front()) - before_ns;
  run.early_finish = early_.judge(run.finish_ns - begin_ns_, first_ns, idle_ns);
}

void QueueBracket::read_span(bh_device& device, QueueRun& run) {
  run.commands += device.held;
  if (device.span == nullptr) {
    if (run.reason.empty()) run.reason = "time.span is not reported by " + device.name;
    return;
  }
  bh_be_span_times_t times{};
  times.struct_size = sizeof times;
  clear_fault();
  const bh_status_t status = leave(&device, device.api->span_read(device.span, &times), "span_read");
  device.span = nullptr;
  bh_span_t last{};
  last.struct_size = sizeof last;
  last.iterations = device.iterations;
  last.commands = device.held;
  if (status != BH_OK) {
    run.reason = fmt::format("{}: {}", device.name, error_text());
    run.bad_span = true;
    device.last_span = last;
    return;
  }
  std::string why = (times.flags & BH_SPAN_DURATION) != 0 ? doubt(device, times, run.read_back_ns - begin_ns_)
                                                          : device.name + " did not report the span's duration";
  last.flags = times.flags;
  last.step_ns = times.step_ns;
  if (why.empty()) {
    last.duration_ns = times.duration_ns;
  } else {
    last.flags &= ~BH_SPAN_DURATION;
    run.bad_span = true;
    run.reason = std::move(why);
  }
  device.last_span = last;
  if (!run.duration_ns || (last.duration_ns > *run.duration_ns && (last.flags & BH_SPAN_DURATION) != 0)) {
    if ((last.flags & BH_SPAN_DURATION) != 0) run.duration_ns = last.duration_ns;
    run.flags = last.flags;
    run.step_ns = last.step_ns;
  }
}

QueueRun QueueBracket::end(std::span<bh_device* const> devices) {
  QueueRun run;
  if (devices.empty()) {
    run.reason = "the case has no device";
    return run;
  }
  run.status = close_spans(devices);
  run.finish_ns = now(*devices.front());
  run.read_back_ns = run.finish_ns;
  if (run.status != BH_OK) {
    run.text = error_text();
    run.reason = run.text;
    run.host_end_ns = run.finish_ns;
    // A span whose commands may still run cannot be read; closing the device takes it back.
    for (bh_device* device : devices) device->span = nullptr;
    return run;
  }
  read_back(devices, run);
  run.host_end_ns = run.early_finish ? run.read_back_ns : run.finish_ns;
  for (bh_device* device : devices) read_span(*device, run);
  // The longest of several is known only if each of them is.
  if (!run.reason.empty()) run.duration_ns.reset();
  return run;
}

}  // namespace benchhost::device
