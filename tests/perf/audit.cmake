# Times the audit of the machine that stands before each run.
add_executable(perf_audit_cost ${CMAKE_CURRENT_LIST_DIR}/audit_cost.cpp)
target_link_libraries(perf_audit_cost PRIVATE bh_options bh_cli)
target_include_directories(perf_audit_cost PRIVATE ${PROJECT_SOURCE_DIR}/host)
add_dependencies(perf_programs perf_audit_cost)
