# Standard headers, and GoogleTest for tests, compiled once instead of with every file: in a build without optimisation they are most of
# the compiler's work. The release build has none of it: there each file must include what it uses.
set(precompiled_headers <algorithm> <array> <atomic> <charconv> <chrono> <condition_variable> <cstdint> <cstdlib> <cstring> <deque> <expected>
  <functional> <map> <memory> <mutex> <optional> <random> <set> <span> <stop_token> <string> <string_view> <thread> <unordered_map> <variant> <vector>)

if(ITEMIZE_PRECOMPILED)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/precompiled.cpp CONTENT "")
  add_library(precompiled OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled.cpp)
  target_precompile_headers(precompiled PRIVATE ${precompiled_headers})
  if(ITEMIZE_TESTS)
    add_library(precompiled_test OBJECT EXCLUDE_FROM_ALL ${CMAKE_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(precompiled_test PRIVATE vendor_gtest)
    target_precompile_headers(precompiled_test PRIVATE ${precompiled_headers} <gtest/gtest.h>)
  endif()
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")   # what ccache wants, here
  else()
    add_compile_options(-fpch-preprocess)                     # and here
  endif()
endif()

# use_precompiled(TARGET precompiled | precompiled_test)
function(use_precompiled target from)
  if(ITEMIZE_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
