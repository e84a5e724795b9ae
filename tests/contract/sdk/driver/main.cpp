// sdk_driver note FILE | refuse FILE MIN MAX | check FILE | roles FILE BENCHMARK MEMBERS…
//   note    prints the note, read as bytes
//   refuse  offers the ABI versions 0.MIN to 0.MAX and prints what came of it
//   check   descriptors, then one small case of each benchmark without device slots; 1 if anything is wrong
//   roles   one case of a benchmark with so many members of each role, 1 for the first: two cycles; 1 if anything is
//   wrong
#include "contract/sdk/driver/drive.h"
#include "contract/sdk/driver/note_file.h"
#include "contract/sdk/driver/roles_case.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

using namespace benchhost::contract;

namespace {

int check(const std::string& path) {
  const Negotiated found = negotiate(path, BH_ABI_VERSION, BH_ABI_VERSION);
  if (found.plugin == nullptr) {
    std::printf("refused: %d: %s\n", found.status, found.reason.c_str());
    return 1;
  }
  int wrong = 0;
  for (const std::string& fault : descriptor_faults(*found.plugin, note_of_file(path))) {
    std::printf("%s\n", fault.c_str());
    ++wrong;
  }
  std::uint32_t ran = 0, passed_over = 0;
  for (std::uint32_t i = 0; const bh_benchmark_t* b = found.plugin->benchmark(i); ++i) {
    if (b->slots.count != 0) {
      std::printf("%s: needs devices: its descriptors were checked\n", b->id);
      ++passed_over;
      continue;
    }
    TestHost host;
    Case small{};
    small.benchmark = i;
    for (std::uint32_t k = 0; k < b->parameters.count; ++k) {
      const bh_param_t* p = BH_AT(bh_param_t, &b->parameters, k);
      if (p->type == BH_TYPE_UINT && p->default_value.u > 1000) small.values[p->name] = BH_UINT(1000);
    }
    const Outcome out = drive(host, *found.plugin, small);
    for (const std::string& broken : host.violations) std::printf("%s: %s\n", b->id, broken.c_str());
    const bool bad = out.status != BH_OK || !out.verified || host.leaked != 0 || !host.violations.empty();
    std::printf("%s: %s %d %s; checked %llu\n", b->id, out.phase.empty() ? "all calls" : out.phase.c_str(), out.status,
                out.reason.c_str(), static_cast<unsigned long long>(out.checked));
    wrong += bad ? 1 : 0;
    ++ran;
  }
  if (ran + passed_over == 0) std::printf("nothing ran\n");
  return wrong != 0 || ran + passed_over == 0 ? 1 : 0;
}

int roles(const std::string& path, const std::string& id, const std::vector<std::uint32_t>& counts) {
  const Negotiated found = negotiate(path, BH_ABI_VERSION, BH_ABI_VERSION);
  if (found.plugin == nullptr) {
    std::printf("refused: %d: %s\n", found.status, found.reason.c_str());
    return 1;
  }
  Case what{};
  while (const bh_benchmark_t* b = found.plugin->benchmark(what.benchmark)) {
    if (id == b->id) break;
    ++what.benchmark;
  }
  if (found.plugin->benchmark(what.benchmark) == nullptr) {
    std::printf("there is no benchmark %s\n", id.c_str());
    return 1;
  }
  RolesCase workers(*found.plugin, what, counts);
  Plan plan;
  plan.cycles = 2;
  const Outcome primary = workers.run(plan);
  int wrong = primary.verified ? 0 : 1;
  for (std::uint32_t role = 0; role < counts.size(); ++role) {
    for (std::uint32_t member = 0; member < counts[role]; ++member) {
      const Outcome& out = role == 0 ? primary : workers.outcome(role, member);
      TestHost& host = workers.host(role, member);
      for (const std::string& broken : host.violations) std::printf("%u.%u: %s\n", role, member, broken.c_str());
      std::printf("%u.%u: %s %d %s; checked %llu; incarnation %u\n", role, member,
                  out.phase.empty() ? "all calls" : out.phase.c_str(), out.status, out.reason.c_str(),
                  static_cast<unsigned long long>(out.checked), workers.incarnation(role, member));
      wrong += out.status != BH_OK || host.leaked != 0 || !host.violations.empty() ? 1 : 0;
    }
  }
  return wrong != 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string command = argc > 2 ? argv[1] : "";
  if (command == "note") {
    const std::string note = note_of_file(argv[2]);
    std::fputs(note.c_str(), stdout);
    return note.empty() ? 1 : 0;
  }
  if (command == "refuse" && argc > 4) {
    const Negotiated n = negotiate(argv[2], BH_ABI_MAKE(0, std::atoi(argv[3])), BH_ABI_MAKE(0, std::atoi(argv[4])));
    std::printf("%d %s\n", n.status, n.reason.c_str());
    return n.plugin == nullptr ? 0 : 1;
  }
  if (command == "check") return check(argv[2]);
  if (command == "roles" && argc > 4) {
    std::vector<std::uint32_t> counts;
    for (int i = 4; i < argc; ++i) counts.push_back(static_cast<std::uint32_t>(std::atoi(argv[i])));
    return roles(argv[2], argv[3], counts);
  }
  std::fputs("usage: sdk_driver note FILE | refuse FILE MIN MAX | check FILE | roles FILE BENCHMARK MEMBERS…\n",
             stderr);
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
