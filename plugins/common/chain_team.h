// A team of threads, each with chains of its own, and the choice of what they run.
#pragma once

#include <benchhost/plugin.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/chain_worker.h"
#include "common/open_team.h"

namespace chains {

/// Levels with kernels of chains, the widest last: `best` is the last one that has the type and runs here.
inline constexpr cpu::Level kOrder[] = {cpu::Level::sse2,       cpu::Level::neon,        cpu::Level::neon_dot,
                                        cpu::Level::neon_fp16,  cpu::Level::avx2,        cpu::Level::avx_vnni,
                                        cpu::Level::avx512,     cpu::Level::avx512_vnni, cpu::Level::avx512_bf16,
                                        cpu::Level::avx512_fp16};

inline constexpr bh_value_t kTypeChoices[] = {BH_ENUM("fp64"), BH_ENUM("fp32"),  BH_ENUM("fp16"),
                                              BH_ENUM("bf16"), BH_ENUM("int32"), BH_ENUM("int8")};
inline constexpr const char* kTypeNames[kTypes] = {"fp64", "fp32", "fp16", "bf16", "int32", "int8"};
/// Keys of the work model, in the order of Type.
inline constexpr const char* kWorkKeys[kTypes] = {BH_WORK_OPS("fp64"), BH_WORK_OPS("fp32"),  BH_WORK_OPS("fp16"),
                                                  BH_WORK_OPS("bf16"), BH_WORK_OPS("int32"), BH_WORK_OPS("int8")};

inline constexpr bh_value_t kIsaChoices[] = {BH_ENUM("best"),        BH_ENUM("sse2"),        BH_ENUM("avx2"),
                                             BH_ENUM("avx_vnni"),    BH_ENUM("avx512"),      BH_ENUM("avx512_vnni"),
                                             BH_ENUM("avx512_bf16"), BH_ENUM("avx512_fp16"), BH_ENUM("neon"),
                                             BH_ENUM("neon_dot"),    BH_ENUM("neon_fp16")};
/// Which levels a type has: the rest is no case.
inline constexpr const char* kIsaConstraint =
    "isa == 'best'"
    " || type in ['fp64', 'fp32', 'int32'] && isa in ['sse2', 'avx2', 'avx512', 'neon']"
    " || type == 'int8' && isa in ['avx2', 'avx_vnni', 'avx512', 'avx512_vnni', 'neon_dot']"
    " || type == 'bf16' && isa == 'avx512_bf16'"
    " || type == 'fp16' && isa in ['avx512_fp16', 'neon_fp16']";

/// The kernel that is asked for. isa: "best" or the name of a level; bits: 0 for the widest of the level.
/// Errors: throws BH_E_UNSUPPORTED with what the processor, the operating system or the build lacks; BH_E_ARGUMENT for
/// what is in no list.
Choice choose(std::string_view type, std::string_view isa, std::uint64_t bits, std::uint64_t chains,
              const cpu::Registers& registers);

/// One worker a thread, and the oracle over all of them. Valid until: teardown.
class Team {
 public:
  /// threads: 0 for all cores of the case.
  Team(const benchhost::Prepare& p, const Choice& choice, std::uint64_t threads)
      : host_(p.host), choice_(choice), team_(cpu::open_team(p, threads)), workers_(team_.size) {
    each([&](std::uint32_t i) { workers_[i] = std::make_unique<Worker>(host_, choice_, i); });
  }

  /// Every worker n iterations.
  void run(std::uint64_t n) {
    each([&](std::uint32_t i) { workers_[i]->run(n); });
  }

  void verify(benchhost::Verdict& verdict) {
    std::vector<std::uint64_t> wrong(workers_.size());
    each([&](std::uint32_t i) { wrong[i] = workers_[i]->wrong(); });
    verdict.error = 0;
    verdict.tolerance = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      if (workers_[i]->done() != 0) verdict.checked += workers_[i]->lanes();
      verdict.error += static_cast<double>(wrong[i]);
    }
    verdict.what = "lanes whose sum over all iterations differs from a scalar replay";
  }

  /// f(index, worker) on every member.
  template <class F>
  void on_each(F f) {
    each([&](std::uint32_t i) { f(i, *workers_[i]); });
  }

  [[nodiscard]] std::uint32_t size() const { return team_.size; }
  [[nodiscard]] const Choice& choice() const { return choice_; }
  /// Operations of one iteration of all of them.
  [[nodiscard]] double operations() const { return choice_.operations() * size(); }

 private:
  template <class F>
  void each(F f) {
    benchhost::run_team(host_, team_.team, f);
  }

  const bh_host_t* host_;
  Choice choice_;
  cpu::OpenTeam team_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace chains
