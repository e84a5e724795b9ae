# A triad as anybody writes it with OpenMP, to compare cpu_stream's with.
find_package(OpenMP QUIET COMPONENTS C)
if(OpenMP_C_FOUND)
  include(CheckCCompilerFlag)
  check_c_compiler_flag(-march=native has_march_native)
  # GCC takes half vectors on processors with AVX-512 and rolled loops unless told; cpu_stream's kernels are neither.
  check_c_compiler_flag("-march=native -mprefer-vector-width=512" has_whole_vectors)
  foreach(kind plain native)
    add_executable(perf_triad_${kind} ${CMAKE_CURRENT_LIST_DIR}/plain_triad.c)
    target_compile_definitions(perf_triad_${kind} PRIVATE _GNU_SOURCE)
    target_compile_options(perf_triad_${kind} PRIVATE -O3)
    target_link_libraries(perf_triad_${kind} PRIVATE OpenMP::OpenMP_C)
    add_dependencies(perf_programs perf_triad_${kind})
  endforeach()
  if(has_march_native)
    target_compile_options(perf_triad_native PRIVATE -march=native -funroll-loops
                                                     $<$<BOOL:${has_whole_vectors}>:-mprefer-vector-width=512>)
  endif()
endif()
