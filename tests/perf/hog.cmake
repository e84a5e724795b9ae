# A process that takes the measuring CPU away for part of the time.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(perf_hog ${CMAKE_CURRENT_LIST_DIR}/hog.c)
  target_compile_definitions(perf_hog PRIVATE _GNU_SOURCE)
  set_target_properties(perf_hog PROPERTIES C_STANDARD 11)
  target_compile_options(perf_hog PRIVATE -O2)
  add_dependencies(perf_programs perf_hog)
endif()
