// The functions of bh_host: where each may be called, and that nothing unwinds out of one.
#include "common/base/utf8.h"
#include "worker/loader/field_reader.h"
#include "worker/measure/host_services.h"
#include "worker/measure/random_fill.h"

namespace benchhost::measure {

void HostServices::fill_texts() {
  table_.extension = [](const bh_host_t* h, const char* id) -> const void* {
    return guarded(h, "extension", static_cast<const void*>(nullptr), [&](HostServices& self) -> const void* {
      if (!self.allowed_slow("extension") || id == nullptr || self.hindered("extension") != BH_OK) return nullptr;
      // One role a case, so there are no roles to tell of; devices only where the benchmark has slots.
      if (self.setup_.devices == nullptr || loader::bounded_text(id, BH_MAX_ID) != BH_EXT_DEVICE) return nullptr;
      return self.setup_.grown ? &self.grown_devices_ : self.setup_.devices->table();
    });
  };
  table_.log = [](const bh_host_t* h, std::uint32_t level, const char* text) {
    guarded(h, "log", [&](HostServices& self) {
      if (self.allowed("log", kUntimed, false)) self.log(level, text);
    });
  };
  table_.fail = [](const bh_host_t* h, bh_status_t code, const char* text) {
    if (text == nullptr) return code;
    return guarded(h, "fail", code, [&](HostServices& self) {
      self.faults_.say(cut_utf8(loader::bounded_text(text, BH_MAX_TEXT), BH_MAX_TEXT));
      return code;
    });
  };
  table_.last_error = [](const bh_host_t* h) {
    return guarded(h, "last_error", "", [](HostServices& self) { return self.faults_.last_error(); });
  };
  table_.cancelled = [](const bh_host_t* h) -> std::uint32_t {
    return of(h).setup_.cancelled->load(std::memory_order_relaxed) != 0 ? 1 : 0;
  };
  table_.progress = [](const bh_host_t* h, std::uint64_t done, std::uint64_t total, const char* text) {
    guarded(h, "progress", [&](HostServices& self) {
      if (self.allowed("progress", kUntimed, false)) self.progress(done, total, text);
    });
  };
  table_.now_ns = [](const bh_host_t* h) { return of(h).setup_.clock->now_ns(); };
  table_.sleep_until = [](const bh_host_t* h, std::int64_t until) {
    const bool allowed = guarded(h, "sleep_until", false,
                                 [](HostServices& self) { return self.allowed("sleep_until", kUntimed, false); });
    return allowed ? of(h).sleep_until(until) : of(h).setup_.clock->now_ns();
  };
}

void HostServices::fill_measures() {
  table_.work = [](const bh_host_t* h, const bh_work_t* items, std::uint32_t count) {
    return guarded(h, "work", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("work", kUntimed, true) ? self.work(items, count) : BH_E_STATE;
    });
  };
  table_.metric_declare = [](const bh_host_t* h, const bh_metric_t* metric, std::uint32_t* index) {
    return guarded(h, "metric_declare", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("metric_declare", kPreparing, true) ? self.declare(metric, index) : BH_E_STATE;
    });
  };
  table_.report = [](const bh_host_t* h, std::uint32_t metric, double value) {
    return guarded(h, "report", BH_E_NO_MEMORY, [&](HostServices& self) {
      if (!self.allowed("report", kPreparing | kPrepared | kTimed, true)) return BH_E_STATE;
      const auto refusal = self.samples_.report(metric, value, self.in_batch());
      return refusal ? self.refuse(*refusal) : BH_OK;
    });
  };
  table_.report_rate = [](const bh_host_t* h, std::uint32_t metric, double amount, double duration_ns) {
    return guarded(h, "report_rate", BH_E_NO_MEMORY, [&](HostServices& self) {
      if (!self.allowed("report_rate", kPrepared | kTimed, true)) return BH_E_STATE;
      const auto refusal = self.samples_.report_rate(metric, amount, duration_ns, self.in_batch());
      return refusal ? self.refuse(*refusal) : BH_OK;
    });
  };
  table_.report_labelled = [](const bh_host_t* h, std::uint32_t metric, const char* label, double value) {
    return guarded(h, "report_labelled", BH_E_NO_MEMORY, [&](HostServices& self) {
      if (!self.allowed("report_labelled", kPreparing | kPrepared | kTimed, true)) return BH_E_STATE;
      const std::string_view text = label == nullptr ? std::string_view() : loader::bounded_text(label, BH_MAX_TITLE);
      if (text.size() > BH_MAX_TITLE || !is_utf8(text)) {
        return self.refuse({BH_E_ARGUMENT, "report_labelled: the label is too long or no UTF-8"});
      }
      const auto refusal = self.samples_.report_labelled(metric, text, value, self.in_batch());
      return refusal ? self.refuse(*refusal) : BH_OK;
    });
  };
  table_.withhold = [](const bh_host_t* h, std::uint32_t metric, const char* reason) {
    return guarded(h, "withhold", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("withhold", kPreparing | kPrepared, true) ? self.withhold(metric, reason) : BH_E_STATE;
    });
  };
  table_.recorder_open = [](const bh_host_t* h, const bh_recorder_request_t* request, bh_recorder_t** out) {
    if (out != nullptr) *out = nullptr;
    return guarded(h, "recorder_open", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("recorder_open", kPreparing, true) ? self.open_recorder(request, out) : BH_E_STATE;
    });
  };
  table_.record = [](bh_recorder_t* recorder, std::int64_t value) {
    if (recorder != nullptr) recorder->recorder.record(value);
  };
}

void HostServices::fill_resources() {
  table_.random_fill = [](const bh_host_t* h, std::uint64_t stream, std::uint64_t offset, void* data,
                          std::uint64_t size) {
    guarded(h, "random_fill", [&](HostServices& self) {
      if (!self.allowed("random_fill", kUntimed, false) || size == 0) return;
      if (data == nullptr || offset % 8 != 0) {
        self.faults_.violate("random_fill: data is NULL, or offset_bytes is no multiple of 8");
        return;
      }
      random_fill(self.setup_.seed, stream, offset, data, size);
    });
  };
  table_.memory_take = [](const bh_host_t* h, bh_memory_t* memory) {
    return guarded(h, "memory_take", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed_slow("memory_take") ? self.take_memory(memory) : BH_E_STATE;
    });
  };
  table_.memory_free = [](const bh_host_t* h, void* data) {
    guarded(h, "memory_free", [&](HostServices& self) {
      if (self.allowed_slow("memory_free") && !self.memory_.free(data)) {
        self.faults_.violate("memory_free: the pointer was not granted by memory_take, or was given back before");
      }
    });
  };
  table_.team_open = [](const bh_host_t* h, const bh_team_request_t* request, bh_team_t** out) {
    if (out != nullptr) *out = nullptr;
    return guarded(h, "team_open", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("team_open", kPreparing, true) ? self.open_team(request, out) : BH_E_STATE;
    });
  };
  table_.team_run = [](bh_team_t* team, bh_team_function_t function, void* argument) {
    if (team == nullptr) return;
    const bh_host_t* const h = static_cast<HostServices*>(team->owner)->table();
    const bool allowed = guarded(h, "team_run", false, [&](HostServices& self) {
      if (!self.allowed("team_run", kPreparing | kPrepared | kTimed, true)) return false;
      if (function == nullptr) {
        self.faults_.violate("team_run: the function is NULL");
        return false;
      }
      if (team->team->running()) {
        self.faults_.violate("team_run was called by a member of the same team");
        return false;
      }
      return true;
    });
    if (allowed) team->team->run(function, argument);
  };
  table_.team_barrier = [](bh_team_t* team) {
    if (team == nullptr) return;
    // Only members arrive: anybody else would make the count of those who are here wrong.
    if (!team->team->running()) {
      guarded(static_cast<HostServices*>(team->owner)->table(), "team_barrier",
              [](HostServices& self) { self.faults_.violate("team_barrier was called outside team_run"); });
      return;
    }
    team->team->barrier();
  };
  table_.team_cpu = [](const bh_team_t* team, std::uint32_t index) -> std::int32_t {
    return team == nullptr ? -1 : team->team->cpu(index);
  };
  table_.attach = [](const bh_host_t* h, const char* name, const char* media_type, const void* data,
                     std::uint64_t size) {
    return guarded(h, "attach", BH_E_NO_MEMORY, [&](HostServices& self) {
      return self.allowed("attach", kPreparing | kPrepared | one(LifeState::failed), true)
                 ? self.attach(name, media_type, data, size)
                 : BH_E_STATE;
    });
  };
}

}  // namespace benchhost::measure
