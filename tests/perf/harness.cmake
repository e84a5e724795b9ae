# What the harness adds to a body, ours and, where it is installed, Google Benchmark's.
add_executable(perf_harness_share ${CMAKE_CURRENT_LIST_DIR}/harness_share.cpp)
target_link_libraries(perf_harness_share PRIVATE bh_options bh_worker_loader bh_worker_measure)
target_include_directories(perf_harness_share PRIVATE ${PROJECT_SOURCE_DIR}/host)
add_dependencies(perf_programs perf_harness_share)

find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(perf_google_share ${CMAKE_CURRENT_LIST_DIR}/google_share.cpp)
  target_link_libraries(perf_google_share PRIVATE bh_options benchmark::benchmark)
  add_dependencies(perf_programs perf_google_share)
endif()
