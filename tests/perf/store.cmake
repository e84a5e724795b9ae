# Measures the store; run by hand, never by CTest.
add_executable(store_samples ${CMAKE_CURRENT_LIST_DIR}/store_samples.cpp)
target_link_libraries(store_samples PRIVATE bh_options bh_store)
target_include_directories(store_samples PRIVATE ${PROJECT_SOURCE_DIR}/host ${PROJECT_SOURCE_DIR}/tests)
