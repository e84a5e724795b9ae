# Numbers from simulated machines and sessions: the same on every machine.
add_executable(perf_simulated_costs ${CMAKE_CURRENT_LIST_DIR}/simulated_costs.cpp)
target_link_libraries(perf_simulated_costs PRIVATE bh_options bh_worker_measure)
target_include_directories(perf_simulated_costs PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)

add_executable(perf_interval_coverage ${CMAKE_CURRENT_LIST_DIR}/interval_coverage.cpp)
target_link_libraries(perf_interval_coverage PRIVATE bh_options bh_stats bh_analysis bh_worker_measure)
target_include_directories(perf_interval_coverage PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)

add_executable(perf_nested_plan ${CMAKE_CURRENT_LIST_DIR}/nested_plan.cpp)
target_link_libraries(perf_nested_plan PRIVATE bh_options bh_schedule)
target_include_directories(perf_nested_plan PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)

add_executable(perf_latency_recorder ${CMAKE_CURRENT_LIST_DIR}/latency_recorder.cpp)
target_link_libraries(perf_latency_recorder PRIVATE bh_options bh_stats bh_analysis bh_worker_measure)
target_include_directories(perf_latency_recorder PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)
add_dependencies(perf_programs perf_simulated_costs perf_interval_coverage perf_nested_plan perf_latency_recorder)
