#include "contract/sdk/driver/roles_case.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace benchhost::contract {

struct RolesCase::Member {
  Body* owner = nullptr;
  const bh_role_t* role = nullptr;
  bh_host_roles_t table{};
  TestHost host;
  Outcome outcome;
  std::thread thread;
  std::atomic<std::uint32_t> incarnation{0};
  std::atomic<std::uint32_t> state{BH_MEMBER_STARTING};
  std::atomic<bool> stopped{false};
  std::atomic<bool> in_run{false};
};

struct RolesCase::Body {
  const bh_plugin_t* plugin = nullptr;
  Case what;
  std::vector<std::vector<std::unique_ptr<Member>>> members;  // by role
  std::mutex mutex;
  std::map<std::string, std::vector<std::uint64_t>> shared;  // words, so that atomics are aligned
  std::map<std::string, std::string> posted;

  Member* find(std::uint32_t role, std::uint32_t member) {
    return role < members.size() && member < members[role].size() ? members[role][member].get() : nullptr;
  }
  void start(Member& m);
  void stop(Member& m) {
    m.stopped = true;
    if (m.thread.joinable()) m.thread.join();
  }
};

namespace {

/// Each worker has its own control thread.
thread_local RolesCase::Member* current = nullptr;

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

std::uint32_t BH_CALL roles_count(const bh_host_t*, std::uint32_t role) {
  const auto& members = current->owner->members;
  return role < members.size() ? static_cast<std::uint32_t>(members[role].size()) : 0;
}

std::uint32_t BH_CALL roles_stop(const bh_host_t*) { return current->stopped ? 1 : 0; }

/// The clients here meet at no barrier of their own.
bh_status_t BH_CALL roles_barrier(const bh_host_t*, std::uint64_t, std::int64_t) { return BH_E_UNSUPPORTED; }

bh_status_t BH_CALL roles_share(const bh_host_t*, const char* key, std::uint64_t size_bytes, void** data) {
  RolesCase::Body& b = *current->owner;
  const std::lock_guard lock(b.mutex);
  auto [at, made] = b.shared.try_emplace(key);
  const std::size_t words = (size_bytes + 7) / 8;
  if (!made && at->second.size() != words) return BH_E_ARGUMENT;
  at->second.resize(words);
  *data = at->second.data();
  return BH_OK;
}

bh_status_t BH_CALL roles_post(const bh_host_t*, const char* key, const void* data, std::uint64_t size_bytes) {
  RolesCase::Body& b = *current->owner;
  const std::lock_guard lock(b.mutex);
  b.posted[key] = std::string(static_cast<const char*>(data), size_bytes);
  return BH_OK;
}

bh_status_t BH_CALL roles_fetch(const bh_host_t*, const char* key, void* data, std::uint64_t* size_bytes) {
  RolesCase::Body& b = *current->owner;
  const std::lock_guard lock(b.mutex);
  const auto found = b.posted.find(key);
  if (found == b.posted.end()) return BH_E_NOT_FOUND;
  const std::uint64_t room = std::exchange(*size_bytes, found->second.size());
  if (room < found->second.size()) return BH_E_TOO_SMALL;
  std::memcpy(data, found->second.data(), found->second.size());
  return BH_OK;
}

bh_status_t BH_CALL roles_kill(const bh_host_t*, std::uint32_t role, std::uint32_t member, std::int64_t* killed_ns) {
  RolesCase::Body& b = *current->owner;
  RolesCase::Member* m = b.find(role, member);
  if (m == nullptr || m == current || (m->role->flags & BH_ROLE_MORTAL) == 0) return BH_E_ARGUMENT;
  *killed_ns = now_ns();
  b.stop(*m);
  m->state = BH_MEMBER_DEAD;
  if ((m->role->flags & BH_ROLE_RESPAWN) == 0) return BH_OK;
  ++m->incarnation;
  b.start(*m);
  return BH_OK;
}

std::uint32_t BH_CALL roles_peer(const bh_host_t*, std::uint32_t role, std::uint32_t member, std::uint32_t* incarnation,
                                 std::int64_t* since_ns) {
  const RolesCase::Member* m = current->owner->find(role, member);
  if (since_ns != nullptr) *since_ns = 0;
  if (incarnation != nullptr) *incarnation = m == nullptr ? 0 : m->incarnation.load();
  return m == nullptr ? BH_MEMBER_DEAD : m->state.load();
}

void set_up(RolesCase::Member& m, std::uint32_t role, std::uint32_t member) {
  m.table.struct_size = sizeof m.table;
  m.table.role = role;
  m.table.member = member;
  m.table.count = roles_count;
  m.table.stop = roles_stop;
  m.table.barrier = roles_barrier;
  m.table.share = roles_share;
  m.table.post = roles_post;
  m.table.fetch = roles_fetch;
  m.table.kill = roles_kill;
  m.table.peer = roles_peer;
  m.host.set_extension(BH_EXT_ROLES, &m.table);
}

}  // namespace

void RolesCase::Body::start(Member& m) {
  m.stopped = false;
  m.in_run = false;
  m.state = BH_MEMBER_STARTING;
  m.table.incarnation = m.incarnation;
  m.thread = std::thread([this, &m] {
    current = &m;
    Plan plan;
    plan.cycles = 1;
    plan.batches = {1};
    plan.warm_up = false;
    plan.verifies = (m.role->flags & BH_ROLE_VERIFIES) != 0;
    plan.before_run = [&m] {
      m.state = BH_MEMBER_RUNNING;
      m.in_run = true;
    };
    m.outcome = drive(m.host, *plugin, what, plan);
    m.state = BH_MEMBER_ENDED;
    m.in_run = true;  // one that failed before it ran is not waited for
  });
}

RolesCase::RolesCase(const bh_plugin_t& plugin, Case what, std::vector<std::uint32_t> counts)
    : body_(std::make_unique<Body>()) {
  body_->plugin = &plugin;
  body_->what = std::move(what);
  if (plugin.extension == nullptr) throw std::runtime_error("the plugin has no extension");
  const auto* roles = static_cast<const bh_plugin_roles_t*>(plugin.extension(BH_EXT_ROLES));
  if (roles == nullptr) throw std::runtime_error("the plugin has no roles");
  for (std::uint32_t role = 0; role < counts.size(); ++role) {
    auto& members = body_->members.emplace_back();
    for (std::uint32_t i = 0; i < counts[role]; ++i) {
      auto& m = *members.emplace_back(std::make_unique<Member>());
      m.owner = body_.get();
      m.role = roles->role(plugin.benchmark(body_->what.benchmark)->id, role);
      if (m.role == nullptr) throw std::runtime_error("no such role");
      set_up(m, role, i);
    }
  }
}

RolesCase::~RolesCase() {
  for (auto& role : body_->members) {
    for (auto& m : role) body_->stop(*m);
  }
}

Outcome RolesCase::run(const Plan& plan) {
  const auto others = [this](auto&& each) {
    for (std::size_t role = 1; role < body_->members.size(); ++role) {
      for (auto& m : body_->members[role]) each(*m);
    }
  };
  Member& primary = *body_->members[0][0];
  current = &primary;
  others([this](Member& m) { body_->start(m); });
  Plan own = plan;
  own.before_run = [&] {  // the first batch begins when all loads run
    others([](Member& m) {
      while (!m.in_run) std::this_thread::yield();
    });
  };
  primary.outcome = drive(primary.host, *body_->plugin, body_->what, own);
  others([this](Member& m) { body_->stop(m); });
  current = nullptr;
  return primary.outcome;
}

TestHost& RolesCase::host(std::uint32_t role, std::uint32_t member) { return body_->find(role, member)->host; }
const Outcome& RolesCase::outcome(std::uint32_t role, std::uint32_t member) const {
  return body_->find(role, member)->outcome;
}
std::uint32_t RolesCase::incarnation(std::uint32_t role, std::uint32_t member) const {
  return body_->find(role, member)->incarnation;
}

}  // namespace benchhost::contract
