# What happens between the two readings of the clock around run: a library to preload, and a plugin that does all that is
# looked for, as the check that it would be seen.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_library(perf_window_probe MODULE ${CMAKE_CURRENT_LIST_DIR}/window_probe.c)
  # glibc's own names of the allocator, and RTLD_NEXT.
  target_compile_definitions(perf_window_probe PRIVATE _GNU_SOURCE)
  set_target_properties(perf_window_probe PROPERTIES C_STANDARD 11)
  target_compile_options(perf_window_probe PRIVATE -O2 -fno-builtin -ftls-model=initial-exec -fvisibility=default)
  target_link_libraries(perf_window_probe PRIVATE ${CMAKE_DL_LIBS} Threads::Threads)

  benchhost_add_plugin(perf_window_sinner SOURCES ${CMAKE_CURRENT_LIST_DIR}/window_sinner.cpp OUTPUT_NAME window_sinner
                       OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/perf_plugins)
  target_link_libraries(perf_window_sinner PRIVATE Threads::Threads)
  add_dependencies(perf_programs perf_window_probe perf_window_sinner)
endif()
