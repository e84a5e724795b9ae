# Plugins in Rust, with rustc alone; no C compiler has to be enabled.
#
#   benchhost_add_rust_plugin(NAME SOURCE main.rs [EDITION 2021] [OUTPUT_DIRECTORY DIR] [RUSTC_OPTIONS option…] [INSTALL])
#
# Makes the target NAME and the file NAME.so (.dylib) from the crate whose root is SOURCE, with the SDK's crate `benchhost`
# compiled from source by the same compiler. One exported symbol, symbols bound at load: rustc does both for a cdylib.
include_guard(GLOBAL)

function(benchhost_add_rust_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "INSTALL" "SOURCE;EDITION;OUTPUT_DIRECTORY" "RUSTC_OPTIONS")
  if(NOT ARG_SOURCE)
    message(FATAL_ERROR "${name}: SOURCE is missing")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${name}: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(WIN32 OR CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "${name}: benchhost_add_rust_plugin builds for this machine, with a Unix linker; use cargo with --target")
  endif()
  if(NOT ARG_EDITION)
    set(ARG_EDITION 2021)
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()
  find_program(BENCHHOST_RUSTC rustc DOC "The Rust compiler, 1.63 or newer")
  if(NOT BENCHHOST_RUSTC)
    message(FATAL_ERROR "${name}: rustc was not found: install it, or set BENCHHOST_RUSTC")
  endif()
  execute_process(COMMAND ${BENCHHOST_RUSTC} --version OUTPUT_VARIABLE version ERROR_VARIABLE reason RESULT_VARIABLE failed)
  if(failed OR NOT version MATCHES "^rustc ([0-9.]+)")
    message(FATAL_ERROR "${name}: ${BENCHHOST_RUSTC} --version: ${version}${reason}")
  elseif(CMAKE_MATCH_1 VERSION_LESS 1.63)
    message(FATAL_ERROR "${name}: rustc 1.63 or newer is needed; ${BENCHHOST_RUSTC} is ${CMAKE_MATCH_1}")
  endif()

  get_property(rust_dir GLOBAL PROPERTY BENCHHOST_SDK_RUST_DIR)
  get_filename_component(source ${ARG_SOURCE} ABSOLUTE)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}.rust)
  set(library ${folder}/libbenchhost.rlib)
  if(APPLE)
    set(plugin ${ARG_OUTPUT_DIRECTORY}/${name}.dylib)
  else()
    set(plugin ${ARG_OUTPUT_DIRECTORY}/${name}.so)
  endif()
  file(MAKE_DIRECTORY ${folder} ${ARG_OUTPUT_DIRECTORY})
  set(options -C opt-level=$<IF:$<CONFIG:Debug>,0,3> -C panic=unwind
              -C debuginfo=$<IF:$<CONFIG:Debug,RelWithDebInfo>,2,0> ${ARG_RUSTC_OPTIONS})
  file(GLOB rust_sources CONFIGURE_DEPENDS ${rust_dir}/src/*.rs)
  add_custom_command(
    OUTPUT ${library}
    COMMAND ${BENCHHOST_RUSTC} --edition 2021 ${options} --crate-name benchhost --crate-type rlib -o ${library}
            ${rust_dir}/src/lib.rs
    DEPENDS ${rust_sources}
    COMMENT "Compiling the SDK's crate for ${name}"
    VERBATIM)
  add_custom_command(
    OUTPUT ${plugin}
    COMMAND ${BENCHHOST_RUSTC} --edition ${ARG_EDITION} ${options} --crate-name ${name} --crate-type cdylib --extern benchhost=${library}
            --emit link=${plugin},dep-info=${folder}/${name}.d ${source}
    DEPENDS ${library} ${source}
    DEPFILE ${folder}/${name}.d
    COMMENT "Compiling ${name}"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${plugin})
  set_target_properties(${name} PROPERTIES BENCHHOST_PLUGIN_FILE ${plugin})
  if(ARG_INSTALL)
    # The host looks there besides its architecture's folder; without a language nobody knows that one.
    install(PROGRAMS ${plugin} DESTINATION lib/benchhost/plugins)
  endif()
endfunction()
