#include "worker/device/early_finish.h"

#include <doctest/doctest.h>

using benchhost::device::EarlyFinish;

TEST_CASE("a read-back as long as an idle one is no finding") {
  EarlyFinish judge;
  for (int i = 0; i < 100; ++i) CHECK_FALSE(judge.judge(1'000'000, 5'000, 4'000));
  CHECK_FALSE(judge.persistent());
}

TEST_CASE("a read-back within a twentieth of the batch is no finding") {
  EarlyFinish judge;
  CHECK_FALSE(judge.judge(1'000'000, 50'000, 0));
  CHECK(judge.judge(1'000'000, 50'001, 0));
}

TEST_CASE("only three early batches in a row are persistent") {
  EarlyFinish judge;
  for (int round = 0; round < 5; ++round) {
    CHECK(judge.judge(1'000, 900'000, 1'000));
    CHECK(judge.judge(1'000, 900'000, 1'000));
    CHECK_FALSE(judge.judge(1'000, 1'000, 1'000));
    CHECK_FALSE(judge.persistent());
  }
  CHECK(judge.judge(1'000, 900'000, 1'000));
  CHECK(judge.judge(1'000, 900'000, 1'000));
  CHECK(judge.judge(1'000, 900'000, 1'000));
  CHECK(judge.persistent());
  // It stays: one honest batch does not undo what was seen.
  CHECK_FALSE(judge.judge(1'000, 1'000, 1'000));
  CHECK(judge.persistent());
}

TEST_CASE("the slowest idle read-back of the last sixteen is the measure") {
  EarlyFinish judge;
  CHECK_FALSE(judge.judge(0, 0, 100'000));
  CHECK_FALSE(judge.judge(0, 200'000, 10));
  for (int i = 0; i < 14; ++i) CHECK_FALSE(judge.judge(0, 10, 10));
  CHECK(judge.judge(0, 200'000, 10));  // the slow one is forgotten
}
