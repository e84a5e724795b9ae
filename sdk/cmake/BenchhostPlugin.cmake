# What a plugin's or a backend module's CMakeLists.txt calls; the same file in the source tree and in an installed SDK.
#
#   benchhost_add_plugin(NAME SOURCES a.cpp …   [LANG C|CXX] [OUTPUT_NAME FILE] [OUTPUT_DIRECTORY DIR]
#                        [ASSETS DIR] [INSTALL])
#   benchhost_add_backend(NAME SOURCES a.cpp …  [LANG C|CXX] [OUTPUT_NAME FILE] [OUTPUT_DIRECTORY DIR]
#                         [ASSETS DIR] [INSTALL])
#
# Each makes the module library NAME: the file NAME.so (.dll, .dylib) without a `lib` prefix, with one exported symbol, all
# symbols bound when it is loaded, and no undefined ones. More libraries, definitions and options: with the ordinary target_*
# commands afterwards.
#   LANG              the language that links: CXX if any source is C++, and the default; C for a plugin without a C++ runtime
#   OUTPUT_NAME       what the file is called, without suffix; default NAME
#   OUTPUT_DIRECTORY  where the build puts the file; default ${CMAKE_BINARY_DIR}/plugins or …/backends
#   ASSETS            a folder that goes along as FILE.assets beside the file, where bh_host.asset_dir points
#   INSTALL           `cmake --install` puts it where a benchhost of the same prefix looks
#
# Beside it: benchhost_add_rust_plugin (BenchhostRustPlugin.cmake) and benchhost_test_plugin (BenchhostPluginTest.cmake).
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/BenchhostRustPlugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/BenchhostPluginTest.cmake)

# True in `result` if a sanitizer is switched on: its runtime stays undefined in a shared library.
function(_benchhost_is_sanitized result)
  get_directory_property(compile_options COMPILE_OPTIONS)
  get_directory_property(link_options LINK_OPTIONS)
  set(all "${compile_options} ${link_options} ${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_MODULE_LINKER_FLAGS}")
  if(all MATCHES "-fsanitize=")
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

function(_benchhost_add_module name kind link_file)
  cmake_parse_arguments(PARSE_ARGV 3 ARG "INSTALL" "LANG;OUTPUT_NAME;OUTPUT_DIRECTORY;ASSETS" "SOURCES")
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "${name}: SOURCES is missing")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${name}: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(ARG_LANG AND NOT ARG_LANG MATCHES "^(C|CXX)$")
    message(FATAL_ERROR "${name}: LANG is ${ARG_LANG}, neither C nor CXX")
  endif()
  if(NOT ARG_OUTPUT_NAME)
    set(ARG_OUTPUT_NAME ${name})
  endif()
  if(NOT ARG_OUTPUT_DIRECTORY)
    set(ARG_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${kind}s)
  endif()

  add_library(${name} MODULE ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE benchhost::sdk)
  set_target_properties(
    ${name}
    PROPERTIES PREFIX ""
               OUTPUT_NAME ${ARG_OUTPUT_NAME}
               LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_DIRECTORY}
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  if(ARG_LANG)
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE ${ARG_LANG})
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages AND NOT ARG_LANG STREQUAL "C")
    target_compile_features(${name} PRIVATE cxx_std_17)
  endif()
  if("C" IN_LIST languages)
    target_compile_features(${name} PRIVATE c_std_99)
  endif()

  get_property(link_dir GLOBAL PROPERTY BENCHHOST_SDK_LINK_DIR)
  if(WIN32)
    target_sources(${name} PRIVATE ${link_dir}/${link_file}.def)
  elseif(APPLE)
    set_target_properties(${name} PROPERTIES SUFFIX .dylib LINK_DEPENDS ${link_dir}/${link_file}.exp)
    target_link_options(${name} PRIVATE "LINKER:-exported_symbols_list,${link_dir}/${link_file}.exp")
  else()
    set_target_properties(${name} PROPERTIES LINK_DEPENDS ${link_dir}/${link_file}.map)
    target_link_options(${name} PRIVATE "LINKER:--version-script=${link_dir}/${link_file}.map" LINKER:-z,now)
    _benchhost_is_sanitized(sanitized)
    if(NOT sanitized)
      target_link_options(${name} PRIVATE LINKER:--no-undefined)
    endif()
  endif()

  if(ARG_ASSETS)
    get_filename_component(assets ${ARG_ASSETS} ABSOLUTE)
    if(NOT IS_DIRECTORY ${assets})
      message(FATAL_ERROR "${name}: ASSETS is ${assets}, which is no folder")
    endif()
    file(GLOB_RECURSE asset_files CONFIGURE_DEPENDS ${assets}/*)
    set(asset_stamp ${CMAKE_CURRENT_BINARY_DIR}/${name}.assets.stamp)
    add_custom_command(
      OUTPUT ${asset_stamp}
      COMMAND ${CMAKE_COMMAND} -E rm -rf ${ARG_OUTPUT_DIRECTORY}/${ARG_OUTPUT_NAME}.assets
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${assets} ${ARG_OUTPUT_DIRECTORY}/${ARG_OUTPUT_NAME}.assets
      COMMAND ${CMAKE_COMMAND} -E touch ${asset_stamp}
      DEPENDS ${asset_files}
      VERBATIM)
    add_custom_target(${name}_assets DEPENDS ${asset_stamp})
    add_dependencies(${name} ${name}_assets)
  endif()

  if(ARG_INSTALL)
    include(GNUInstallDirs)
    set(destination ${CMAKE_INSTALL_LIBDIR}/benchhost/${kind}s)
    install(TARGETS ${name} LIBRARY DESTINATION ${destination})
    if(ARG_ASSETS)
      install(DIRECTORY ${assets}/ DESTINATION ${destination}/${ARG_OUTPUT_NAME}.assets)
    endif()
  endif()
endfunction()

function(benchhost_add_plugin name)
  _benchhost_add_module(${name} plugin benchhost ${ARGN})
endfunction()

function(benchhost_add_backend name)
  _benchhost_add_module(${name} backend benchhost-backend ${ARGN})
endfunction()
