#include "native/fault.h"

#include <cstdarg>
#include <cstdio>

namespace benchhost::native {

bh_status_t fail(const bh_be_host_t* host, const Failure& failure, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  (void)std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  bh_be_fault_t fault{};
  fault.struct_size = sizeof fault;
  fault.fault_class = failure.fault_class;
  fault.status = failure.status;
  fault.device = failure.device;
  fault.api_code = failure.api_code;
  fault.call = failure.call;
  fault.text = text;
  host->fault(host, &fault);
  return failure.status;
}

}  // namespace benchhost::native
