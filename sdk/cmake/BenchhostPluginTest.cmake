# Tests of a plugin with the benchhost of the same prefix.
#
#   benchhost_test_plugin(NAME SUITE suite.yaml [DEVICE SELECTOR] [ARGUMENTS argument…])
#
# NAME is a target of benchhost_add_plugin or benchhost_add_rust_plugin. Adds two tests:
#   NAME.check   `benchhost plugin check`: the plugin keeps the SDK's rules
#   NAME.run     the suite with short measurements: no case fails, and not all are skipped for lack of a device. DEVICE is
#                the --device of the run: `null:0` is the simulated device, which needs no hardware. What crashes is not
#                remembered: each run of the test tries the plugin anew
# Where there is no benchhost (an SDK installed alone), no test is added, and a message says so.
include_guard(GLOBAL)

function(benchhost_test_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "SUITE;DEVICE" "ARGUMENTS")
  if(NOT ARG_SUITE)
    message(FATAL_ERROR "${name}: SUITE is missing")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${name}: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET ${name})
    message(FATAL_ERROR "${name}: there is no such target: call this after the plugin has been added")
  endif()
  get_property(bin_dir GLOBAL PROPERTY BENCHHOST_SDK_BIN_DIR)
  find_program(BENCHHOST_PROGRAM benchhost HINTS ${bin_dir} DOC "The benchhost that tests run")
  if(NOT BENCHHOST_PROGRAM)
    message(STATUS "${name}: no tests, as there is no benchhost in ${bin_dir} or on the PATH; BENCHHOST_PROGRAM names one")
    return()
  endif()
  get_target_property(file ${name} BENCHHOST_PLUGIN_FILE)
  if(NOT file)
    set(file $<TARGET_FILE:${name}>)
  endif()
  get_filename_component(suite ${ARG_SUITE} ABSOLUTE)
  set(device)
  if(ARG_DEVICE)
    set(device --device ${ARG_DEVICE})
  endif()
  add_test(NAME ${name}.check COMMAND ${BENCHHOST_PROGRAM} plugin check ${file})
  add_test(NAME ${name}.run COMMAND ${BENCHHOST_PROGRAM} run --suite ${suite} --plugins ${file} ${device} --invocations 2 --time
                                    60ms --state-dir "" --db ${CMAKE_CURRENT_BINARY_DIR}/${name}.db ${ARG_ARGUMENTS})
  set_tests_properties(${name}.check ${name}.run PROPERTIES TIMEOUT 600)
endfunction()
