# plugin_kernel_sets(PLUGIN SOURCE DEFINITION): compiles SOURCE once per instruction set and links the objects into PLUGIN,
# whose own code stays built for the baseline and picks one of them at run time (common/widest.h).
#
# The targets are PLUGIN_baseline and, on x86-64, PLUGIN_avx2 and PLUGIN_avx512. In each, DEFINITION is the name of the
# function that hands the set out: baseline_kernels, avx2_kernels, avx512_kernels. PLUGIN is told PLUGIN_X86 where the last
# two exist.

function(_plugin_kernel_set plugin source definition name)
  add_library(${plugin}_${name} OBJECT ${source})
  target_compile_definitions(${plugin}_${name} PRIVATE ${definition}=${name}_kernels)
  target_compile_features(${plugin}_${name} PRIVATE cxx_std_17)
  target_include_directories(${plugin}_${name} PRIVATE ${BENCHHOST_PLUGIN_SOURCES})
  set_target_properties(${plugin}_${name} PROPERTIES CXX_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  # No sanitizer in the kernels: what is measured is them.
  target_compile_options(${plugin}_${name} PRIVATE -O3 -fno-lto -Wno-psabi ${ARGN})
  target_link_libraries(${plugin} PRIVATE ${plugin}_${name})
endfunction()

function(plugin_kernel_sets plugin source definition)
  target_include_directories(${plugin} PRIVATE ${BENCHHOST_PLUGIN_SOURCES})
  _plugin_kernel_set(${plugin} ${source} ${definition} baseline)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    _plugin_kernel_set(${plugin} ${source} ${definition} avx2 -mavx2 -mfma)
    _plugin_kernel_set(${plugin} ${source} ${definition} avx512 -mavx512f -mavx512vl -mavx512dq -mfma)
    target_compile_definitions(${plugin} PRIVATE PLUGIN_X86)
  endif()
endfunction()
