// The JSON Schema of suites, for editors and for `benchhost suite schema`.
#pragma once

#include "common/base/json.h"

namespace benchhost::suite {

/// JSON Schema 2020-12, written from the tables of keys.h that the reader uses too. It accepts all that the reader
/// accepts; the reader also refuses what a schema cannot say (unknown benchmarks, loops of includes, empty ranges).
[[nodiscard]] Json suite_schema();

}  // namespace benchhost::suite
