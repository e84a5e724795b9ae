// Pure parts of the cpu backend's reading of the machine.
#include "cpu/machine.h"

#include <doctest/doctest.h>

using namespace benchhost::cpu;

TEST_CASE("a model is the name without trademarks, clock and filler") {
  CHECK(clean_model("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz") == "Intel Xeon E5-2680 v4");
  CHECK(clean_model("Intel(R) Core(TM) i7-1185G7  @ 3.00GHz") == "Intel Core i7-1185G7");
  CHECK(clean_model("AMD EPYC 7763 64-Core Processor") == "AMD EPYC 7763 64-Core");
  CHECK(clean_model("  Neoverse   N1 ") == "Neoverse N1");
  CHECK(clean_model("Intel\u00ae Atom\u2122 x5") == "Intel Atom x5");
  CHECK(clean_model("") == "");
}

TEST_CASE("flags of the system become the words of the vocabulary, in its order") {
  CHECK(isa_words({"fpu", "avx2", "sse2", "pni", "fma", "unknown"}) ==
        std::vector<std::string>{"sse2", "sse3", "fma", "avx2"});
  CHECK(isa_words({"asimd", "asimdhp", "sve"}) == std::vector<std::string>{"neon", "neon_fp16", "sve"});
  CHECK(isa_words({}).empty());
  CHECK(isa_words({"avx51"}).empty());
}

TEST_CASE("lanes follow the widest vectors, and are unknown without any") {
  CHECK(lanes_of({"sse2", "avx2", "avx", "avx512f"}) == 16);
  CHECK(lanes_of({"sse2", "avx"}) == 8);
  CHECK(lanes_of({"neon"}) == 4);
  CHECK_FALSE(lanes_of({}).has_value());
}

TEST_CASE("this machine has cores, and no cache of no size") {
  const Machine machine = read_machine();
  CHECK_FALSE(machine.cores.empty());
  CHECK_FALSE(machine.model.empty());
  for (const auto& bytes : {machine.l1_bytes, machine.l2_bytes, machine.last_bytes, machine.line_bytes,
                            machine.clock_hz, machine.memory_bytes}) {
    if (bytes) CHECK(*bytes > 0);
  }
  if (machine.l1_bytes && machine.last_bytes) CHECK(*machine.last_bytes >= *machine.l1_bytes);
}
