# Targets that every part of the tree shares: compile options, modules of the host, tests.
find_package(Threads REQUIRED)

# Warnings, sanitizers and visibility in one place.
add_library(bh_options INTERFACE)
target_compile_options(
  bh_options
  INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wnon-virtual-dtor
            -Wconversion
            -Wno-sign-conversion>
            # g++ 12 sees overlaps inside std::string at -O2 and above where there are none (GCC bug 105651).
            $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-restrict>
            $<$<COMPILE_LANG_AND_ID:C,GNU,Clang,AppleClang>:-Wall
            -Wextra
            -Wpedantic
            -Wconversion>)
if(BENCHHOST_WERROR)
  target_compile_options(bh_options INTERFACE $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Werror>)
endif()
if(BENCHHOST_SANITIZE)
  # GCC's analysis of what is initialised is lost in the sanitizers' own code, as its manual warns.
  add_compile_options(-fsanitize=${BENCHHOST_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
                      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${BENCHHOST_SANITIZE})
endif()
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# bh_module(NAME SOURCES a.cpp … [DEPENDS bh_base …] [LIBRARIES Boost::json …])
# One folder, one static library `bh_NAME`. DEPENDS are modules above it in the table of host/README.md (public);
# LIBRARIES are third-party ones, private: their types never leave the module.
function(bh_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(bh_${name} STATIC ${ARG_SOURCES})
  target_include_directories(bh_${name} PUBLIC ${PROJECT_SOURCE_DIR}/host)
  target_link_libraries(bh_${name} PUBLIC ${ARG_DEPENDS} PRIVATE bh_options ${ARG_LIBRARIES})
endfunction()

# bh_unit_test(NAME SOURCES a_test.cpp … DEPENDS bh_base … [LABEL unit] [TIMEOUT 300])
# One doctest program and one CTest test, labelled LABEL. TIMEOUT in seconds; five times that under sanitizers.
function(bh_unit_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPENDS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  # Simulations take ten times as long there.
  if(BENCHHOST_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE bh_options bh_doctest_main ${ARG_DEPENDS})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)
  # One CTest entry a program: a doctest case each would start a process each, which costs more than the tests.
  add_test(NAME ${ARG_LABEL}.${name} COMMAND ${name}_test)
  set_tests_properties(${ARG_LABEL}.${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT
                                                       "${ARG_ENVIRONMENT}")
endfunction()
